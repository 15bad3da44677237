import type { Factor, Held, Kept, Names, Span } from "../messages/en.ts";
import type { Messages } from "../messages/messages.ts";
import type { Crossover, Fit, Served } from "../record/derived.ts";
import type { Analysed } from "./answer.ts";
import { formatBytes, formatCount } from "./format.ts";

/**
 * The answer for a reader who knows neither the notation nor the arms: who is faster from which length on, and what twice the length costs each, in two sentences at
 * most. They are of the experiment's first two arms of either family; of a run that has one family alone, of what twice the length costs its first two. What carries over to other devices comes first where the
 * device is a CPU emulation; on a GPU the question does. None where the run says nothing of it, or where what it asks is told otherwise (peers, texts that are written).
 */
export const headlineOf = (record: Analysed, t: Messages): readonly string[] => {
  const { experiment, cells, environment } = record;
  const does = t.headline.doing[experiment.phase];
  if (!does || experiment.text || cells.some(({ runtime }) => runtime !== undefined)) return [];
  const emulated = environment.deviceClass === "software";
  const where = t.headline.place(emulated, environment.adapter.device);
  if (experiment.serving) return servingHeadline(record, where, t);
  const crossovers = mainPair(record);
  const [upper, lower] = crossovers[0]?.between ?? [];
  if (upper === undefined || lower === undefined) return growthSentence(record, armsOf(record).slice(0, 2), t);
  const names: Names = { upper: spoken(record, upper, t), lower: spoken(record, lower, t) };
  const crossing = broughtBackSentence(record, where, t) ?? crossingSentence(crossovers, names, does, where, t);
  const growth = growthSentence(record, experiment.phase === "offload" ? firstOfFamilies(record) : [upper, lower], t);
  return emulated ? [...growth, ...said(crossing)] : [...said(crossing), ...growth];
};

const said = (text: string | undefined): readonly string[] => (text === undefined ? [] : [text]);

/** Arms with a cell, in the order of the experiment. */
const armsOf = ({ cells }: Analysed): readonly string[] => [...new Set(cells.map(({ label }) => label))];

/** The first arm that keeps something, of softmax and of the linear family: what comes back is told of by its size. */
const firstOfFamilies = ({ cells }: Analysed): readonly string[] =>
  (["softmax", "linear"] as const).flatMap((family) => cells.find((cell) => cell.family === family && (cell.stateBytes ?? 0) > 0)?.label ?? []);

/** Where every state that was moved comes back sooner than it is computed anew. */
const broughtBackSentence = ({ experiment, crossovers }: Analysed, where: string, t: Messages): string | undefined => {
  const timed = crossovers.filter(({ metric }) => metric === "time");
  const ranges = timed.flatMap(({ range }) => (range ? [...range] : []));
  const always = experiment.phase === "offload" && ranges.length > 0 && timed.every(({ outcome }) => outcome === "already");
  return always ? t.headline.broughtBack(where, spanOf(ranges, formatCount)) : undefined;
};

/** How many texts of the first shape the memory holds with the arms of the main pair, or the first two, and how fast all of them together are at the largest n that both are known at. */
const servingHeadline = (record: Analysed, where: string, t: Messages): readonly string[] => {
  const { experiment, serving = [] } = record;
  const { series: first } = serving[0] ?? {};
  const pair = mainPair(record)[0]?.between.toReversed() ?? [...new Set(serving.map(({ label }) => label))].slice(0, 2);
  const rows = pair.map((label) =>
    serving.filter(
      (one) => one.label === label && one.series.dModel === first?.dModel && one.series.heads === first?.heads && one.series.headDim === first?.headDim,
    ),
  );
  const held = rows.flatMap((ofArm): readonly Held[] => {
    const known = ofArm.filter(({ room, textBytes }) => room !== undefined || textBytes > 0);
    const [least, most] = [known[0], known.at(-1)];
    if (!least || !most) return [];
    const about = known.some(({ exactBytes, from, room }) => !(exactBytes || from === "measured" || room));
    return [{ arm: spoken(record, least.label, t), least: heldBy(least), most: heldBy(most), about }];
  });
  if (!experiment.serving || held.length === 0) return [];
  const n = experiment.serving.n.findLast((one) => rows.every((ofArm) => ofArm.some((served) => served.n === one && served.tokensPerSecond)));
  const fastest = rows.flatMap((ofArm) => ofArm.find((served) => served.n === n && served.tokensPerSecond) ?? []);
  const rates = fastest.flatMap(({ label, tokensPerSecond, batch }) =>
    tokensPerSecond ? [{ arm: spoken(record, label, t), tokensPerSecond: tokensPerSecond.value, texts: batch }] : [],
  );
  return [
    t.headline.holds(experiment.serving.memoryBytes, experiment.phase === "decode", held),
    ...(n === undefined || rates.length === 0
      ? []
      : [
          t.headline.serves(
            where,
            n,
            rates,
            fastest.some(({ from }) => from === "projected"),
          ),
        ]),
  ];
};

/** What the memory holds, whatever kernels take of it. */
const heldBy = ({ n, batch, room }: Served): Held["least"] => ({ n, texts: room?.memoryBatch ?? batch });

/** Crossings in time, one a shape, of the first arm of either family that has any; one that keeps nothing and computes all anew is nobody's first choice. */
export const mainPair = ({ cells, experiment, crossovers }: Pick<Analysed, "cells" | "experiment" | "crossovers">): readonly Crossover[] => {
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

/** A sentence is to be read at a glance, whatever its arms are called. */
const longestName = 40;

const brief = (label: string): string => {
  const characters = Array.from(label);
  return characters.length > longestName ? `${characters.slice(0, longestName - 1).join("")}…` : label;
};

/** "linear attention" for the mechanisms that the question is about, an arm's own label for any other. */
const spoken = ({ cells }: Analysed, label: string, t: Messages): string => {
  const mechanism = cells.find((cell) => cell.label === label)?.mechanism;
  return label === mechanism && (label === "softmax" || label === "linear") ? t.attention(label) : brief(label);
};

const spanOf = (values: readonly number[], write: (value: number) => string): Span => [write(Math.min(...values)), write(Math.max(...values))];

const crossingSentence = (crossovers: readonly Crossover[], names: Names, does: string, where: string, t: Messages): string | undefined => {
  const outcomes = new Set(crossovers.map(({ outcome }) => outcome));
  const ranges = crossovers.flatMap(({ range }) => (range ? [range] : []));
  if (ranges.length === 0) return undefined;
  if (outcomes.size > 1) return t.headline.byShape(where, does, names);
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

/** What twice the length, or what else was measured, takes each arm at the longest ones, and what each keeps; nothing where neither is known. */
const growthSentence = (record: Analysed, labels: readonly string[], t: Messages): readonly string[] => {
  const arms = labels.map((label) => ({ arm: spoken(record, label, t), fits: fitsOf(record, label, "time"), kept: keptOf(record, label) }));
  const step = stepOf(arms.flatMap(({ fits }) => fits));
  const longer = arms.flatMap(({ arm, fits }) => {
    const known = step === undefined ? undefined : factorOf(fits, step);
    return known ? [{ arm, factor: known.factor }] : [];
  });
  const kept = arms.flatMap(({ arm, kept }) => (kept ? [{ arm, kept }] : []));
  const parts = [
    ...(step !== undefined && longer.length === arms.length ? [t.headline.longer(step, longer)] : []),
    ...(kept.length > 0 && kept.length === arms.length ? [t.headline.kept(kept.toReversed())] : []),
  ];
  return parts.length > 0 ? [t.headline.joined(parts)] : [];
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
