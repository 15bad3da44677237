import type { RunRecord, Unmet } from "../record/run.ts";
import { timeCrossover } from "./crossover.ts";
import { runSpreads } from "./drift.ts";
import { growthOf, leastValues } from "./growth.ts";
import { drawsOf, resample, sampledOf, sourceOf } from "./resampling.ts";
import { describeKey, pairsOf, seriesOf } from "./series.ts";
import { percentileInterval } from "./statistics.ts";

/** Half-width of the interval of an exponent that is narrow enough to tell O(1), O(n) and O(n²) from what lies between. */
const exponentWidth = 0.1;
/** Times at up to this many times the largest n that an n* may be, and down to the same part of the smallest, narrow it where it is refined. */
const reach = 2;
/** So many draws tell whether an interval is narrow enough; the report's come of more. */
const draws = 400;

/**
 * What a run was asked to tell more narrowly than it can so far: times of cells, the exponents of its curves, and n* of its pairs, the widest first of each kind. `cells` of each are those whose times
 * would narrow it. `tileOf`: n that the kernels of a pair step by.
 */
export const unmetOf = (
  { cells, environment, experiment }: Pick<RunRecord, "cells" | "environment" | "experiment">,
  tileOf: (labels: readonly [string, string]) => number = () => 1,
): readonly Unmet[] => {
  const { precision, refineCrossover } = experiment.measure;
  const drawn = drawsOf({ cells, environment, experiment }, draws);
  const timed = cells.filter(({ outcome }) => outcome.status === "ok");
  const ofCells = timed.flatMap((cell): readonly Unmet[] => {
    const spread = resample(cell.visits, { ...drawn, source: sourceOf(cell, drawn) }, cell.id);
    if (!spread) return [{ kind: "time", of: [cell.label], place: cell.id, halfWidth: undefined, asked: precision, cells: [cell.id] }];
    const { value, low, high } = percentileInterval(spread.estimate, spread.replicates);
    const halfWidth = (high - low) / 2 / value;
    return halfWidth > precision ? [{ kind: "time", of: [cell.label], place: cell.id, halfWidth, asked: precision, cells: [cell.id] }] : [];
  });
  const series = seriesOf(cells);
  const keys = series.map(({ key }) => key);
  const spreadOf = runSpreads(series, drawn);
  const ofExponents = series.flatMap((one): readonly Unmet[] => {
    const measured = one.cells.flatMap(({ id, n }) => {
      const spread = spreadOf(id);
      return spread ? [{ id, n, spread }] : [];
    });
    // Of fewer no law is told, however well they are known.
    if (measured.length < leastValues) return [];
    const { exponent } = growthOf(
      sampledOf(
        measured.map(({ n }) => n),
        measured.map(({ spread }) => spread),
      ),
      "n",
    );
    const halfWidth = exponent && (exponent.high - exponent.low) / 2;
    return halfWidth !== undefined && halfWidth > exponentWidth
      ? [{ kind: "exponent", of: [one.label], place: describeKey(one.key, keys), halfWidth, asked: exponentWidth, cells: measured.map(({ id }) => id) }]
      : [];
  });
  const asked = refineCrossover ?? precision;
  const ofCrossovers = pairsOf(series).flatMap((pair): readonly Unmet[] => {
    const { n, atLatest } = timeCrossover(pair, spreadOf);
    const between = [pair.upper.label, pair.lower.label] as const;
    const ofPair = [...pair.upper.cells, ...pair.lower.cells];
    // Cells were added around an n* that is refined: what lies far from it says nothing more of it.
    const within = (low: number, high: number): readonly string[] =>
      (refineCrossover === undefined ? ofPair : ofPair.filter((cell) => cell.n >= low / reach && cell.n <= high * reach)).map(({ id }) => id);
    const unmet = { kind: "crossover", of: between, place: describeKey(pair.key, keys), asked } as const;
    // That it lies below some n is no answer where n* is what is asked for.
    if (!n) return refineCrossover === undefined || atLatest === undefined ? [] : [{ ...unmet, halfWidth: undefined, cells: within(0, atLatest) }];
    const halfWidth = (n.high - n.low) / 2 / n.value;
    return halfWidth <= asked || n.high - n.low <= tileOf(between) ? [] : [{ ...unmet, halfWidth, cells: within(n.low, n.high) }];
  });
  return [ofCells, ofExponents, ofCrossovers].flatMap(widestFirst);
};

const widestFirst = (unmet: readonly Unmet[]): readonly Unmet[] =>
  unmet.toSorted((one, other) => (other.halfWidth ?? Number.POSITIVE_INFINITY) - (one.halfWidth ?? Number.POSITIVE_INFINITY));
