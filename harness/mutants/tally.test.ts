import { expect, it } from "vitest";
import type { MutantRecord } from "./mutants.ts";
import { tally, tallyText } from "./tally.ts";
import { differenceOf, type Trial } from "./trial.ts";

const record = (label: string, trial: Trial): MutantRecord => ({
  cell: {
    id: "a",
    mechanism: "linear",
    label: "linear",
    form: "chunk",
    phase: "prefill",
    n: 1,
    batch: 1,
    heads: 1,
    kvHeads: 1,
    headDim: 4,
    headDimV: 4,
    dModel: 4,
    dtype: "f32",
    kvDtype: "f32",
    stateDtype: "f32",
    parameters: {},
  },
  label,
  variant: "own",
  mutant: { kind: "arithmetic", offset: 0, line: 1, column: 1, from: "+", to: "-" },
  line: "a + b",
  trial,
});

it("mutants are counted by kernel and together; those that change nothing have no part in the rate", () => {
  const records = [
    record("scan", { outcome: "caught", code: "wrongOutput", reason: "" }),
    record("scan", { outcome: "caught", code: "timeout", reason: "" }),
    record("states", { outcome: "caught", code: "wrongOutput", reason: "" }),
    record("states", { outcome: "survived", reason: "" }),
    record("states", { outcome: "equivalent" }),
    record("solve", { outcome: "notCompiled", reason: "" }),
  ];
  const tallies = tally(records, ({ label }) => label);
  expect(tallies.map(({ name, caught, hung, survived, rate }) => [name, caught, hung, survived, rate])).toEqual([
    ["scan", 2, 1, 0, 1],
    ["states", 1, 0, 1, 0.5],
    ["solve", 0, 0, 0, Number.NaN],
    ["all", 3, 1, 1, 0.75],
  ]);
  expect(tallyText("kernel", tallies).split("\n").slice(0, 3)).toEqual([
    "kernel  caught  hung  survived  equivalent  notCompiled     rate",
    "scan         2     1         0           0            0  100.0 %",
    "states       1     0         1           1            0   50.0 %",
  ]);
});

it("outputs differ where a bit does, a sign of zero or a NaN included", () => {
  const o = Float32Array.of(0, 2, Number.NaN);
  expect(differenceOf({ o }, { o: Float32Array.from(o) })).toBeUndefined();
  expect(differenceOf({ o: Float32Array.of(0, 2) }, { o: Float32Array.of(-0, 2) })).toContain("1 of 2 elements of o differ, by 0.0e+0 of its RMS");
  expect(differenceOf({ o: Float32Array.of(3, 4, 5) }, { o: Float32Array.of(3, 4, 5.5) })).toContain("o[2] is 5.5 instead of 5");
  expect(differenceOf({ o, state: Float32Array.of(1) }, { o })).toContain("1 of 1 elements of state differ");
});
