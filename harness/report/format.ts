import type { Estimate } from "../record/run.ts";

/** `value` with about three significant digits, thousands separated: 0.0123, 4.56, 78.9, 1,235. */
export const digits = (value: number): string => {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e15) return value.toExponential(2);
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(size)));
  return value.toLocaleString("en", { minimumFractionDigits: Math.min(decimals, 6), maximumFractionDigits: Math.min(decimals, 6) });
};

/** A whole number, thousands separated. */
export const count = (value: number): string => value.toLocaleString("en", { maximumFractionDigits: 0 });

/** Milliseconds in the unit that reads best: 850 ns, 12.3 µs, 4.56 ms, 1.23 s. */
export const duration = (ms: number): string => {
  if (ms === 0) return "0 ms";
  if (ms < 1e-3) return `${digits(ms * 1e6)} ns`;
  if (ms < 0.1) return `${digits(ms * 1e3)} µs`;
  if (ms < 1e3) return `${digits(ms)} ms`;
  return ms < 6e5 ? `${digits(ms / 1e3)} s` : `${digits(ms / 6e4)} min`;
};

const binary = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** Bytes in powers of 1024, exact where it is whole: 64 KiB, 1.5 MiB. */
export const byteSize = (bytes: number): string => {
  const step = bytes < 1 ? 0 : Math.min(binary.length - 1, Math.floor(Math.log2(bytes) / 10));
  const scaled = bytes / 1024 ** step;
  return `${Number.isInteger(scaled) ? count(scaled) : digits(scaled)} ${binary[step]}`;
};

/** A share of 1 as per cent. */
export const percent = (share: number): string => `${digits(share * 100)} %`;

/** "1.97 [1.95, 1.99]", each number written by `write`. */
export const interval = (estimate: Estimate, write: (value: number) => string = digits): string =>
  `${write(estimate.value)} [${write(estimate.low)}, ${write(estimate.high)}]`;

/** How many times `a` is `b`: "3.2×". */
export const times = (ratio: number): string => `${digits(ratio)}×`;
