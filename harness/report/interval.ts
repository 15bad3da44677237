import { formatTimes } from "../analysis/format.ts";

export { bracketed } from "../analysis/format.ts";

/** "3.2×", "59×", "1,230×". */
export const times = (ratio: number): string => `${formatTimes(ratio)}×`;
