import type { SentinelTurn } from "../record/run.ts";

/** Whether the sentinel told anything of a turn: a reading of 0 ms, which the clock saw nothing pass in, has no log, and one of them would make a number of none that rests on it. */
export const isReading = ({ beforeMs, afterMs }: Pick<SentinelTurn, "beforeMs" | "afterMs">): boolean => beforeMs > 0 && afterMs > 0;
