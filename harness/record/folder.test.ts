import { chmodSync, existsSync, mkdtempSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { assertWritableFolder, makeFolder } from "./folder.ts";

const newFolder = (): string => mkdtempSync(join(tmpdir(), "attnbench-test-"));

describe("a folder", () => {
  it("is made with those above it, in the mode that was asked for, and once", () => {
    const folder = newFolder();
    makeFolder(join(folder, "a/b/c"), 0o700);
    makeFolder(join(folder, "a/b/c"));
    expect(["a", "a/b", "a/b/c"].map((name) => statSync(join(folder, name)).mode & 0o777)).toEqual([0o700, 0o700, 0o700]);
    makeFolder("/");
  });

  it("that may be written in is said to be so before it is there, and nothing is left", () => {
    const folder = newFolder();
    assertWritableFolder(join(folder, "a/b/c"));
    assertWritableFolder(folder);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([makeFolder, assertWritableFolder])("behind a file, a link to nowhere or a folder that may not be written is refused in words: %o", (ask) => {
    const folder = newFolder();
    writeFileSync(join(folder, "afile"), "");
    for (const path of ["afile", "afile/a"])
      expect(() => ask(join(folder, path))).toThrow(expect.objectContaining({ code: "ENOTDIR", message: `${join(folder, "afile")} is a file, not a folder` }));
    const isRoot = process.getuid?.() === 0;
    chmodSync(folder, 0o555);
    if (isRoot) process.seteuid?.(65534);
    try {
      expect(() => ask(join(folder, "a"))).toThrow(expect.objectContaining({ code: "EACCES" }));
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  it("behind a link to nowhere, or of a name that is too long, is not made", () => {
    const folder = newFolder();
    expect(() => makeFolder(join(folder, "a".repeat(300), "b"))).toThrow(/cannot be made \(ENAMETOOLONG/);
    symlinkSync(join(folder, "nowhere"), join(folder, "link"));
    expect(() => makeFolder(join(folder, "link/a"))).toThrow(expect.objectContaining({ code: "EEXIST" }));
  });

  // Only Linux has a file system that answers so; there it runs.
  it.skipIf(!existsSync("/proc/self"))("that its file system takes no new one in is refused", () => {
    expect(() => makeFolder("/proc/attnbench/a")).toThrow(
      expect.objectContaining({ code: "ENOENT", message: expect.stringMatching(/^\/proc\/attnbench cannot be made \(ENOENT/) }),
    );
    expect(() => assertWritableFolder("/proc/attnbench/a")).toThrow(/^nothing can be made in \/proc \(ENOENT/);
  });
});
