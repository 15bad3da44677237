import type { CellRecord, RunRecord } from "../record/run.ts";

/** How many tokens are computed anew in the time in which the state of `n` comes back. */
export interface Meanwhile {
  /** the arm whose state comes back, and of how many tokens: the most that were measured */
  readonly label: string;
  readonly n: number;
  /** between measured n along a straight line of logs; "fewer" than the fewest measured, "more" than the most */
  readonly anew: number | "fewer" | "more";
  /** the fewest and the most tokens whose computing anew was measured */
  readonly measured: readonly [fewest: number, most: number];
}

/** One a pair of an arm whose states come back and of one that computes them anew, where both have times. */
export const anewMeanwhile = ({ cells, crossovers }: Pick<RunRecord, "cells" | "crossovers">): readonly Meanwhile[] => {
  const timed = (label: string, series: object): readonly CellRecord[] =>
    cells
      .filter(
        (cell) =>
          cell.label === label &&
          cell.summary !== undefined &&
          Object.entries(series).every(([name, value]) => !(name in cell) || cell[name as keyof CellRecord] === value),
      )
      .toSorted((one, other) => one.n - other.n);
  return crossovers
    .filter(({ metric }) => metric === "time")
    .flatMap(({ between: [anew, kept], series }): readonly Meanwhile[] => {
      const back = timed(kept, series).at(-1);
      const points = timed(anew, series).map(({ n, summary }) => ({ n, ms: summary?.medianMs ?? 0 }));
      const [fewest, most] = [points[0]?.n, points.at(-1)?.n];
      return back?.summary && fewest !== undefined && most !== undefined
        ? [{ label: kept, n: back.n, anew: tokensWithin(points, back.summary.medianMs), measured: [fewest, most] }]
        : [];
    });
};

/** n at which a curve of ascending n takes `ms`. */
const tokensWithin = (points: readonly { readonly n: number; readonly ms: number }[], ms: number): Meanwhile["anew"] => {
  const i = points.findIndex((point) => point.ms > ms);
  const [before, after] = [points[i - 1], points[i]];
  if (!after) return "more";
  if (!before) return "fewer";
  const share = Math.log(ms / before.ms) / Math.log(after.ms / before.ms);
  return before.n * (after.n / before.n) ** share;
};
