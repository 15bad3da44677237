import type { LiveAxisRange } from "./liveSpec.ts";

type Domain = readonly [number, number];

/** No part of an axis is smaller than this share of it. */
const leastShare = 1 / 64;

const ways = {
  linear: { to: (value: number) => value, from: (place: number) => place },
  log: { to: Math.log, from: Math.exp },
} as const;

/** `from` and `to` as shares of the whole axis (0 low end, 1 high end), in the places that they have on the screen. */
const sharesOf = ({ scale, domain }: LiveAxisRange, part: Domain): Domain => {
  const { to } = ways[scale];
  const [low, high] = [to(domain[0]), to(domain[1])];
  return [(to(part[0]) - low) / (high - low), (to(part[1]) - low) / (high - low)];
};

const partOf = ({ scale, domain }: LiveAxisRange, [from, to]: Domain): Domain => {
  const way = ways[scale];
  const [low, high] = [way.to(domain[0]), way.to(domain[1])];
  const at = (share: number): number => (share <= 0 ? domain[0] : share >= 1 ? domain[1] : way.from(low + share * (high - low)));
  return [at(from), at(to)];
};

/** The part of an axis that is `factor` as wide, with what lies at `anchor` (0..1 along the part) left where it is, then moved by `shift` parts of itself. Stays within the axis. */
export const zoomedDomain = (range: LiveAxisRange, part: Domain, factor: number, anchor: number, shift = 0): Domain => {
  const [from, to] = sharesOf(range, part);
  const width = Math.min(1, Math.max(leastShare, (to - from) * factor));
  const start = from + (to - from) * anchor - width * anchor + shift * width;
  const kept = Math.max(0, Math.min(1 - width, start));
  return partOf(range, [kept, kept + width]);
};

/** Whether all of an axis is shown. */
export const isWhole = (range: LiveAxisRange, part: Domain): boolean => {
  const [from, to] = sharesOf(range, part);
  return from < 1e-6 && to > 1 - 1e-6;
};

/** Its own ticks of a part of an axis, or, where fewer than two are within, round numbers. `whole`: of integers only. */
export const ticksWithin = ({ ticks }: LiveAxisRange, [low, high]: Domain, whole: boolean): readonly number[] => {
  const own = ticks.filter((tick) => tick >= low && tick <= high);
  if (own.length >= 2) return own;
  const rough = (high - low) / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(whole ? 1 : 0, power * ([5, 2].find((digit) => digit * power <= rough) ?? 1));
  const first = Math.ceil(low / step - 1e-9);
  // Products with a power below one would show how they are rounded.
  return Array.from({ length: Math.max(0, Math.floor(high / step + 1e-9) - first + 1) }, (_, i) => Number(((first + i) * step).toPrecision(9)));
};
