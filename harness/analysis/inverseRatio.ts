import type { Estimate } from "../record/derived.ts";

/** A ratio told from its other side: 0.5 [0.4, 0.8] is 2 [1.25, 2.5] the other way round. Of positive values. */
export const inverseRatio = ({ value, low, high }: Estimate): Estimate => ({ value: 1 / value, low: 1 / high, high: 1 / low });
