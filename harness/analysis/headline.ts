import type { Extremes, Names } from "../messages/en.ts";
import type { Messages } from "../messages/messages.ts";
import type { Crossover } from "../record/derived.ts";
import type { Analysed } from "./answer.ts";
import { crossingHeadline } from "./crossingHeadline.ts";
import { fastestArm } from "./fastestArm.ts";
import { formatCount } from "./format.ts";
import { growthHeadline } from "./growthHeadline.ts";
import { peerHeadline } from "./peerHeadline.ts";
import { servingHeadline } from "./servingHeadline.ts";
import { spanOf } from "./span.ts";
import { speedUpOf } from "./speedUp.ts";
import { movedArm, spokenArm } from "./spokenArm.ts";
import { textHeadline } from "./textHeadline.ts";
import { textsAtOnce } from "./textsAtOnce.ts";

/**
 * The answer for a reader who knows neither the notation nor the arms: who is faster from which length on and by how much at the longest, and what twice the length costs each, in two sentences at
 * most; of a whole model, what part of it attention is. They are of the experiment's first two arms of either family; of a run that has one family alone, of what twice the length costs its first two. What carries over to other devices comes first where the
 * device is a CPU emulation; on a GPU the question does. Where other runtimes stand beside, where texts are written, and where they are served at once, the answer is of that. None where the run says nothing of it.
 */
export const headlineOf = (record: Analysed, t: Messages): readonly string[] => {
  const { experiment, cells, environment } = record;
  const emulated = environment.deviceClass === "software";
  const where = t.headline.place(emulated, environment.adapter.device);
  const texts = textsAtOnce(record);
  const at = texts === undefined ? where : t.headline.together(where, texts);
  if (cells.some(({ runtime }) => runtime !== undefined)) return peerHeadline(record, where, t);
  if (experiment.text) return textHeadline(record, where, t);
  const does = t.headline.doing[experiment.phase];
  if (!does) return [];
  const back = broughtBackSentence(record, where, t);
  const crossovers = mainPair(record);
  const [upper, lower] = crossovers[0]?.between ?? [];
  if (experiment.serving) return servingHeadline(record, upper === undefined || lower === undefined ? [] : [lower, upper], where, t);
  // What claims are asked of is told with their count, before this: who is faster is all that is said besides.
  const claimed = (experiment.claims?.length ?? 0) > 0;
  if (upper === undefined || lower === undefined) {
    const fastest = back ?? (claimed ? undefined : fastestArm(record, at, does, t));
    return [...said(fastest), ...(claimed ? [] : growthHeadline(record, armsOf(record).slice(0, 2), t))];
  }
  const names: Names = { upper: spokenArm(record, upper, t), lower: spokenArm(record, lower, t) };
  const crossing = back ?? crossingHeadline(record, crossovers, names, does, at, t);
  if (claimed && crossing !== undefined) return [crossing];
  // Wherever a state is kept, it is as large as its kind of attention makes it.
  const kindOf = (label: string): string => t.attention(cells.some((cell) => cell.label === label && cell.family === "softmax") ? "softmax" : "linear");
  const growth = experiment.phase === "offload" ? growthHeadline(record, firstOfFamilies(record), t, kindOf) : growthHeadline(record, [upper, lower], t);
  // Of a state that is moved, what is asked is not how it grows but whether it is worth moving.
  return emulated && experiment.phase !== "offload" ? [...growth, ...said(crossing)] : [...said(crossing), ...growth];
};

const said = (text: string | undefined): readonly string[] => (text === undefined ? [] : [text]);

/** Arms with a cell, in the order of the experiment. */
const armsOf = ({ cells }: Analysed): readonly string[] => [...new Set(cells.map(({ label }) => label))];

/** The first arm that keeps something, of softmax and of the linear family: what comes back is told of by its size. */
const firstOfFamilies = ({ cells }: Analysed): readonly string[] =>
  (["softmax", "linear"] as const).flatMap((family) => cells.find((cell) => cell.family === family && (cell.stateBytes ?? 0) > 0)?.label ?? []);

/** Where every state that was moved comes back sooner than it is computed anew. */
const broughtBackSentence = (record: Analysed, where: string, t: Messages): string | undefined => {
  const { experiment, crossovers } = record;
  const timed = crossovers.filter(({ metric }) => metric === "time");
  const ranges = timed.flatMap(({ range }) => (range ? [...range] : []));
  const always = experiment.phase === "offload" && ranges.length > 0 && timed.every(({ outcome }) => outcome === "already");
  return always ? t.headline.broughtBack(where, spanOf(ranges, formatCount), spokenExtremes(record, t)) : undefined;
};

/** The two ends of how many times as fast moved states are, where each comes back sooner than it is computed anew, their arms in words; undefined otherwise. */
export const spokenExtremes = (record: Pick<Analysed, "cells" | "experiment" | "fits" | "crossovers">, t: Messages): Extremes | undefined => {
  const ends = movedExtremes(record);
  const told = (one: Extremes["least"]): Extremes["least"] => ({ ...one, arm: movedArm(record, one.arm, t) });
  return ends && { ...ends, least: told(ends.least), most: told(ends.most) };
};

/** The same with labels. */
export const movedExtremes = ({ experiment, fits, crossovers }: Pick<Analysed, "experiment" | "fits" | "crossovers">): Extremes | undefined => {
  const timed = crossovers.filter(({ metric }) => metric === "time");
  return experiment.phase === "offload" && timed.every(({ outcome }) => outcome === "already") ? extremesOf(fits, timed) : undefined;
};

/** The arm that is the fewest times as fast as the other of its pair at the largest n, and the one that is the most; undefined where a pair has none, or they share no such n. */
const extremesOf = (fits: Analysed["fits"], crossovers: readonly Crossover[]): Extremes | undefined => {
  const speeds = crossovers.flatMap((crossover) => {
    const speed = speedUpOf(fits, crossover);
    return speed ? [{ arm: crossover.between[1], n: speed.n, times: speed.times }] : [];
  });
  const ordered = speeds.toSorted((one, other) => one.times.value - other.times.value);
  const [least, most] = [ordered[0], ordered.at(-1)];
  if (!least || !most || speeds.length < crossovers.length || speeds.some(({ n }) => n !== least.n) || least.times.value < 1.05) return undefined;
  return { n: least.n, least, most };
};

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
