import type { Estimate } from "../record/derived.ts";

/** 1,234,567; fractions are rounded away. Beyond what a number holds exactly: 1.98e+22. */
export const formatCount = (value: number): string =>
  Math.abs(value) > Number.MAX_SAFE_INTEGER
    ? value.toExponential(2)
    : Math.round(value)
        .toString()
        .replace(/\B(?=(\d{3})+(?!\d))/g, ",");

/** Whole numbers of five digits and more in a text that others wrote, as formatCount writes them: "needs 1,073,807,360 bytes". */
export const formatDigits = (text: string): string => text.replaceAll(/(?<![\w.,-])\d{5,}(?![\w.,]*\w)/g, (digits) => formatCount(Number(digits)));

/** Three significant digits, without an exponent between 0.001 and a million: 0.0123, 1.23, 12.3, 1,230. */
export const formatNumber = (value: number): string => {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 0.001 || size >= 1e9) return value.toExponential(2);
  const rounded = Number(value.toPrecision(3));
  return Math.abs(rounded) >= 1000 ? formatCount(rounded) : value.toPrecision(3);
};

/** A unit of time, and from how many of it on it is used. */
const timeUnits = [
  { unit: "d", ms: 86_400_000, from: 2 },
  { unit: "h", ms: 3_600_000, from: 2 },
  { unit: "min", ms: 60_000, from: 10 },
  { unit: "s", ms: 1000, from: 1 },
  { unit: "ms", ms: 1, from: 1 },
  { unit: "µs", ms: 1e-3, from: 1 },
] as const;

/** Milliseconds in the unit that leaves a number easy to read: "12.3 µs", "1.50 s", "12.0 min", "3.93 d". */
export const formatMs = (ms: number): string => {
  if (!Number.isFinite(ms)) return "–";
  const size = Math.abs(ms);
  const { unit, ms: per } = timeUnits.find((candidate) => size >= candidate.ms * candidate.from) ?? { unit: "ns", ms: 1e-6 };
  return `${formatNumber(ms / per)} ${unit}`;
};

const byteUnits = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** Bytes in binary units: "128 KiB", "32 MiB", "1.5 GiB". */
export const formatBytes = (bytes: number): string => {
  if (!Number.isFinite(bytes)) return "–";
  const power = bytes < 1 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  const [whole, fraction] = String(Number(value.toFixed(digits))).split(".");
  return `${formatCount(Number(whole))}${fraction ? `.${fraction}` : ""} ${byteUnits[power] ?? "B"}`;
};

/** Bytes of two runs, to the byte where their units would hide that they differ: "69,632 B" and "69,633 B". */
export const formatBytesApart = (bytes: number, other: number | undefined): string =>
  other !== undefined && bytes !== other && formatBytes(bytes) === formatBytes(other) ? `${formatCount(bytes)} B` : formatBytes(bytes);

/** 0.173 as "17 %", small ones with a digit more. */
export const formatShare = (share: number): string => `${(share * 100).toFixed(share < 0.095 ? 1 : 0)} %`;

/** A ratio at a glance, in two digits or whole: "3.4", "86", "1,024". */
export const formatTimes = (ratio: number): string => (ratio >= 99.5 ? formatCount(ratio) : String(Number(ratio.toPrecision(2))));

/** "1,940 (95 % interval 1,710 to 2,230)". */
export const formatEstimate = ({ value, low, high }: Estimate, format: (value: number) => string = formatCount): string =>
  `${format(value)} (95 % interval ${format(low)} to ${format(high)})`;

/** "1.97 [1.95, 1.99]": a value and its 95 % interval, short enough for a table. */
export const bracketed = (estimate: Estimate, write: (value: number) => string = formatNumber): string =>
  `${write(estimate.value)} [${write(estimate.low)}, ${write(estimate.high)}]`;

/** The same, without the interval where that is no wider than the value. */
export const estimated = (estimate: Estimate, write: (value: number) => string = formatNumber): string =>
  estimate.high > estimate.low ? bracketed(estimate, write) : write(estimate.value);

const conjunction = new Intl.ListFormat("en-GB", { type: "conjunction" });
const disjunction = new Intl.ListFormat("en-GB", { type: "disjunction" });

/** "a", "a and b", "a, b and c". */
export const formatList = (items: readonly string[]): string => conjunction.format(items);

/** "a", "a or b", "a, b or c". */
export const formatChoice = (items: readonly string[]): string => disjunction.format(items);
