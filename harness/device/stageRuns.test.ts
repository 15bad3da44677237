import { expect, test } from "vitest";
import { stageTimesOf } from "../measure/stageTimes.ts";
import { stageRunsOf } from "./stageRuns.ts";

const steps = ["embed", "norm", "norm", "mix", "norm"].map((stage) => ({ stage }));

test("neighbours of one stage are one run", () =>
  expect(stageRunsOf(steps)).toEqual([
    { stage: "embed", from: 0, to: 1 },
    { stage: "norm", from: 1, to: 3 },
    { stage: "mix", from: 3, to: 4 },
    { stage: "norm", from: 4, to: 5 },
  ]));

test("a step without a stage leaves all without", () => expect(stageRunsOf([{ stage: "embed" }, {}])).toEqual([]));

test("runs of a stage add up, and the middle repetition counts", () =>
  expect(stageTimesOf(stageRunsOf(steps), [1, 2, 3, 4, 1, 2, 3, 6, 50, 2, 3, 5])).toEqual({ embed: 1, norm: 7, mix: 3 }));
