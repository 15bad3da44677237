import type { SeriesKey } from "../record/derived.ts";
import type { RunRecord } from "../record/run.ts";
import { describeKey } from "./series.ts";

/** How shapes are told apart in words, in the order given. */
export interface ShapePlaces {
  /** the one size that tells them all apart; undefined where it takes several, or there is one shape */
  readonly axis: string | undefined;
  /** "headDim 32", or "dModel 256 (headDim 32)" where it takes several; empty where there is one shape */
  readonly places: readonly string[];
}

/**
 * The axis of the experiment that tells shapes apart: where headDim is swept, dModel follows it, and is not what a reader is to look at. Where no one axis does, all sizes that differ. `keys`: those of one pair of
 * arms, or of one arm.
 */
export const shapePlaces = ({ experiment }: Pick<RunRecord, "experiment">, keys: readonly SeriesKey[]): ShapePlaces => {
  const valuesOf = (name: string): number => new Set(keys.map((key) => key[name])).size;
  const apart = [...new Set(keys.flatMap((key) => Object.keys(key)))].filter((name) => keys.length > 1 && valuesOf(name) === keys.length);
  const swept = apart.filter((name) => name in experiment.axes);
  const [axis] = swept.length > 0 ? swept : apart.filter((name) => name !== "heads");
  return axis === undefined || swept.length > 1
    ? { axis: undefined, places: keys.map((key) => describeKey(key, keys)) }
    : { axis, places: keys.map((key) => `${axis} ${key[axis]}`) };
};
