import type { Crossover } from "../record/derived.ts";
import type { CellRecord } from "../record/run.ts";
import type { Analysed } from "./answer.ts";
import { groupBy } from "./grouping.ts";
import { sameShape } from "./series.ts";

/** Another program of one arm of a pair, in its place there. */
export interface OtherProgram {
  readonly label: string;
  /** whose place it takes: of the first arm of the pair, or of the second, which is asked after */
  readonly of: "upper" | "lower";
  /** of the pair with it, one a shape */
  readonly crossovers: readonly Crossover[];
}

/** What a program computes: all but how, its form and its chunk. */
const workOf = ({ mechanism, parameters, heads, kvHeads, headDim, headDimV, kvDtype, stateDtype, cache, model, composedOf }: CellRecord): string =>
  JSON.stringify([
    mechanism,
    { ...parameters, chunk: 0 },
    heads / kvHeads,
    headDim / headDimV,
    kvDtype,
    stateDtype,
    cache,
    model?.pattern,
    model?.mixers,
    composedOf,
  ]);

/**
 * Programs for the same as the arms of `pair`, where it makes a difference which one is asked: for the second arm any that is faster from elsewhere on, since that one's n* alone would be taken for all of its kind; for the first arm those
 * alone that the second overtakes later, or never. The answer's own pair stays the experiment's first, by which charts go too: which program is best is known only after the run, and chosen by it would be too good.
 */
export const otherPrograms = (
  { cells, crossovers, experiment }: Pick<Analysed, "cells" | "crossovers" | "experiment">,
  pair: readonly Crossover[],
): readonly OtherProgram[] => {
  const [first] = pair;
  // Of a state that is moved, where it is kept is no other program.
  if (!first || experiment.phase === "offload") return [];
  const [upper, lower] = first.between;
  const works = new Map(cells.map((cell) => [cell.label, workOf(cell)]));
  const isOther = (label: string, own: string): boolean => label !== own && works.get(label) === works.get(own);
  const timed = crossovers.filter(({ metric }) => metric === "time");
  const pairs = [...groupBy(timed, ({ between }) => JSON.stringify(between)).values()];
  return pairs.flatMap((ofPair): readonly OtherProgram[] => {
    const [one, two] = ofPair[0]?.between ?? ["", ""];
    const isApart = ofPair.some((crossover) => pair.some((own) => sameShape(own.series, crossover.series) && !isAlike(own, crossover)));
    if (one === upper && isOther(two, lower)) return isApart ? [{ label: two, of: "lower", crossovers: ofPair }] : [];
    const isLater = isApart && Math.max(...ofPair.map(startOf)) > Math.max(...pair.map(startOf));
    return two === lower && isOther(one, upper) && isLater ? [{ label: one, of: "upper", crossovers: ofPair }] : [];
  });
};

/** Do two pairs say the same of a shape? n* does so within its intervals. */
const isAlike = (one: Crossover, other: Crossover): boolean =>
  one.outcome === other.outcome && one.atLatest === other.atLatest && (!one.n || !other.n || (one.n.low <= other.n.high && other.n.low <= one.n.high));

/** From which n on the second arm is faster, as far as that is known: open ones tell of none. */
const startOf = ({ outcome, n, atLatest }: Crossover): number => (outcome === "none" ? Number.POSITIVE_INFINITY : (n?.value ?? atLatest ?? 0));
