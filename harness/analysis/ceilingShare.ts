import type { CellRecord } from "../record/run.ts";

/** What share of its ceiling a cell reaches, and the least that it does by the 95 % interval of its time. The ceiling itself is the best of a few timings, without an interval. */
export interface CeilingShare {
  readonly value: number;
  readonly low: number;
}

/** Undefined where a cell has no time, or its run no ceilings. */
export const ceilingShareOf = ({ summary }: Pick<CellRecord, "summary">): CeilingShare | undefined =>
  summary?.ceilingShare === undefined ? undefined : { value: summary.ceilingShare, low: (summary.ceilingShare * summary.medianMs) / summary.highMs };

/** Is a cell faster than its ceiling allows, or only not clearly slower? Undefined where it is slower, or as fast as a whole percentage tells. */
export const aboveCeiling = ({ value, low }: CeilingShare): "perhaps" | "surely" | undefined => (value < 1.005 ? undefined : low > 1 ? "surely" : "perhaps");
