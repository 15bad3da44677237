import type { Crossover, Fit } from "../record/derived.ts";
import type { RunRecord } from "../record/run.ts";
import type { Analysed } from "./answer.ts";
import { formatBytes, formatCount } from "./format.ts";

/**
 * The answer for a reader who knows neither the notation nor the arms: who is faster from which length on, and what twice the length costs each, in two sentences at
 * most. They are of the experiment's first two arms of either family. What carries over to other devices comes first where the device is a CPU emulation; on a GPU the
 * question does. None where the run does not compare such two, or where what it asks is told otherwise (peers, states that are moved, texts that are served or written).
 */
export const headlineOf = (record: Analysed): readonly string[] => {
  const { experiment, cells, environment } = record;
  const does = doing[experiment.phase];
  const crossovers = mainPair(record);
  const [first] = crossovers;
  if (!does || !first || experiment.serving || experiment.text || cells.some(({ runtime }) => runtime !== undefined)) return [];
  const [upper, lower] = first.between;
  const names: Names = { upper: spoken(record, upper), lower: spoken(record, lower) };
  const crossing = crossingSentence(crossovers, names, does, placeOf(environment));
  const growth = growthSentence(record, first.between, names);
  const sentences = environment.deviceClass === "software" ? [growth, crossing] : [crossing, growth];
  return sentences.flatMap((text) => (text === undefined ? [] : [text]));
};

/** What is done faster with an arm. */
const doing: Readonly<Partial<Record<RunRecord["experiment"]["phase"], string>>> = {
  prefill: "a prompt is read",
  decode: "the next token is made",
  generate: "a whole text is written",
  tokenLoop: "a token goes through a whole model",
};

const placeOf = ({ adapter, deviceClass }: RunRecord["environment"]): string => {
  if (deviceClass === "software") return "on this CPU emulation";
  return adapter.device === "" ? "on this GPU" : `on this GPU (${adapter.device})`;
};

interface Names {
  readonly upper: string;
  readonly lower: string;
}

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
const spoken = ({ cells }: Analysed, label: string): string => {
  const mechanism = cells.find((cell) => cell.label === label)?.mechanism;
  return label === mechanism && (label === "softmax" || label === "linear") ? `${label} attention` : label;
};

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
const among = (values: readonly number[]): string => {
  const [least, most] = [Math.min(...values), Math.max(...values)].map(formatCount);
  return least === most ? `${least}` : `${least} to ${most}`;
};

const crossingSentence = (crossovers: readonly Crossover[], { upper, lower }: Names, does: string, where: string): string | undefined => {
  const outcomes = new Set(crossovers.map(({ outcome }) => outcome));
  const several = crossovers.length > 1;
  const ranges = crossovers.flatMap(({ range }) => (range ? [range] : []));
  if (outcomes.size > 1 || ranges.length === 0) return undefined;
  const [outcome] = outcomes;
  const measured = among(ranges.flat());
  switch (outcome) {
    case "crosses": {
      const found = crossovers.flatMap(({ n }) => (n ? [n] : []));
      const [only] = found;
      if (!only) return undefined;
      const values = among(found.map(({ value }) => value));
      const from = `${values} tokens on${values.includes(" to ") ? ", by shape" : ""}`;
      return `${capital(where)}, from ${from}, ${does} faster with ${lower} than with ${upper}${several ? "" : ` (95 % interval ${formatCount(only.low)} to ${formatCount(only.high)} tokens)`}.`;
    }
    case "already":
      return `${capital(where)}, ${does} faster with ${lower} than with ${upper} at every length measured, ${measured} tokens.`;
    case "none":
      return `${capital(where)}, ${does} no faster with ${lower} than with ${upper} at any length measured, ${measured} tokens.`;
    case "many":
      return `${capital(where)}, with which of ${lower} and ${upper} ${does} faster changes more than once between ${measured.replace(" to ", " and ")} tokens.`;
    case "undecided": {
      const latest = crossovers.flatMap(({ atLatest }) => (atLatest === undefined ? [] : [atLatest]));
      return latest.length === crossovers.length
        ? `${capital(where)}, from ${formatCount(Math.max(...latest))} tokens on at the latest, ${does} faster with ${lower} than with ${upper}.`
        : `${capital(where)}, it is not decided from which length on ${does} faster with ${lower} than with ${upper}.`;
    }
    default:
      return undefined;
  }
};

/** Growth that nobody would notice. */
const noticed = 1.05;

/** What twice the length takes each arm at the longest ones measured, and what each keeps. */
const growthSentence = (record: Analysed, [upper, lower]: readonly [string, string], names: Names): string | undefined => {
  const [slower, faster] = [upper, lower].map((label) => doublingText(fitsOf(record, label, "time")));
  const times =
    slower && faster ? `at the longest lengths measured, twice the length takes ${slower} with ${names.upper} and ${faster} with ${names.lower}` : undefined;
  const kept = keptText(record, lower, names.lower);
  const cache = keptText(record, upper, names.upper);
  const bytes = kept && cache ? `what is kept is ${kept}, and ${cache}` : undefined;
  const parts = [times, bytes].flatMap((part) => (part ? [part] : []));
  return parts.length > 0 ? `${capital(parts.join("; "))}.` : undefined;
};

const fitsOf = ({ fits }: Analysed, label: string, metric: Fit["metric"]): readonly Fit[] =>
  fits.filter((fit) => fit.label === label && fit.metric === metric && fit.variable === "n");

/** As measured, from the longest length whose half was measured too; undefined where a curve has none. */
const doublingText = (fits: readonly Fit[]): string | undefined => {
  const factors = fits.map(({ points }) => {
    const whole = points.findLast(({ x }) => points.some((half) => half.x * 2 === x));
    const half = points.find(({ x }) => x * 2 === whole?.x);
    return whole && half ? whole.y / half.y : undefined;
  });
  const known = factors.flatMap((factor) => (factor === undefined ? [] : [factor]));
  if (known.length === 0 || known.length < factors.length) return undefined;
  const [least, most] = [Math.min(...known), Math.max(...known)];
  if (most < noticed) return "no longer";
  return `${least.toFixed(1) === most.toFixed(1) ? least.toFixed(1) : `${least.toFixed(1)} to ${most.toFixed(1)}`} times as long`;
};

/** "128 KiB at any length with linear attention", "64 MiB at 32,768 tokens with softmax attention"; undefined where nothing is kept. */
const keptText = (record: Analysed, label: string, name: string): string | undefined => {
  const fits = fitsOf(record, label, "stateBytes").filter(({ points }) => points.length > 0);
  const all = fits.flatMap(({ points }) => points.map(({ y }) => y));
  if (all.length === 0 || Math.max(...all) === 0) return undefined;
  const n = Math.min(...fits.map(({ points }) => points.at(-1)?.x ?? 0));
  const there = fits.map(({ points }) => points.findLast(({ x }) => x <= n)?.y ?? 0);
  const [least, most] = [formatBytes(Math.min(...there)), formatBytes(Math.max(...there))];
  const constant = fits.every(({ class: law }) => law === "O(1)");
  return `${least === most ? least : `${least} to ${most}`} at ${constant ? "any length" : `${formatCount(n)} tokens`} with ${name}`;
};
