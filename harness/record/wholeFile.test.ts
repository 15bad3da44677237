import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { expect, it } from "vitest";
import { halfEnding, halfName, tryWhole } from "./wholeFile.ts";

const newFolder = (): string => mkdtempSync(join(tmpdir(), "attnbench-test-"));

it("a half lies beside its file, by a name that a disk takes wherever it takes the file's", () => {
  expect(halfName("results/run.json")).toMatch(/^results[\\/]run\.json\.[0-9a-f]{8}\.half$/);
  for (const name of ["a".repeat(255), "𝓪".repeat(63), "界".repeat(85)]) {
    const half = halfName(join("folder", name));
    expect(dirname(half)).toBe("folder");
    expect(half).toMatch(halfEnding);
    expect(Buffer.byteLength(basename(half))).toBeLessThanOrEqual(143);
    // No character is cut in two.
    expect(Buffer.from(half).toString()).toBe(half);
  }
});

it("a place that takes a file is left as it was, one that does not says why", async () => {
  const folder = newFolder();
  for (const bytes of [0, 5, 2 ** 20, 2 ** 20 + 1]) await tryWhole(join(folder, "o"), bytes);
  expect(readdirSync(folder)).toEqual([]);
  await expect(tryWhole(join(folder, "none/o"), 1)).rejects.toMatchObject({ code: "ENOENT" });
});
