import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { kernelFolders } from "./kernelFolders.ts";
import { newFolder } from "./testExperiment.ts";

it("what --kernels holds is without runs and pages that any --out has put into it", () => {
  const folder = newFolder();
  const write = (path: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), path);
  };
  write("echo/definition.mjs");
  const before = kernelFolders([folder], "elsewhere");
  for (const file of ["run.json", "base/run.json", "comparison.md"]) write(`trial/results/decode/20261124T101500Z-3fa9c1/${file}`);
  write("trial/reports/index.html");
  write("results/decode/20261124T101500Z-3fa9c1/journal.jsonl");
  expect(kernelFolders([folder], "elsewhere")).toEqual(before);
  write("results/weights.json");
  const [[held], [other]] = [before, kernelFolders([folder], "elsewhere")];
  expect(other?.hash).not.toBe(held?.hash);
});
