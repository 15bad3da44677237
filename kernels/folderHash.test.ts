import { chmodSync, cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { folderHash } from "./folderHash.ts";
import { UnloadableKernels } from "./registry.ts";

let root: string;
let before: string;

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

beforeEach(() => {
  root = join(mkdtempSync(join(tmpdir(), "attnbench-kernels-")), "mine");
  write("echo/definition.mjs", "export default []");
  write("echo/parts/one.wgsl", "fn one() {}");
  write("shared.mjs", "");
  before = folderHash(root);
});

describe("what a folder of mechanisms holds", () => {
  it("is the same wherever it lies and whatever it is called", () => {
    expect(before).toMatch(/^[0-9a-f]{16}$/);
    const elsewhere = join(mkdtempSync(join(tmpdir(), "attnbench-kernels-")), "theirs");
    cpSync(root, elsewhere, { recursive: true });
    expect(folderHash(elsewhere)).toBe(before);
    expect(folderHash(`${elsewhere}/../theirs/`)).toBe(before);
  });

  it.each<[string, () => void]>([
    ["a changed byte", () => write("echo/parts/one.wgsl", "fn two() {}")],
    ["a file more", () => write("echo/parts/two.wgsl", "")],
    ["a file less", () => rmSync(join(root, "shared.mjs"))],
    ["another name", () => renameSync(join(root, "shared.mjs"), join(root, "common.mjs"))],
    ["another folder", () => renameSync(join(root, "echo/parts/one.wgsl"), join(root, "echo/one.wgsl"))],
    [
      "bytes that went from one file to the next",
      () => {
        write("echo/definition.mjs", "export default");
        write("echo/parts/one.wgsl", " []fn one() {}");
      },
    ],
  ])("is another with %s", (_, change) => {
    change();
    expect(folderHash(root)).not.toBe(before);
  });

  it("leaves out packages, files of editors and systems, folders that are named, and links that lead nowhere", () => {
    write("node_modules/thing/index.js", "x");
    write("echo/node_modules/thing/index.js", "x");
    write(".DS_Store", "x");
    write("echo/.one.wgsl.swp", "x");
    write("results/decode/run/run.json", "x");
    symlinkSync("nowhere", join(root, "dangling"));
    expect(folderHash(root, [join(root, "results"), join(root, "reports")])).toBe(before);
    expect(folderHash(root, [], (path) => path === "results/decode/run")).toBe(before);
    expect(folderHash(root)).not.toBe(before);
  });

  it("is of what links lead to, and ends where they go in circles", () => {
    symlinkSync("..", join(root, "echo/around"));
    expect(folderHash(root)).toBe(before);
    const elsewhere = join(dirname(root), "parts");
    renameSync(join(root, "echo/parts"), elsewhere);
    symlinkSync(elsewhere, join(root, "echo/parts"));
    expect(folderHash(root)).toBe(before);
    writeFileSync(join(elsewhere, "one.wgsl"), "fn other() {}");
    expect(folderHash(root)).not.toBe(before);
    const link = `${root}.link`;
    symlinkSync(root, link);
    expect(folderHash(link)).toBe(folderHash(root));
  });

  it("that cannot be read is refused, with its place", () => {
    expect(() => folderHash(join(root, "nosuch"))).toThrow(UnloadableKernels);
    // Modes do not bind root.
    if (process.getuid?.() === 0) return;
    chmodSync(join(root, "shared.mjs"), 0o000);
    expect(() => folderHash(root)).toThrow(/mine: cannot be read: EACCES/);
  });
});
