import { expect, it } from "vitest";
import { stagedRepetitions } from "./stageTimes.ts";

/** Repetitions by stage in visits of `each` repetitions. */
const stagedIn = (visits: number, each: number): readonly number[] => {
  let staged = 0;
  return Array.from({ length: visits }, (_, visit) => {
    const wanted = stagedRepetitions((visit + 1) * each, staged);
    staged += wanted;
    return wanted;
  });
};

it("takes a fifth of all repetitions by stage, from the first visit on, and never more than eight at once", () => {
  expect(stagedIn(11, 1)).toEqual([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
  expect(stagedIn(5, 3)).toEqual([1, 1, 0, 1, 0]);
  expect(stagedIn(3, 20)).toEqual([4, 4, 4]);
  expect(stagedIn(3, 100)).toEqual([8, 8, 8]);
});
