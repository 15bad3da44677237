import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CommandEnd } from "./exit.ts";
import { type JobVariables, shardOf } from "./shardFlag.ts";

const refusal = (flag: string, variables: JobVariables = {}): string => {
  try {
    return `accepted: ${JSON.stringify(shardOf(flag, variables))}`;
  } catch (error) {
    if (!(error instanceof CommandEnd)) throw error;
    expect(error.code).toBe(2);
    return error.message;
  }
};

const slurm = (id: number, first: number, count: number, step?: number): JobVariables => ({
  SLURM_ARRAY_TASK_ID: String(id),
  SLURM_ARRAY_TASK_MIN: String(first),
  SLURM_ARRAY_TASK_MAX: String(first + (count - 1) * (step ?? 1)),
  SLURM_ARRAY_TASK_COUNT: String(count),
  ...(step === undefined ? {} : { SLURM_ARRAY_TASK_STEP: String(step) }),
});

describe("--shard", () => {
  it("i/k is shard i of k", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 10_000 }), (one, other) => {
        const [index, of] = [Math.min(one, other), Math.max(one, other)];
        expect(shardOf(`${index}/${of}`, {})).toEqual({ index, of });
      }),
    );
  });

  it("auto gives each task of a Slurm array a shard of its own, wherever its ids begin and however they step", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 30 }), fc.constantFrom(undefined, 1, 2, 10), (first, count, step) => {
        const shards = Array.from({ length: count }, (_, at) => shardOf("auto", slurm(first + at * (step ?? 1), first, count, step)));
        expect(shards).toEqual(Array.from({ length: count }, (_, at) => ({ index: at + 1, of: count })));
        expect(shardOf(`auto/${count}`, slurm(first, first, count, step))).toEqual({ index: 1, of: count });
      }),
    );
  });

  it("auto/k counts a Kubernetes job's pods from 0", () => {
    expect(shardOf("auto/4", { JOB_COMPLETION_INDEX: "0" })).toEqual({ index: 1, of: 4 });
    expect(shardOf("auto/4", { JOB_COMPLETION_INDEX: "3" })).toEqual({ index: 4, of: 4 });
  });

  it.each<[flag: string, variables: JobVariables, message: string]>([
    ["0/4", {}, "there is no shard 0 of 4"],
    ["5/4", {}, "there is no shard 5 of 4"],
    ["1/0", {}, "there cannot be 0 shards"],
    ["1/99999", {}, "there cannot be 99999 shards"],
    ["2", {}, "this names no shard"],
    ["a/b", {}, "this names no shard"],
    ["1/2/3", {}, "this names no shard"],
    ["-1/2", {}, "this names no shard"],
    ["1.5/2", {}, "this names no shard"],
    ["", {}, "it is empty"],
    ["auto", {}, "neither SLURM_ARRAY_TASK_ID (Slurm) nor JOB_COMPLETION_INDEX (Kubernetes) is set here"],
    ["auto/3", {}, "neither SLURM_ARRAY_TASK_ID (Slurm) nor JOB_COMPLETION_INDEX (Kubernetes) is set here"],
    ["auto", { JOB_COMPLETION_INDEX: "0" }, "Kubernetes does not say how many pods there are: auto/k"],
    ["auto/3", { JOB_COMPLETION_INDEX: "3" }, "JOB_COMPLETION_INDEX is 3, and counts from 0 to 2"],
    ["auto/3", { JOB_COMPLETION_INDEX: "one" }, "JOB_COMPLETION_INDEX is 'one', not a whole number"],
    ["auto/3", { JOB_COMPLETION_INDEX: "" }, "JOB_COMPLETION_INDEX is '', not a whole number"],
    ["auto/3", { JOB_COMPLETION_INDEX: "0", ...slurm(0, 0, 3) }, "both SLURM_ARRAY_TASK_ID and JOB_COMPLETION_INDEX are set"],
    ["auto", { SLURM_ARRAY_TASK_ID: "1" }, "SLURM_ARRAY_TASK_MIN is not set here"],
    ["auto", { ...slurm(1, 1, 3), SLURM_ARRAY_TASK_COUNT: "-3" }, "SLURM_ARRAY_TASK_COUNT is '-3', not a whole number"],
    ["auto", slurm(4, 1, 3), "SLURM_ARRAY_TASK_ID is 4, in an array of 3 that begins at 1"],
    ["auto", slurm(0, 1, 3), "SLURM_ARRAY_TASK_ID is 0"],
    ["auto", slurm(2, 1, 3, 2), "in steps of 2"],
    // --array=1,2,7: the task of id 2 cannot know its place.
    ["auto", { ...slurm(2, 1, 3), SLURM_ARRAY_TASK_MAX: "7" }, "in an array of 3 that begins at 1 and ends at 7"],
    ["auto/8", slurm(3, 3, 2), "this Slurm array has 2 tasks, not 8: name the shard itself"],
  ])("%j with %j is refused", (flag, variables, message) => {
    const said = refusal(flag, variables);
    expect(said).toContain(`--shard ${flag}: `);
    expect(said).toContain(message);
    expect(said).toContain("accepted: i/k with 1 ≤ i ≤ k");
  });
});
