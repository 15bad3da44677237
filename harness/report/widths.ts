import type { Sides } from "../messages/en.ts";
import type { Summary } from "../record/derived.ts";
import type { RunRecord } from "../record/run.ts";

/** How far intervals reach from their medians: by their larger sides half of all reach no further than the first; none reaches further to either side than the second. Undefined without any. */
export const widthsOf = (record: RunRecord): readonly [middle: number, worst: Sides] | undefined => {
  const sides = summariesOf(record)
    .map(({ medianMs, lowMs, highMs }): Sides => ({ below: 1 - lowMs / medianMs, above: highMs / medianMs - 1 }))
    .sort((one, other) => largerOf(one) - largerOf(other));
  const middle = sides[Math.floor(sides.length / 2)];
  const furthest = (side: keyof Sides): number => sides.reduce((most, one) => Math.max(most, one[side]), 0);
  return middle && [largerOf(middle), { below: furthest("below"), above: furthest("above") }];
};

const largerOf = ({ below, above }: Sides): number => Math.max(below, above);

/** Of all cells that were measured themselves. */
export const summariesOf = ({ cells }: RunRecord): readonly Summary[] =>
  cells.flatMap((cell) => (cell.summary === undefined || cell.composedOf ? [] : [cell.summary]));
