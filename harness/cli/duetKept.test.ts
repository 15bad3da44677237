import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readRun } from "../record/runFolder.ts";
import { fakeDuet, plantedCost } from "../testDuet.ts";
import { newFolder } from "../testExperiment.ts";
import { keptOfDuet, leftOfDuet } from "./duetKept.ts";

const yaml = `name: kept
phase: decode
mechanisms: [linear]
axes: { n: [64] }
fixed: { heads: 2, headDim: 64 }
measure: { maxTime: 1s }
`;

describe("what is kept of a duet", () => {
  it("is told of both halves, of head alone, and of none", async () => {
    const same = { costMs: plantedCost() };
    const { folder } = await fakeDuet(yaml, same, same);
    const visits = readRun(folder).record.cells[0]?.visits.length;
    const both = `${visits} finished visits of base and ${visits} of head are kept: attnbench compare ${folder}/base ${folder} tells what was measured`;
    expect([keptOfDuet(folder), leftOfDuet(folder)]).toEqual([both, both]);
    rmSync(join(folder, "base"), { recursive: true });
    expect(keptOfDuet(folder)).toBe(
      `${visits} finished visits of head are kept in ${folder}, and none of base: there is nothing to compare, and attnbench report ${folder} shows what head has`,
    );
    const none = join(newFolder(), "none");
    expect(keptOfDuet(none)).toBe(`nothing was measured in ${none} before that`);
    expect(leftOfDuet(none)).toBe(`${none} does not hold what was measured: this answer is all there is of it`);
  });
});
