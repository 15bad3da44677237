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
  const rank = ({ between: [upper, lower] }: Crossover): number => (place.get(upper) ?? 0) * experiment.arms.length + (place.get(lower) ?? 0);
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

/** Growth that nobody would notice. */
const noticed = 1.05;

/** What twice the length takes each arm at the longest ones measured, and what each keeps. */
const growthSentence = (record: Analysed, [upper, lower]: readonly [string, string], names: Names, t: Messages): string | undefined => {
  const [slower, faster] = [upper, lower].map((label) => doublingOf(fitsOf(record, label, "time")));
  const [cache, state] = [upper, lower].map((label) => keptOf(record, label));
  const parts = [
    ...(slower && faster ? [t.headline.doubling(names, slower.factor, faster.factor)] : []),
    ...(cache && state ? [t.headline.kept(names, state, cache)] : []),
  ];
  return parts.length > 0 ? t.headline.joined(parts) : undefined;
};

const fitsOf = ({ fits }: Analysed, label: string, metric: Fit["metric"]): readonly Fit[] =>
  fits.filter((fit) => fit.label === label && fit.metric === metric && fit.variable === "n");

/**
 * From half the longest length to the longest, shared drift taken out; undefined where a curve's half was not measured: of shorter ones growth may hide behind what a token costs at any length.
 */
const doublingOf = (fits: readonly Fit[]): { readonly factor: Factor } | undefined => {
  const factors = fits.map(({ points }) => {
    const whole = points.at(-1);
    const half = points.find(({ x }) => x * 2 === whole?.x);
    return whole && half ? whole.y / half.y : undefined;
  });
  const known = factors.flatMap((factor) => (factor === undefined ? [] : [factor]));
  if (known.length === 0 || known.length < factors.length) return undefined;
  return { factor: Math.max(...known) < noticed ? undefined : spanOf(known, (times) => times.toFixed(1)) };
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
