/** What a duration may look like. */
export const durationPattern = /^(\d+(?:\.\d+)?)\s?(ms|s|m|h)$/;
/** What a share may look like when written in percent. */
export const percentPattern = /^(\d+(?:\.\d+)?)\s?%$/;
/** What an amount of memory may look like. */
export const bytesPattern = /^(\d+(?:\.\d+)?)\s?(B|kB|MB|GB|KiB|MiB|GiB)$/;

const unitSeconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };
const unitBytes: Readonly<Record<string, number>> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

const amount = (text: string, pattern: RegExp, units: Readonly<Record<string, number>>): number | undefined => {
  const [, number, unit] = pattern.exec(text.trim()) ?? [];
  const factor = unit === undefined ? undefined : units[unit];
  return number === undefined || factor === undefined ? undefined : Number(number) * factor;
};

/** Seconds of `500ms`, `90s`, `1.5m` or `2h`; undefined when it is none of these. */
export const parseDuration = (text: string): number | undefined => amount(text, durationPattern, unitSeconds);

/** Bytes of `512MiB`, `2GB`, …; undefined when it is no such amount. */
export const parseBytes = (text: string): number | undefined => amount(text, bytesPattern, unitBytes);

/** 0.05 of `5%` or of 0.05; undefined when it is no share. */
export const parseShare = (value: string | number): number | undefined => {
  if (typeof value === "number") return value;
  const [, number] = percentPattern.exec(value.trim()) ?? [];
  return number === undefined ? undefined : Number(number) / 100;
};

/** May this be the precision of an interval, 0.1 % to 50 %? */
export const isPrecision = (value: string | number): boolean => {
  const share = parseShare(value) ?? Number(value);
  return share >= 0.001 && share <= 0.5;
};
