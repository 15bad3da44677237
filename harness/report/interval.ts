import { formatNumber } from "../analysis/format.ts";
import type { Estimate } from "../record/run.ts";

/** "1.97 [1.95, 1.99]": a value and its 95 % interval, short enough for a table. */
export const bracketed = (estimate: Estimate, write: (value: number) => string = formatNumber): string =>
  `${write(estimate.value)} [${write(estimate.low)}, ${write(estimate.high)}]`;

/** "3.2×", "59×", "1,230×". */
export const times = (ratio: number): string => `${ratio >= 99.5 ? Math.round(ratio).toLocaleString("en") : Number(ratio.toPrecision(2))}×`;
