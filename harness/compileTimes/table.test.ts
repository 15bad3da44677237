import { expect, it } from "vitest";
import type { CompileTime } from "./compiler.ts";
import { timesTable } from "./table.ts";

const time = (label: string, seconds: number): CompileTime => ({ mechanism: "kda", phase: "prefill", form: "chunk", headDim: 64, label, seconds });

it("has the slowest modules first, no more than asked for", () => {
  expect(timesTable([time("chunk invert", 0.9), time("chunk overlaps", 1.808), time("chunk scores", 1.2)], 2)).toBe(
    `| phase, form | step | of | headDim | CPU s |
|---|---|---|---|---|
| prefill chunk | chunk overlaps | kda | 64 | 1.81 |
| prefill chunk | chunk scores | kda | 64 | 1.20 |`,
  );
});
