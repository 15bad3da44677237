import type { Factor, Kept, Names, Span } from "../messages/en.ts";
import type { Messages } from "../messages/messages.ts";
import type { Crossover, Fit } from "../record/derived.ts";
import type { Analysed } from "./answer.ts";
import { formatBytes, formatCount } from "./format.ts";

/**
 * The answer for a reader who knows neither the notation nor the arms: who is faster from which length on, and what twice the length costs each, in two sentences at
 * most. They are of the experiment's first two arms of either family. What carries over to other devices comes first where the device is a CPU emulation; on a GPU the
 * question does. None where the run does not compare such two, or where what it asks is told otherwise (peers, states that are moved, texts that are served or written).
 */
export const headlineOf = (record: Analysed, t: Messages): readonly string[] => {
  const { experiment, cells, environment } = record;
  const does = t.headline.doing[experiment.phase];
  const crossovers = mainPair(record);
  const [first] = crossovers;
  if (!does || !first || experiment.serving || experiment.text || cells.some(({ runtime }) => runtime !== undefined)) return [];
  const [upper, lower] = first.between;
  const names: Names = { upper: spoken(record, upper, t), lower: spoken(record, lower, t) };
  const crossing = crossingSentence(crossovers, names, does, t.headline.place(environment.deviceClass === "software", environment.adapter.device), t);
  const growth = growthSentence(record, first.between, names, t);
  const sentences = environment.deviceClass === "software" ? [growth, crossing] : [crossing, growth];
  return sentences.flatMap((text) => (text === undefined ? [] : [text]));
};

/** Crossings in time, one a shape, of the first arm of either family that has any; one that keeps nothing and computes all anew is nobody's first choice. */
const mainPair = ({ cells, experiment, crossovers }: Analysed): readonly Crossover[] => {
  const timed = crossovers.filter(({ metric }) => metric === "time");
  const keeping = new Set(cells.flatMap(({ label, stateBytes = 0 }) => (stateBytes > 0 ? [label] : [])));
  const kept = ({ between }: Crossover): number => between.filter((label) => keeping.has(label)).length;
  const place = new Map(experiment.arms.map(({ label }, i) => [label, i]));
  // A composed hybrid is no arm of its own, and stands behind all that are.
  const placeOf = (label: string): number => place.get(label) ?? experiment.arms.length;
  const rank = ({ between: [upper, lower] }: Crossover): number => placeOf(upper) * (experiment.arms.length + 1) + placeOf(lower);
  const [first] = timed.toSorted((one, other) => kept(other) - kept(one) || rank(one) - rank(other));
  return first ? timed.filter((crossover) => rank(crossover) === rank(first)) : [];
};

/** "linear attention" for the mechanisms that the question is about, an arm's own label for any other. */
const spoken = ({ cells }: Analysed, label: string, t: Messages): string => {
  const mechanism = cells.find((cell) => cell.label === label)?.mechanism;
  return label === mechanism && (label === "softmax" || label === "linear") ? t.attention(label) : label;
};

const spanOf = (values: readonly number[], write: (value: number) => string): Span => [write(Math.min(...values)), write(Math.max(...values))];

const crossingSentence = (crossovers: readonly Crossover[], names: Names, does: string, where: string, t: Messages): string | undefined => {
  const outcomes = new Set(crossovers.map(({ outcome }) => outcome));
  const ranges = crossovers.flatMap(({ range }) => (range ? [range] : []));
  if (outcomes.size > 1 || ranges.length === 0) return undefined;
  const [outcome] = outcomes;
  const measured = spanOf(ranges.flat(), formatCount);
  switch (outcome) {
    case "crosses": {
      const found = crossovers.flatMap(({ n }) => (n ? [n] : []));
      const [only] = found;
      if (!only) return undefined;
      const from = spanOf(
        found.map(({ value }) => value),
        formatCount,
      );
      return t.headline.crosses(where, from, does, names, crossovers.length > 1 ? undefined : [only.low, only.high]);
    }
    case "already":
      return t.headline.already(where, does, names, measured);
    case "none":
      return t.headline.none(where, does, names, measured);
    case "many":
      return t.headline.many(where, does, names, measured);
    case "undecided": {
      const latest = crossovers.flatMap(({ atLatest }) => (atLatest === undefined ? [] : [atLatest]));
      return latest.length === crossovers.length ? t.headline.latest(where, does, names, Math.max(...latest)) : t.headline.open(where, does, names);
    }
    default:
      return undefined;
  }
};

type Point = Fit["points"][number];

/** Growth that nobody would notice. */
const noticed = 1.05;

/** What twice the length, or what else was measured, takes each arm at the longest ones, and what each keeps. */
const growthSentence = (record: Analysed, [upper, lower]: readonly [string, string], names: Names, t: Messages): string | undefined => {
  const [slower, faster] = [upper, lower].map((label) => fitsOf(record, label, "time"));
  const step = slower && faster && stepOf([...slower, ...faster]);
  const [slow, fast] = step === undefined ? [] : [slower, faster].map((fits) => factorOf(fits ?? [], step));
  const [cache, state] = [upper, lower].map((label) => keptOf(record, label));
  const parts = [
    ...(step !== undefined && slow && fast ? [t.headline.longer(names, step, slow.factor, fast.factor)] : []),
    ...(cache && state ? [t.headline.kept(names, state, cache)] : []),
  ];
  return parts.length > 0 ? t.headline.joined(parts) : undefined;
};

const fitsOf = ({ fits }: Analysed, label: string, metric: Fit["metric"]): readonly Fit[] =>
  fits.filter((fit) => fit.label === label && fit.metric === metric && fit.variable === "n");

/** What a curve was measured at near its end: the longest length with a shorter one that is `step` of it. */
const endOf = ({ points }: Fit, step: number): { readonly whole: Point; readonly part: Point } | undefined => {
  const longest = points.at(-1)?.x ?? 0;
  const ends = points.flatMap((whole) => {
    const part = points.find(({ x }) => Math.abs(x * step - whole.x) < 1e-9 * whole.x);
    return part && whole.x * 2 > longest ? [{ whole, part }] : [];
  });
  return ends.at(-1);
};

/** How many times a length all curves' ends can be told by: twice, or else what lies between their longest lengths and those before, where that is the same for all. */
const stepOf = (fits: readonly Fit[]): number | undefined => {
  const last = fits.map(({ points }) => {
    const longest = points.at(-1)?.x ?? 0;
    return longest / (points.findLast(({ x }) => x * 2 <= longest)?.x ?? Number.NaN);
  });
  return [2, last[0] ?? Number.NaN].find((step) => fits.length > 0 && fits.every((fit) => endOf(fit, step)));
};

/** A factor that is known less well than to this is not told. */
const widest = 2;

/** How many times as long the longest lengths take as those that are `step` of them, as measured; undefined where nobody knows. */
const factorOf = (fits: readonly Fit[], step: number): { readonly factor: Factor } | undefined => {
  const known = fits.flatMap((fit) => {
    const end = endOf(fit, step);
    return end ? [{ factor: end.whole.y / end.part.y, width: (end.whole.high / end.whole.low) * (end.part.high / end.part.low) }] : [];
  });
  if (known.length === 0 || !known.every(({ width }) => width <= widest)) return undefined;
  const factors = known.map(({ factor }) => factor);
  return { factor: Math.max(...factors) < noticed ? undefined : spanOf(factors, (times) => times.toFixed(1)) };
};

/** The bytes of an arm, at the largest n that all its curves have; undefined where nothing is kept. */
const keptOf = (record: Analysed, label: string): Kept | undefined => {
  const fits = fitsOf(record, label, "stateBytes").filter(({ points }) => points.length > 0);
  const all = fits.flatMap(({ points }) => points.map(({ y }) => y));
  if (all.length === 0 || Math.max(...all) === 0) return undefined;
  const n = Math.min(...fits.map(({ points }) => points.at(-1)?.x ?? 0));
  const there = fits.map(({ points }) => points.findLast(({ x }) => x <= n)?.y ?? 0);
  return { bytes: spanOf(there, formatBytes), n: fits.every(({ class: law }) => law === "O(1)") ? undefined : n };
};
