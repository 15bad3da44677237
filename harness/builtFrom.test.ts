import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { builtFrom } from "./builtFrom.mjs";
import { newFolder } from "./testExperiment.ts";

let folder: string;
const git = (...args: string[]) => execFileSync("git", ["-C", folder, "-c", "user.name=a", "-c", "user.email=a@example.org", ...args]);
const write = (path: string, text: string) => writeFileSync(join(folder, path), text);
const changes = () => builtFrom(folder)?.changes;

beforeEach(() => {
  folder = newFolder();
  git("init", "-q");
  mkdirSync(join(folder, "harness"));
  mkdirSync(join(folder, "kernels"));
  write("harness/one.ts", "1");
  write("kernels/one.wgsl", "1");
  write("README.md", "1");
  write(".gitignore", "ignored");
  git("add", "-A");
  git("commit", "-qm", "one");
});

describe("what a build is made from", () => {
  it("is the commit alone on a clean tree, and says of changes beside the code that the code has none", () => {
    expect(builtFrom(folder)).toEqual({ commit: expect.stringMatching(/^[0-9a-f]{40}$/), dirty: false, changes: "none" });
    write("README.md", "2");
    write("harness/ignored", "2");
    expect(builtFrom(folder)).toMatchObject({ dirty: true, changes: "none" });
  });

  it("is another for every change of the code, staged or not, of files that are new or gone, and the same for the same", () => {
    write("harness/one.ts", "2");
    const changed = changes();
    expect(changed).toMatch(/^[0-9a-f]{16}$/);
    git("add", "-A");
    expect(changes()).toBe(changed);
    write("kernels/new file.wgsl", "2");
    const added = changes();
    rmSync(join(folder, "kernels/one.wgsl"));
    expect(new Set(["none", changed, added, changes()]).size).toBe(4);
    git("reset", "-q", "--hard");
    git("clean", "-qfd");
    write("harness/one.ts", "2");
    expect(changes()).toBe(changed);
  });

  it("is not known outside of a checkout, and of none without a commit", () => {
    expect(builtFrom(join(folder, "harness"))).toBeUndefined();
    rmSync(join(folder, ".git"), { recursive: true });
    git("init", "-q");
    expect(builtFrom(folder)).toBeUndefined();
  });
});
