import type { CellMetric } from "../../record/comparison.ts";
import { formatBytesApart, formatMs, formatNumber } from "../format.ts";

/** One side's value of a metric in words: ms, bytes, or a number. `other`: the other side's, since bytes that differ must not read alike. */
export const metricText = (metric: CellMetric, value: number, other: number | undefined): string =>
  metric === "time" || metric === "wallTime" ? formatMs(value) : metric === "error" ? formatNumber(value) : formatBytesApart(value, other);
