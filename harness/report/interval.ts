export { bracketed } from "../analysis/format.ts";

/** "3.2×", "59×", "1,230×". */
export const times = (ratio: number): string => `${ratio >= 99.5 ? Math.round(ratio).toLocaleString("en") : Number(ratio.toPrecision(2))}×`;
