import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { analyse } from "../analysis/analysis.ts";
import { compareRuns } from "../analysis/comparison/comparison.ts";
import type { ArmComparison } from "../record/comparison.ts";
import { readRun } from "../record/runFolder.ts";
import { renderComparison } from "./comparisonMarkdown.ts";

it("a comparison of thousands of cells and arms fits into a job's summary, with what changed first", () => {
  const record = analyse(readRun(fileURLToPath(new URL("../testRuns/emulated", import.meta.url))).record);
  const comparison = compareRuns(record, record);
  const [cell, arm] = [comparison.cells[0], comparison.arms.find(({ verdict }) => verdict === "SAME")];
  if (!cell || !arm) throw new Error("the run has no cell or arm");
  const many = 5000;
  const steeper: ArmComparison = { ...arm, labels: ["steeper"], verdict: "SLOWER" };
  const text = renderComparison({ ...comparison, cells: Array(many).fill(cell), arms: [...Array(many).fill(arm), steeper] });
  // GitHub takes 1 MiB for a step, and a file may have three phases.
  expect(text.length).toBeLessThan(2 ** 20 / 3);
  expect(text).toMatch(/^\| steeper \|.* SLOWER \|/m);
  expect(text.split("| steeper |")[0]?.split("\n").at(-2)).toContain("---");
  expect(text).toContain("9,601 more rows, all SAME or beyond what fits here, are in comparison.json.");
});

it("bytes that differ by less than their unit shows are told to the byte", () => {
  const record = analyse(readRun(fileURLToPath(new URL("../testRuns/emulated", import.meta.url))).record);
  const [first, ...others] = record.cells;
  if (first?.stateBytes !== 69_632) throw new Error("the run has no such cell");
  const text = renderComparison(compareRuns(record, { ...record, cells: [{ ...first, stateBytes: 69_633 }, ...others] }));
  expect(text).toContain("| stateBytes | larger (SLOWER) | 69,632 B | 69,633 B |");
});
