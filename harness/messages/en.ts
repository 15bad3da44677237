import type { GrowthClass, MixerSizes } from "../../kernels/mechanism.ts";
import { type StageName, stageWords } from "../../kernels/model/stageNames.ts";
import type { Tier } from "../../kernels/offload.ts";
import type { Meanwhile } from "../analysis/anewMeanwhile.ts";
import { aboveCeiling, type CeilingShare } from "../analysis/ceilingShare.ts";
import {
  bracketed,
  formatBytes,
  formatChoice,
  formatCount,
  formatEstimate,
  formatList,
  formatMs,
  formatNumber,
  formatShare,
  formatTimes,
} from "../analysis/format.ts";
import { inverseRatio } from "../analysis/inverseRatio.ts";
import type { CrossingNote, GrowthNote, GrowthReason } from "../analysis/notes.ts";
import type { ClaimId } from "../experiment/claims.ts";
import type { ExperimentModel } from "../experiment/experiment.ts";
import type { ExperimentPhase } from "../experiment/phases.ts";
import type { ArmComparison, CellMetric, Comparison, Verdict } from "../record/comparison.ts";
import type { ClaimVerdict, Crossover, Estimate, Fit, Served } from "../record/derived.ts";
import type { CellRecord, DuetSide, RunState } from "../record/run.ts";

/** Least and most of what is told of several shapes, as they are written; equal where one value holds for all. */
export type Span = readonly [least: string, most: string];

/** Two arms by name: `lower` is the one that is asked after, of the linear family. */
export interface Names {
  readonly upper: string;
  readonly lower: string;
}

/** What twice the length takes: undefined where nobody would notice. */
export type Factor = Span | undefined;

/** Bytes that are kept: `n` undefined where they are the same at any length. */
export interface Kept {
  readonly bytes: Span;
  readonly n: number | undefined;
}

/** How many times less one keeps than another, or more, over all shapes. */
export interface Less {
  readonly kept: "less" | "more" | "same";
  readonly least: number;
  readonly most: number;
}

/** What share of the most that a device allows an arm reaches. */
export interface ArmShare {
  readonly arm: string;
  readonly share: CeilingShare;
}

/** The interval of n*; `place`: the shape that it is of, or the program; empty where there is one, or several are taken together. */
export interface KnownFrom {
  readonly place: string;
  readonly n: Estimate;
}

/** How far an interval reaches to both sides of a value, as shares of it. */
export interface Sides {
  readonly below: number;
  readonly above: number;
}

/** Of what bytes are that are kept: of so many texts at once, where that is more than one; `by`: the axis of the shapes that they span, where it is one. */
export interface KeptOf {
  readonly texts: number | undefined;
  readonly by: string | undefined;
}

/** How many times less an arm takes or keeps, "870×"; `undrifted`: which the values beside it alone do not give. */
export interface TimesLess {
  readonly times: string;
  readonly undrifted: boolean;
}

/** How many times as fast one is as another at the largest n, over all shapes; below 1 where it is slower. `vague`: known so widely that least and most are the ends of its intervals, and not what was measured. */
export interface Speed {
  readonly vague?: true;
  /** the least and the most n, over all shapes */
  readonly n: Span;
  readonly least: number;
  readonly most: number;
}

/** Where the second of two arms is the faster one, at one shape: from n on, from n on at the latest, at all that was measured or at none, back and forth, or nobody knows. */
export interface FasterAt {
  /** "headDim 32", or by several sizes; empty where there is one shape */
  readonly place: string;
  /** "32", of an axis that alone tells shapes apart */
  readonly value: string | undefined;
  readonly faster: "from" | "latest" | "always" | "never" | "changes" | "open";
  /** of from and latest; else the smallest measured */
  readonly n: number;
  readonly measured: readonly [least: number, most: number];
}

/** What tells shapes apart, and whether the second arm is ahead the later, the larger that is, or the sooner; undefined where it takes several sizes, and where intervals do not tell. */
export interface ShapeOrder {
  readonly axis: string | undefined;
  readonly order: "later" | "sooner" | undefined;
}

/** Shapes at which the first arm is faster below n*, none where it is all, and how many times as fast the second is at the smallest n. */
export interface FasterBelow {
  readonly at: readonly FasterAt[];
  readonly speed: Speed | undefined;
}

/** Another program of one arm of a pair, and where the second is faster with it in its place. */
export interface ProgramBeside {
  readonly arm: string;
  readonly of: "upper" | "lower";
  readonly shapes: readonly FasterAt[];
}

/** Attention's share of a token's time at one end of what was measured. */
export interface ShareEnd {
  readonly n: number;
  readonly share: Span;
}

/** Comparisons with another runtime: in how many ours are clearly faster or slower, and the least and most of its time that they take. */
export interface Beside {
  readonly all: number;
  readonly faster: number;
  readonly slower: number;
}

/** One comparison with another runtime: how many times as fast ours is, with its interval. */
export interface BesideArm {
  readonly arm: string;
  readonly n: number;
  /** empty where all have one */
  readonly shape: string;
  readonly times: Estimate;
}

/** The fastest arm of one shape at n, of `all` that were timed there, and how many times as long the next takes. */
export interface FastestAt {
  readonly arm: string;
  readonly next: string;
  readonly n: number;
  readonly all: number;
  /** empty where there is one alone */
  readonly shape: string;
  readonly times: Estimate;
}

/** Whether the next token takes an arm longer, the more came before it. `factor`: what twice as many take, or the last of `range` beside its first; `n`: up to which it was measured. */
export interface LaterToken {
  readonly arm: string;
  readonly growth: "grows" | "none" | "unseen" | "open";
  readonly factor: { readonly times: Span; readonly range: readonly [from: number, to: number] | undefined } | undefined;
  readonly n: number;
}

/** What stands beside nothing of another runtime, for one reason. `ns`: none where that is so of all of an arm. */
export interface NotBeside {
  readonly arms: readonly { readonly arm: string; readonly ns: readonly number[] }[];
  readonly why: string;
}

/** How many times as fast at n, of the arm with the least and of that with the most. */
export interface Extremes {
  readonly n: number;
  readonly least: { readonly arm: string; readonly times: Estimate };
  readonly most: { readonly arm: string; readonly times: Estimate };
}

/** A size as it was measured and as it was published. */
export interface SizeBeside {
  readonly own: number;
  readonly published: number;
}

/** A model that was measured beside the published one, `title`, whose plan it has. */
export interface ModelBeside {
  readonly title: string;
  readonly width: SizeBeside;
  readonly layers: SizeBeside;
  readonly vocab: SizeBeside;
  /** channels of the feed-forward network, or of one expert */
  readonly hidden: SizeBeside;
  readonly experts?: SizeBeside;
  /** n at which softmax attention takes as many multiply-adds of a token as all weights do */
  readonly even?: SizeBeside;
}

/** What all texts at once that have room make, a second; `fewer`: its programs take fewer than the memory holds; `projected`: so many were not measured. */
export interface ServedAtOnce {
  readonly arm: string;
  readonly tokensPerSecond: number;
  readonly texts: number;
  readonly fewer: boolean;
  readonly projected: boolean;
}

/** All texts of n tokens together, of each arm; `close`: their intervals do not tell which is faster. */
export interface ServedTogether {
  readonly n: number;
  readonly arms: readonly ServedAtOnce[];
  readonly close: boolean;
}

/** Cells of one program that were held against float64. Errors in parts of the size of their row. `whose`: another program's name, undefined of ours. */
export interface VerifiedOf {
  readonly whose: string | undefined;
  readonly right: number;
  readonly wrong: number;
  /** of those that are right, the nearest to its tolerance */
  readonly worst?: { readonly error: number; readonly tolerance: number };
  /** of those that are wrong, the largest that is known */
  readonly offBy?: number;
}

/** One text alone, as measured: how many times as fast it goes on with `arm` as with `than` behind n tokens. */
export interface ServedAlone {
  readonly n: number;
  readonly arm: string;
  readonly than: string;
  readonly times: Estimate;
}

/** Claims that a run says the same of. */
export interface Fated {
  readonly fate: Fate;
  readonly count: number;
}

/** How many texts of an arm a memory holds, of the least and of the most tokens asked for. */
export interface Held {
  readonly arm: string;
  readonly least: { readonly n: number; readonly texts: number };
  readonly most: { readonly n: number; readonly texts: number };
  readonly about: boolean;
}

/** Cells of a run by what came of them. */
export interface TallyNumbers {
  readonly all: number;
  readonly ok: number;
  readonly failed: number;
  readonly skipped: number;
  readonly censored: number;
  readonly pending: number;
  readonly composed: number;
}

/** What becomes of a claim in all runs together; `differs`: they do not agree. */
export type Fate = ClaimVerdict | "differs" | "notJudged";

export type GapStatus = "censored" | "failed" | "skipped" | "pending";

/** What arms wrote: how many tokens behind how many, and some of it, as words or as numbers. */
export interface Wrote {
  readonly tokens: number;
  readonly prompt: number;
  readonly temperature: number;
  /** the token that ended it; undefined: none did */
  readonly stop: number | undefined;
  readonly shown: string | { readonly numbers: readonly number[]; readonly more: boolean };
  /** tokens before which all is known to have come through float64's experts; undefined where all are */
  readonly held: number | undefined;
  /** of these, where rounding may choose another than float64 */
  readonly near: number;
}

/** Sizes of a whole model around its mixers. */
/** Heads of layers that mix by one mechanism, where they have others than the rest. */
export type LayerHeads = MixerSizes & { readonly mechanism: string };

export type ModelSizes = Pick<ExperimentModel, "layers" | "width" | "vocab" | "feedForward" | "firstDense" | "outputGate">;

/** A slope at the largest n of a curve. */
export interface Slope {
  readonly exponent: Estimate;
  readonly curve: string;
  readonly n: number;
}

/** What softmax does with scores that are multiplied: the nearest key's weight, and how far off its value, over the value's length. */
export interface ScaledScores {
  readonly times: number;
  readonly weight: number;
  readonly off: number;
  readonly kernelOff?: number;
}

/** A share of a model's weights. */
export interface PartOfWeights {
  readonly share: number;
  readonly all: number;
}

export interface Place {
  readonly label: string;
  readonly n: number;
}

/** Forms of one mechanism. */
export interface Forms {
  readonly mechanism: string;
  readonly forms: readonly string[];
}

/** Where softmax and an arm of the linear family take the same time. */
export interface Crossing {
  readonly n: number;
  readonly arm: string;
  readonly headDim: string;
}

/** How many cells have a verdict. */
export interface VerdictCount {
  readonly verdict: Verdict;
  readonly count: number;
}

/** What became of one number of a cell, each part as it is written; `factor`: head over base, with its `interval` where it has one. */
export interface Changed {
  readonly verdict: Verdict;
  readonly place: string;
  readonly metric: CellMetric;
  readonly factor: string | undefined;
  readonly interval: string | undefined;
  readonly note: string | undefined;
  readonly base: string | undefined;
  readonly head: string | undefined;
}

/** What keeps a time from being told, as far as that says what would help: steps of a clock, a machine that moves, or too little time. */
export type Obstacle = "clock" | "machine" | "brevity";

/** What sets two runs apart, by what it is of. */
export type DifferenceOf = "experiment" | "phase" | "device" | "driver" | "deviceClass" | "cpu" | "clock" | "toggles" | "seed" | "cache" | "cells";

/** Folders of `--kernels` of a duet that are not simply each state's own. */
export type SharedKernels =
  | { readonly kind: "outside" | "untracked" | "newInHead"; readonly named: string }
  | { readonly kind: "linked"; readonly named: string; readonly files: string };

type ByPhase = Readonly<Record<ExperimentPhase, string>>;
type Outcome = Crossover["outcome"];

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
const to = ([least, most]: Span): string => (least === most ? least : `${least} to ${most}`);
const andMore = (more: number): string => (more > 0 ? `, and ${formatCount(more)} more` : "");
const plural = (value: number, one: string, many = `${one}s`): string => (value === 1 ? one : many);
const counted = (value: number, one: string, many?: string): string => `${formatCount(value)} ${plural(value, one, many)}`;
const emulatedText = (emulated: boolean): string => (emulated ? " on this CPU emulation" : "");
const atText = (shapes: readonly string[]): string => (shapes.length > 0 ? ` at ${formatList(shapes)}` : "");
const insideCommas = (shape: string): string => (shape === "" ? "" : `, ${shape},`);

const tally = (cells: TallyNumbers): string =>
  [
    `${cells.ok === 0 ? "none" : formatCount(cells.ok)} of ${counted(cells.all, "cell")} measured`,
    ...(["failed", "skipped", "censored", "pending"] as const).flatMap((status) =>
      cells[status] === 0 ? [] : [`${formatCount(cells[status])} ${status === "pending" ? "not reached" : status}`],
    ),
    ...(cells.composed > 0 ? [`${formatCount(cells.composed)} composed`] : []),
  ].join(", ");

/** What a mark at the upper edge means. */
const gapWords: Readonly<Record<GapStatus, string>> = {
  censored: "stopped at a time or memory limit",
  failed: "failed",
  skipped: "does not fit this device",
  pending: "not reached",
};

/** Of the codes that measurements.csv has. A cell may have failed on any of them; skipped or censored it is on the first five. */
const whyWords: Readonly<Record<string, string>> = {
  timeCap: "stopped at a time limit",
  memoryCap: "stopped at a memory limit",
  overLimit: "too large for this device",
  noFeature: "not supported here",
  badShape: "not a shape that these kernels take",
  compileError: "the kernel did not compile",
  wrongOutput: "wrong output",
  ledgerMismatch: "other memory taken than counted",
  deviceLost: "the device was lost",
  timeout: "no answer in time",
  outOfMemory: "out of memory",
  belowResolution: "too short for the clock",
  timerError: "the clock went wrong",
  diskFull: "the disk is full",
  shortFile: "a file was cut short",
  diskError: "the disk went wrong",
  workerError: "the measuring program broke off",
};

/** Why a cell has no time, in words; the code itself where a run of another version has one that is not known here. */
const whyOf = (code: string): string => whyWords[code] ?? code;

const comparedMetrics: Readonly<Record<CellMetric, string>> = {
  time: "time",
  wallTime: "wall time",
  stateBytes: "state bytes",
  peakBytes: "peak bytes",
  error: "error",
};

const differenceNames: Readonly<Record<DifferenceOf, string>> = {
  experiment: "experiment",
  phase: "phase",
  device: "device",
  driver: "driver",
  deviceClass: "device class",
  cpu: "CPU",
  clock: "clock",
  toggles: "toggles",
  seed: "seed",
  cache: "cache",
  cells: "cells",
};

const blindness = (least: number): string => `it takes ${least} processes of each, and two visits`;

/** What hollow marks at the upper edge mean. */
const atEdge = (statuses: readonly GapStatus[]): string => {
  const marks = { censored: "triangle", failed: "cross", skipped: "circle", pending: "circle" } satisfies Record<GapStatus, string>;
  return `Hollow marks at the upper edge are cells without a value: ${statuses.map((status) => `${marks[status]}: ${gapWords[status]}`).join(", ")}.`;
};

const repetition: ByPhase = {
  prefill: "prompt of n tokens (prefill)",
  decode: "next token (decode)",
  generate: "text of n tokens written (generate)",
  tokenLoop: "token through the whole model",
  offload: "state brought onto the GPU",
};

const meaningOfN: ByPhase = {
  prefill: "tokens read at once",
  decode: "tokens before it",
  generate: "tokens written",
  tokenLoop: "tokens before it",
  offload: "tokens whose state it is",
};

const growthSubjects: ByPhase = {
  prefill: "The time to read a prompt of n tokens (prefill)",
  decode: "The time of the next token after n (decode)",
  generate: "The time to write a text of n tokens (generate)",
  tokenLoop: "The time of a token's whole way through the model, with n tokens before it,",
  offload: "The time until the state of n tokens is on the GPU",
};

const timeSubjects: Readonly<Record<ExperimentPhase, (n: string) => string>> = {
  prefill: (n) => `Reading a prompt of n = ${n} tokens takes`,
  decode: (n) => `The next token after n = ${n} takes`,
  generate: (n) => `Writing a text of n = ${n} tokens takes`,
  tokenLoop: (n) => `A token's whole way through the model, with n = ${n} tokens before it, takes`,
  offload: (n) => `Until the state of n = ${n} tokens is on the GPU, it takes`,
};

const range = ({ value, low, high }: Estimate): string => `${value.toFixed(2)} (95 % interval ${low.toFixed(2)} to ${high.toFixed(2)})`;

const growthReason = (reason: GrowthReason): string => {
  switch (reason.kind) {
    case "tooFew":
      return "too few values";
    case "falls":
      return "they fall as a whole, which no law of growth does";
    case "power":
      return `they grow like a power of ${range(reason.power)}, which is none of the laws`;
    case "powerToo":
      return `a power of ${range(reason.power)} follows them as well as ${reason.law}`;
    case "steps":
      return `these points step off every law by ${(reason.off * 100).toFixed(0)} %, more than their noise: ${growthReason(reason.reason)}`;
    case "misfit":
      return `no law follows these points: the nearest, ${reason.law}, misses them by ${(reason.off * 100).toFixed(0)} %`;
    case "neitherFlat":
      return `the growth over the range, ${reason.low.toFixed(2)} to ${reason.high.toFixed(2)} times, is neither clearly flat nor clearly more`;
    case "otherLaw":
      return `${reason.law} is nearest, which is not one of the laws that are told apart here`;
    case "rivals":
      return `the range does not tell ${formatList(reason.laws)} apart`;
    case "unsettled":
      return `the samples do not settle on one law: ${reason.law} is nearest in ${(reason.share * 100).toFixed(0)} % of resamples`;
    case "laterSquare":
      return "O(n) is nearest, but a quadratic part that takes over later is not excluded";
    case "oneSize":
      return "linear and quadratic parts are of one size in this range";
    case "fasterThanSquare":
      return "O(n²) is nearest of the laws, but they grow faster than that in the end";
    case "logOrMixture":
      return "O(n log n) and a mixture of O(n) and O(n²) fit alike";
    case "barelyRisen":
      return `only the ${reason.risen === 1 ? "largest value shows" : `${reason.risen} largest values show`} any growth`;
    case "nowhereSteep":
      return `${reason.law} is nearest, but nowhere do they grow by more than a line does over ${reason.times} times the length`;
    case "levelsOff":
      return "growth that levels off follows them as well as O(log n)";
    case "noLaw":
      return "no law was fitted";
    default:
      return reason satisfies never;
  }
};

const growthNote = (note: GrowthNote): string => {
  switch (note.kind) {
    case "from":
      return `from ${note.variable} = ${formatCount(note.x)} on`;
    case "short": {
      const { variable, least, span, values, first, last } = note;
      const measured =
        values > 1
          ? `${values} were measured, from ${formatCount(first)} to ${formatCount(last)}`
          : values === 1
            ? `only ${formatCount(first)} was measured`
            : "none was measured";
      return `a growth law needs at least ${least} values of ${variable} over a range of ${span} times or more; ${measured}`;
    }
    case "doubt":
      return growthReason(note.reason);
    case "advised": {
      const advice = note.upTo === undefined ? "more samples would narrow the intervals" : `measure up to ${note.variable} = ${formatCount(note.upTo)}`;
      return `${growthReason(note.reason)}; ${advice}`;
    }
    case "constantFrom":
      return `constant from ${formatCount(note.x)} on`;
    case "fewBytes":
      return `bytes are exact, but ${note.values === 1 ? "one value" : `${note.values} values`} cannot show a law: measure three or more`;
    case "oddBytes":
      return "bytes follow neither a constant, a line nor a parabola over the measured values";
    default:
      return note satisfies never;
  }
};

const crossingNote = (note: CrossingNote): string => {
  switch (note.kind) {
    case "shareNone":
      return `the two share no ${note.x}`;
    case "shareOne":
      return `the two share only ${note.x} = ${formatCount(note.at)}`;
    case "neitherBelow":
      return `neither is clearly below the other at any ${note.x}`;
    case "changes":
      return `which of the two is below changes ${note.turns} times, near ${note.x} = ${note.crossings.map(formatCount).join(", ")}`;
    case "otherWay":
      return `the order turns the other way: ${note.lower ?? "the linear arm"} is below up to ${note.x} = ${formatCount(note.at)} and above beyond`;
    case "unsettled":
      return `the curves between the measured ${note.x} do not settle where they cross`;
    case "tooClose":
      return `the two are too close at ${note.x} = ${note.at.map(formatCount).join(", ")}`;
    case "openEnd": {
      const advice =
        note.beyond === undefined ? `measure below ${note.x} = ${formatCount(note.below)}` : `measure beyond ${note.x} = ${formatCount(note.beyond)}`;
      return `the two are too close at ${note.x} = ${note.at.map(formatCount).join(" and ")} to say which is below: ${advice}, or take more samples`;
    }
    case "shareFewer":
      return "the arms share fewer than two n";
    case "smallerUpTo":
      return `the linear arm is smaller up to n = ${formatCount(note.at)} and larger beyond`;
    default:
      return note satisfies never;
  }
};

const fateWords: Readonly<Record<Fate, readonly [one: string, many: string]>> = {
  holds: ["holds", "hold"],
  holdsWithCorrection: ["holds with a correction", "hold with a correction"],
  doesNotHoldHere: ["does not hold here", "do not hold here"],
  undecided: ["is undecided", "are undecided"],
  differs: ["is judged differently by two runs", "are judged differently by two runs"],
  notJudged: ["is not judged", "are not judged"],
};

const fated = ({ fate, count }: Fated): string => `${count} ${fateWords[fate][count === 1 ? 0 : 1]}`;

const doing: Readonly<Partial<ByPhase>> = {
  prefill: "a prompt is read",
  decode: "the next token is made",
  generate: "a whole text is written",
  tokenLoop: "a token goes through a whole model",
  offload: "a state that left the GPU is there again",
};

const factor = (times: Factor): string => (times === undefined ? "the same time" : `${to(times)} times as long`);

/** "one text alone of 2,048 tokens is 2.5 times as fast with linear attention", as it was measured */
const aloneText = ({ n, arm, than, times }: ServedAlone): string => {
  const text = `one text alone of ${counted(n, "token")}`;
  if (times.low > 1) return `${text} is ${formatTimes(times.value)} times as fast with ${arm}`;
  if (times.high < 1) return `${text} is ${formatTimes(1 / times.value)} times as fast with ${than}`;
  return `${text} is about as fast with either`;
};

/** More than these are told by their ends. */
const mostListed = 4;

/** "128", "128 and 256", "128 to 4,096". */
const spanOrList = (ns: readonly number[]): string =>
  ns.length > mostListed ? `${formatCount(Math.min(...ns))} to ${formatCount(Math.max(...ns))}` : formatList(ns.map(formatCount));

/** "49× as fast [24, 95]" */
const timesIn = ({ value, low, high }: Estimate, how: string, write: (value: number) => string = formatTimes): string =>
  `${write(value)}× ${how} [${write(low)}, ${write(high)}]`;

/** "25 % less or 40 % more" */
const sidesText = ({ below, above }: Sides): string =>
  `${formatShare(below)} less or ${above > 1 ? `${formatTimes(1 + above)} times as long` : `${formatShare(above)} more`}`;

const aboutTokens = (tokens: number): string => `about ${counted(Math.max(1, Math.round(tokens)), "token")}`;

/** More shapes than these are not named one by one. */
const mostNamed = 3;

const isAhead = ({ faster }: FasterAt): boolean => faster === "from" || faster === "latest" || faster === "always";

/** "headDim 32", "headDim 64 and 128": an axis is named once. `known`: it was, before. */
const namedPlaces = (shapes: readonly FasterAt[], known = false): string =>
  formatList(shapes.map(({ place, value }, i) => ((known || i > 0) && value !== undefined ? value : place)));

const measuredOf = (shapes: readonly FasterAt[]): string => {
  const ns = shapes.flatMap(({ measured }) => measured);
  return `${to([formatCount(Math.min(...ns)), formatCount(Math.max(...ns))])} tokens`;
};

/** From where on, over shapes that are alike in that the second arm is ahead in the end, or never, or that nobody knows. */
const fasterOver = (shapes: readonly FasterAt[], noun = true): string => {
  const [first] = shapes;
  if (!first) return "";
  if (shapes.every(isAhead)) {
    if (shapes.every(({ faster }) => faster === "always")) return `at every length measured (${measuredOf(shapes)})`;
    const [least = first, most = first] = [shapes.toSorted((one, other) => one.n - other.n)[0], shapes.toSorted((one, other) => other.n - one.n)[0]];
    const write = ({ n, faster }: FasterAt): string => `${formatCount(n)}${faster === "from" ? "" : " or fewer"}`;
    const tokens = noun ? ` ${first.n === 1 && shapes.length === 1 ? "token" : "tokens"}` : "";
    if (least.n === most.n) return `from ${formatCount(least.n)}${tokens} on${shapes.some(({ faster }) => faster !== "from") ? " at the latest" : ""}`;
    return `from ${write(least)} to ${write(most)}${tokens} on`;
  }
  if (shapes.every(({ faster }) => faster === "never")) return `at no length measured (${measuredOf(shapes)})`;
  return shapes.every(({ faster }) => faster === "changes") ? "back and forth as the length grows" : "it is not decided";
};

/** Shapes one by one where these are few, else what holds for how many of them. */
const fasterByShape = (shapes: readonly FasterAt[], all = shapes.length): string => {
  if (shapes.length <= mostNamed) {
    const told = shapes.map((shape, i) => ({
      at: namedPlaces([shape], i > 0),
      how: fasterOver(
        [shape],
        shapes.slice(0, i).every(({ faster }) => faster === "changes" || faster === "open"),
      ),
    }));
    return formatList(told.map(({ at, how }) => `at ${at} ${how}`));
  }
  const groups = [shapes.filter(isAhead), ...(["never", "changes", "open"] as const).map((kind) => shapes.filter(({ faster }) => faster === kind))];
  return groups
    .filter((group) => group.length > 0)
    .map((group) => {
      if (group.length === all) return fasterOver(group);
      return `${group.length <= mostNamed ? `at ${namedPlaces(group)}` : `in ${group.length} of ${all} shapes`} ${fasterOver(group)}`;
    })
    .join(", ");
};

/** Of all shapes in a few words. */
const programText = (shapes: readonly FasterAt[]): string => {
  const alike = shapes.every(isAhead) || new Set(shapes.map(({ faster }) => faster)).size === 1;
  return alike ? fasterOver(shapes) : fasterByShape(shapes);
};

/** How many times as fast the first arm is at the smallest n, behind what says that it is. */
const belowText = (shortest: Speed | undefined): string =>
  shortest && shortest.most <= 1 / 1.05 ? `: ${timesSpan(1 / shortest.most, 1 / shortest.least)} times as fast at ${to(shortest.n)}` : "";

/** "the wider the heads, the later" */
const orderText = ({ axis, order }: ShapeOrder): string => {
  if (axis === undefined || order === undefined) return "";
  const larger: Readonly<Record<string, string>> = { headDim: "the wider the heads", heads: "the more heads", batch: "the more texts at once" };
  return `${larger[axis] ?? `the larger ${axis}`}, the ${order}`;
};

const timesSpan = (least: number, most: number): string => to([formatTimes(least), formatTimes(most)]);
const tokensAt = (n: Span): string => `at ${to(n)} ${n[1] === "1" ? "token" : "tokens"}`;

const isSpan = ([least, most]: Span): boolean => least !== most;

const ofTexts = ({ texts }: KeptOf): string => (texts === undefined ? "" : ` for ${counted(texts, "text")} at once`);

const kept = ({ bytes, n }: Kept, name: string): string => `${to(bytes)} at ${n === undefined ? "any length" : counted(n, "token")} with ${name}`;

/** "31,297 texts at once with linear attention, of 128 tokens or of 524,288 alike", "15,884 texts of 128 tokens or 3 of 524,288 with softmax attention" */
const heldText = ({ arm, least, most, about }: Held): string => {
  const texts = ({ texts }: Held["least"], noun: boolean): string =>
    texts === 0 ? "no text" : `${about ? "about " : ""}${noun ? counted(texts, "text") : formatCount(texts)}`;
  if (least.n === most.n) return `${texts(least, true)} of ${counted(least.n, "token")} at once with ${arm}`;
  return least.texts === most.texts
    ? `${texts(least, true)} at once with ${arm}, of ${counted(least.n, "token")} or of ${formatCount(most.n)} alike`
    : `${texts(least, true)} of ${counted(least.n, "token")} at once or ${texts(most, most.texts === 0)} of ${formatCount(most.n)} with ${arm}`;
};

/** What the crossing of a pair is told with. `several`: `lower` names several arms of which the same holds. */
export interface Crossed {
  readonly names: Names;
  readonly metric: Crossover["metric"];
  readonly shapes: readonly string[];
  readonly emulated: boolean;
  readonly several: boolean;
  readonly range: Crossover["range"];
}

const crossed = ({ names: { upper, lower }, metric, several }: Crossed) => {
  const time = metric === "time";
  return {
    better: time ? "faster" : "smaller",
    than: time ? `than ${upper}` : `than the state of ${upper}`,
    subject: time ? lower : `The state${several ? "s" : ""} of ${lower}`,
    object: time ? lower : `the state of ${lower}`,
    is: several ? "are" : "is",
  };
};

const placed = ({ shapes, emulated }: Crossed): string => `${atText(shapes)}${emulatedText(emulated)}`;
const spanned = ({ range: span }: Crossed): string => (span ? `n = ${formatCount(span[0])} to ${formatCount(span[1])}` : "the measured range");

/** For bytes that are of several texts. */
const textsAtOnce = (texts: number): string => (texts === 1 ? "" : ` with ${formatCount(texts)} texts at once`);
const crossingsText = (crossings: readonly Crossing[]): string =>
  formatList(crossings.map(({ n, arm, headDim }) => `${formatCount(n)} for ${arm} at headDim ${headDim}`));
const stageList = (stages: readonly StageName[]): string => formatList(stages.map((stage) => stageWords[stage]));

const shards = (numbers: readonly number[]): string => `${numbers.length === 1 ? "Shard" : "Shards"} ${formatList(numbers.map(formatCount))}`;

/** Where n* of a pair would be, in one chart. */
interface ComputedPlace {
  readonly place: string;
  readonly pair: string;
  readonly marks: readonly { readonly kind: ComputedKind; readonly n: number }[];
}

type ComputedKind = "equalShare" | "predicted";

/** What a chart of time or memory shows beside its marks: fitted lines, thin ones where these do not reach, slopes to compare with, and n*. */
interface GrowthShown {
  readonly fitted: boolean;
  /** lines join points of which no curve was fitted */
  readonly joined: boolean;
  /** some curve runs past its points, and is not drawn */
  readonly off: boolean;
  readonly beyond: boolean;
  readonly guided: boolean;
  readonly crossing: boolean;
}

/** Everything that a report says, in English. Functions take data and give text: whole sentences, so that each language has its own order of words. */
/** "60 % of its ceiling", "all of its ceiling (103 %, by its interval 90 % or more)", "more than …": a share of what a device can do at best is above all of it only where that was measured too low. */
const shareText = (share: CeilingShare, of = ""): string => {
  const above = aboveCeiling(share);
  const written = formatShare(share.value);
  if (above === undefined) return of === "" ? written : `${written} ${of}`;
  const all = of === "" ? "all" : `all ${of}`;
  return above === "perhaps"
    ? `${all} (${written}, by its interval ${formatShare(share.low)} or more)`
    : `more than ${all} (${written}: this run's own tests of the device reached less)`;
};

/** "64 of 4,096" */
const besideText = ({ own, published }: SizeBeside): string => `${formatCount(own)} of ${formatCount(published)}`;

/** "1/64", "about 1/13", "0.65 times", "1.5 times" */
const fractionText = ({ own, published }: SizeBeside): string => {
  const ratio = published / own;
  if (ratio < 2) return `${formatTimes(1 / ratio)} times`;
  return Number.isInteger(ratio) ? `1/${formatCount(ratio)}` : `about 1/${formatTimes(ratio)}`;
};

/** "4 of 32", "8 in the place of 4" */
const ofText = (size: SizeBeside): string =>
  size.own > size.published ? `${formatCount(size.own)} in the place of ${formatCount(size.published)}` : besideText(size);

/** How a model differs from the published one, largest differences first: "1/64 as wide, 4 of 32 layers". */
const shrunkText = ({ width, layers, experts, vocab, hidden }: ModelBeside): string => {
  const parts = [
    ...(width.own === width.published ? [] : [`${fractionText(width)} as wide`]),
    ...(layers.own === layers.published ? [] : [`${ofText(layers)} layers`]),
    ...(experts && experts.own !== experts.published ? [`${ofText(experts)} experts`] : []),
  ];
  const others = [
    ...(hidden.own === hidden.published ? [] : [`${ofText(hidden)} channels of the feed-forward network`]),
    ...(vocab.own === vocab.published ? [] : [`${ofText(vocab)} different tokens`]),
  ];
  return (parts.length > 0 ? parts : others).join(", ");
};

export const en = {
  /** as <html lang> */
  lang: "en" as string,
  /** its name for itself */
  language: "English",
  list: formatList,
  choice: formatChoice,
  /** "softmax attention" */
  attention: (mechanism: "softmax" | "linear"): string => `${mechanism} attention`,
  /** arms with layers of both */
  hybrids: "layers of both kinds",
  /** "softmax attention (KV cache)": an arm by its kind and what else it is called */
  ofKind: (kind: string, rest: string): string => `${kind} (${rest})`,
  /** what a state is of, and where it comes back from */
  fromTier: (kind: string, tier: Tier): string => `${kind} from ${tier === "disk" ? "disk" : "main memory"}`,
  emulation: "on this CPU emulation",
  phase: {
    prefill: "reading a prompt (prefill)",
    decode: "the next token (decode)",
    generate: "writing a text (generate)",
    tokenLoop: "a token through a whole model (tokenLoop)",
    offload: "a state away from the GPU (offload)",
  } satisfies ByPhase as ByPhase,
  joinSentences: (sentences: readonly string[]): string => sentences.join(" "),

  /** The answer in plain words (analysis/headline.ts). */
  headline: {
    doing,
    /** where it was measured; `device`: the GPU's name, or nothing */
    place: (software: boolean, device: string): string => (software ? "on this CPU emulation" : device === "" ? "on this GPU" : `on this GPU (${device})`),
    /** `where` everything is of so many texts, read or written together */
    together: (where: string, texts: number): string => `${where}, with ${counted(texts, "text")} at once`,
    /** behind what it is said of: ": 86 times as fast at 32,768 tokens"; nothing where it is about as fast */
    speed: (speed: Speed | undefined): string => {
      if (speed === undefined) return "";
      const at = `${tokensAt(speed.n)}${speed.vague ? " (95 % interval)" : ""}`;
      if (speed.least >= 1.05) return `: ${timesSpan(speed.least, speed.most)} times as fast ${at}`;
      return speed.most <= 1 / 1.05 ? `: it takes ${timesSpan(1 / speed.most, 1 / speed.least)} times as long ${at}` : "";
    },
    /** `shortest`: how many times as fast the second is at the smallest n, where it is slower */
    crosses: (where: string, from: string, does: string, { upper, lower }: Names, speed: string, shortest: Speed | undefined): string =>
      `${capital(where)}, from ${from} tokens on, ${does} faster with ${lower} than with ${upper}${speed}; below that, with ${upper}${belowText(shortest)}.`,
    already: (where: string, does: string, { upper, lower }: Names, measured: Span, speed: string): string =>
      `${capital(where)}, ${does} faster with ${lower} than with ${upper} at every length measured, ${to(measured)} tokens${speed}.`,
    none: (where: string, does: string, { upper, lower }: Names, measured: Span, speed: string): string =>
      `${capital(where)}, ${does} no faster with ${lower} than with ${upper} at any length measured, ${to(measured)} tokens${speed}.`,
    many: (where: string, does: string, { upper, lower }: Names, measured: Span): string =>
      `${capital(where)}, with which of ${lower} and ${upper} ${does} faster changes more than once between ${to(measured).replace(" to ", " and ")} tokens.`,
    latest: (where: string, does: string, { upper, lower }: Names, n: number, speed: string): string =>
      `${capital(where)}, from ${formatCount(n)} tokens on at the latest, ${does} faster with ${lower} than with ${upper}${speed}.`,
    open: (where: string, does: string, { upper, lower }: Names): string =>
      `${capital(where)}, it is not decided from which length on ${does} faster with ${lower} than with ${upper}.`,
    /** at several shapes; where the second arm is ahead in all of them in the end that is one answer, else it depends on them. `below`: undefined where the first is faster nowhere */
    byShape: (
      where: string,
      does: string,
      { upper, lower }: Names,
      shapes: readonly FasterAt[],
      by: ShapeOrder,
      speed: string,
      below: FasterBelow | undefined,
    ): string => {
      const open = shapes.filter((shape) => shape.faster === "open");
      const agree = shapes.every((shape) => isAhead(shape) || shape.faster === "open");
      const told = agree ? shapes.filter(isAhead) : shapes;
      const few = told.length <= mostNamed;
      const order = orderText(by);
      const spanned = few || !agree ? "" : `, by ${by.axis ?? "shape"}`;
      const how = `${fasterByShape(told, shapes.length)}${order === "" ? spanned : few ? ` (${order})` : `, ${order}`}`;
      const faster = `${does} faster with ${lower} than with ${upper}`;
      if (!agree) return `${capital(where)}, it depends on ${by.axis ?? "the shape"} whether ${faster}: ${how}.`;
      const placed = (some: readonly FasterAt[]): string =>
        some.length <= mostNamed ? `at ${namedPlaces(some)}` : `in ${some.length} of ${shapes.length} shapes`;
      const shorter = below ? `; below that, ${below.at.length > 0 ? `${placed(below.at)}, ` : ""}with ${upper}${belowText(below.speed)}` : "";
      return `${capital(where)}, ${faster} ${how}${speed}${shorter}${open.length > 0 ? `; ${placed(open)} it is not decided` : ""}.`;
    },
    /** `found`: a sentence of the pair that the answer is of; `more`: programs that are not told of */
    withPrograms: (found: string, { upper, lower }: Names, programs: readonly ProgramBeside[], more: number): string => {
      const told = programs.map(({ arm, of, shapes }) => {
        if (shapes.every(({ faster }) => faster === "open")) return `; by another program, ${arm}, it is not decided`;
        return of === "lower"
          ? `; by another program, ${arm} is faster than ${upper} ${programText(shapes)}`
          : `; ${lower} is faster than ${arm}, by another program, ${programText(shapes)}`;
      });
      return `${found.slice(0, -1)}${told.join("")}${more > 0 ? `; ${formatCount(more)} more ${plural(more, "program stands", "programs stand")} below` : ""}.`;
    },
    /** `found`: a sentence that holds at some shapes; at the others nothing is decided */
    partly: (found: string, at: readonly string[], open: readonly string[]): string =>
      `${found.slice(0, -1)}, at ${formatList(at)}; at ${formatList(open)} it is not decided.`,
    /** of all that was moved; `speeds`: how many times as fast, of the arm with the least and of that with the most */
    broughtBack: (where: string, measured: Span, speeds: Extremes | undefined): string =>
      `${capital(where)}, bringing a state back takes less time than computing it anew at every length measured, ${to(measured)} tokens${speeds === undefined ? "" : `: ${formatTimes(speeds.least.times.value)} times as fast (${speeds.least.arm})${speeds.least.arm === speeds.most.arm ? "" : ` to ${formatTimes(speeds.most.times.value)} times (${speeds.most.arm})`} at ${counted(speeds.n, "token")}`}.`,
    /** `step`: how many times the length */
    longer: (step: number, arms: readonly { readonly arm: string; readonly factor: Factor }[]): string =>
      `at the longest lengths measured, ${step === 2 ? "twice" : `${Math.round(step * 10) / 10} times`} the length takes ${formatList(arms.map((one) => `${factor(one.factor)} with ${one.arm}`))}`,
    kept: (arms: readonly { readonly arm: string; readonly kept: Kept }[], of: KeptOf): string =>
      `what is kept${ofTexts(of)} is ${arms.map((one) => kept(one.kept, one.arm)).join(", and ")}`,
    /** of two arms, the one that is asked after first */
    keptLess: (
      { arm, kept: { bytes, n } }: { readonly arm: string; readonly kept: Kept },
      other: { readonly arm: string; readonly kept: Kept },
      { kept, least, most }: Less,
      of: KeptOf,
    ): string =>
      `${arm} keeps ${to(bytes)}${of.by !== undefined && isSpan(bytes) ? ` (by ${of.by})` : ""} in memory${ofTexts(of)} at ${n === undefined ? "any length" : counted(n, "token")}, ${kept === "same" ? "as much as" : `${timesSpan(least, most)} times ${kept} than`} ${other.arm}${other.kept.n === undefined || other.kept.n === n ? "" : ` at ${counted(other.kept.n, "token")}`}${isSpan(other.kept.bytes) ? "" : ` (${other.kept.bytes[0]})`}`,
    /** attention's share of a token's whole time, at both ends of what was measured */
    attention: (emulated: boolean, arms: readonly { readonly arm: string; readonly ends: readonly ShareEnd[] }[]): string => {
      const [first] = arms;
      const told = arms.map(({ arm, ends }, i) => {
        // Lengths that the first arm has too are not said again.
        const known = i > 0 && first !== undefined && ends.length === first.ends.length && ends.every(({ n }, end) => n === first.ends[end]?.n);
        const parts = ends.map(({ n, share }, end) =>
          known ? to(share) : `${to(share)} ${end === 0 && i === 0 ? "of a token's time " : ""}at ${end === 0 ? counted(n, "token") : formatCount(n)}`,
        );
        const steady = known && new Set(parts).size === 1;
        const verb = steady ? "stays at " : ends.length > 1 ? `${i === 0 ? "goes " : ""}from ` : i === 0 ? "is " : "";
        return `${verb}${(steady ? parts.slice(0, 1) : parts).join(" to ")} with ${arm}`;
      });
      return `${emulated ? "on this CPU emulation, " : ""}attention ${told.join(", and ")}`;
    },
    /** ours beside another runtime, which `titles` names, in comparisons of which `told` are at most a few; `tally`: of all, where these are more */
    beside: (where: string, titles: string, told: readonly BesideArm[], tally: Beside | undefined): string => {
      const [first] = told;
      const alike = first !== undefined && told.length > 1 && told.every(({ n }) => n === first.n);
      const items = told.map(({ arm, n, shape, times }, i) => {
        const whose = `${arm}${shape === "" ? "" : ` (${shape})`}${alike ? "" : ` at ${counted(n, "token")}`}`;
        const both = i === 0 ? ` in attnbench as in ${titles}` : "";
        const interval = ({ low, high }: Estimate): string => `(${i === 0 ? "95 % interval " : ""}${formatTimes(low)} to ${formatTimes(high)})`;
        if (times.low > 1) return `${whose} is ${formatTimes(times.value)} times as fast${both} ${interval(times)}`;
        if (times.high < 1) return `${whose} takes ${formatTimes(1 / times.value)} times as long${both} ${interval(inverseRatio(times))}`;
        return `${whose} is too close to tell${i === 0 ? ` in attnbench and ${titles}` : ""}: ${formatTimes(times.value)} times as fast ${interval(times)}`;
      });
      const close = tally ? tally.all - tally.faster - tally.slower : 0;
      const all = tally
        ? tally.faster === tally.all
          ? `; attnbench is faster in all ${counted(tally.all, "comparison")}`
          : `; of ${counted(tally.all, "comparison")} attnbench is faster in ${formatCount(tally.faster)}${tally.slower > 0 ? `, slower in ${formatCount(tally.slower)}` : ""}${close > 0 ? `, too close to tell in ${formatCount(close)}` : ""}`
        : "";
      return `${capital(where)}, by the wall clock${alike ? ` and at ${counted(first.n, "token")}` : ""}, ${items.join("; ")}${all}.`;
    },
    /** `none`: nothing at all is compared */
    notBeside: (titles: string, none: boolean, open: readonly NotBeside[]): string =>
      `${none ? `Nothing could be compared with ${titles}` : "Not compared"}: ${open
        .map(({ arms, why }) => `${formatList(arms.map(({ arm, ns }) => `${arm}${ns.length === 0 ? "" : ` at ${spanOrList(ns)} tokens`}`))} (${why})`)
        .join("; ")}.`,
    /** arms of the same weights: those that wrote the same, and those that part at a token */
    wroteSame: (
      where: string,
      same: readonly { readonly arms: readonly string[]; readonly tokens: number }[],
      parted: readonly { readonly arms: readonly [string, string]; readonly token: number; readonly near: boolean }[],
    ): string =>
      `${capital(where)}, ${[
        ...same.map(({ arms, tokens }) => `${formatList(arms)} write the same ${counted(tokens, "token")}`),
        ...parted.map(
          ({ arms, token, near }) =>
            `${formatList(arms)} part at token ${formatCount(token)}${near ? ", where rounding may choose either" : ", where rounding cannot part them"}`,
        ),
      ].join("; ")}.`,
    wroteAlone: (where: string, arms: readonly { readonly arm: string; readonly tokens: number }[]): string =>
      `${capital(where)}, ${formatList(arms.map(({ arm, tokens }) => `${counted(tokens, "token")} were written with ${arm}`))}${arms.length > 1 ? ", each by weights of its own" : ""}.`,
    /** wall time of a token, in the order given */
    tokenTimes: (arms: readonly { readonly arm: string; readonly ms: number }[]): string =>
      `A token takes ${formatList(arms.map(({ arm, ms }) => `${formatMs(ms)} with ${arm}`))}, measured once.`,
    /** texts that a memory holds at once; `oneLayer`: for the attention of one layer alone */
    holds: (memoryBytes: number, oneLayer: boolean, arms: readonly Held[]): string =>
      `${formatBytes(memoryBytes)}${oneLayer ? " for one layer's attention" : ""} hold ${arms.map(heldText).join(", and ")}.`,
    /** the shortest and the longest texts of which both speeds are known; `from`: what they are projected from, undefined where all are measured */
    serves: (where: string, together: readonly ServedTogether[], from: Served["largest"] | undefined, alone: ServedAlone | undefined): string => {
      const told = together.map(({ n, arms, close }, i) => {
        const rates = arms.map(({ arm, tokensPerSecond, texts, fewer, projected }, at) => {
          // Arms that were named are not named again.
          const whose = i > 0 ? "" : `${at === 0 ? " tokens a second" : ""} with ${arm}`;
          const cut = fewer && !(i > 0 && together[0]?.arms[at]?.fewer);
          return `${projected ? "about " : ""}${formatNumber(tokensPerSecond)}${whose}${cut ? ` (${counted(texts, "text")} at most)` : ""}`;
        });
        return `at ${i === 0 ? counted(n, "token") : formatCount(n)} ${formatList(rates)}${close ? ", too close to tell" : ""}`;
      });
      const projected = from ? " (“about”: projected)" : "";
      return `${capital(where)}, all texts together make ${told.join("; ")}${projected}${alone ? `; ${aloneText(alone)}` : ""}.`;
    },
    /** the fastest of arms that are no pair of softmax and linear attention, an entry each shape */
    fastest: (where: string, does: string, shapes: readonly FastestAt[]): string => {
      const told = shapes.slice(0, mostListed).map(({ arm, next, n, all, shape, times }, i) => {
        const at = `at ${counted(n, "token")}${shape === "" ? "" : ` and ${shape}`}`;
        const interval = `(${i === 0 ? "95 % interval " : ""}${formatTimes(times.low)} to ${formatTimes(times.high)})`;
        return times.low > 1
          ? `${at} ${i === 0 ? `${does} fastest with ` : ""}${arm}, ${formatTimes(times.value)} times as fast as with ${next}${all > 2 ? ", the next" : ""} ${interval}`
          : `${at} it is not decided which is fastest: ${arm} and ${next} are too close, ${formatTimes(times.value)} times ${interval}`;
      });
      const more = shapes.length - told.length;
      return `${capital(where)}, ${told.join("; ")}${more > 0 ? `; of ${formatCount(more)} more ${plural(more, "shape", "shapes")} the table tells` : ""}.`;
    },
    /** does the next token take longer, the more came before it? part of a sentence */
    later: (arms: readonly LaterToken[]): string =>
      arms
        .map(({ arm, growth, factor, n }, i) => {
          const token = i === 0 ? "the next token" : "it";
          if (growth === "grows") {
            const range = factor?.range;
            const than = range ? `behind ${counted(range[1], "token")} ${to(factor.times)} times as long as behind ${formatCount(range[0])}` : "";
            const twice = factor ? `at the longest lengths measured, twice as many tokens take ${to(factor.times)} times as long` : "";
            return `with ${arm} ${token} takes longer, the more came before${factor === undefined ? "" : ` (${than || twice})`}`;
          }
          if (growth === "none") return `with ${arm} ${token} takes the same time, however much came before`;
          if (growth === "unseen")
            return `with ${arm} no growth ${i === 0 ? "of the next token's time " : ""}was seen up to ${counted(n, "token")}, but that is not proven`;
          return `with ${arm} it is not decided whether ${i === 0 ? "the next token" : "it"} takes longer, the more came before`;
        })
        .join("; "),
    joined: (parts: readonly string[]): string => `${capital(parts.join("; "))}.`,
  },

  claimCount: (claims: number, fates: readonly Fated[]): string => `Of ${claims} claim${claims === 1 ? "" : "s"} ${formatList(fates.map(fated))}.`,
  /** of one run alone: `fates` of those of its claims that it judges; `named`: some of them, in a few words */
  judgedClaims: (claims: number, fates: readonly (Fated & { readonly named: readonly string[] })[]): string => {
    const judged = fates.reduce((sum, { count }) => sum + count, 0);
    const of = judged === claims ? `${claims === 1 ? "" : "all "}${claims}` : `${judged === 0 ? "none" : judged} of ${claims}`;
    return `This run judges ${of} claim${claims === 1 ? "" : "s"}${judged === 0 ? "" : `: ${formatList(fates.map((one) => `${fated(one)}${one.named.length === 0 ? "" : ` (${one.named.join("; ")}${one.named.length < one.count ? "; …" : ""})`}`))}`}.`;
  },

  /** Claims about attention, and what runs say of them. */
  claims: {
    /** each claim in a few words, where a sentence lists them */
    brief: {
      S1: "token numbers",
      S2: "tokens are not characters",
      S3: "looking up a token costs nothing more",
      S4: "three products make Q, K and V",
      S5: "a token costs more the more came before",
      S6: "softmax picks the nearest",
      S7: "a whole text costs n²",
      S8: "long thinking makes that square huge",
      S9: "feed-forward networks cost little beside attention",
      S10: "most parameters are the feed-forward networks'",
      S11: "few experts work on a token",
      S12: "a cache spares computing anew",
      S13: "a cache takes memory for each token",
      S14: "a cache can move off the GPU",
      S15: "three orders of the sum agree",
      S16: "with linear attention a token costs the same",
      S17: "that cost follows the sizes of key and value, multiplied",
      S18: "linear attention needs no cache",
      S19: "the rest of the model stays as it is",
    } as Readonly<Record<ClaimId, string>>,
    says: {
      S1: "The tokens of the question have the ids 37046, 33565, 111, 24186, 6079, 99 and so on.",
      S2: "A text has another number of tokens than of characters.",
      S3: "A token's embedding is looked up in a table: it costs the same however long the text is.",
      S4: "A text of L tokens is a matrix of L rows, and three products with it give Q, K and V.",
      S5: "The newest of L tokens is compared with each of the L − 1 before it, so that what it costs grows in proportion to L.",
      S6: "Softmax is a soft arg-max: the larger the scores, the nearer its output is to the value of the nearest key alone.",
      S7: "Writing a text of n tokens, each of which looks at all before it, costs about n².",
      S8: "Models that think write thousands to tens of thousands of tokens, so that this square becomes huge.",
      S9: "A feed-forward network works on one vector at a time, so that it takes little of a token's time beside attention.",
      S10: "Most of a model's parameters are those of its feed-forward networks.",
      S11: "A mixture of experts makes a model larger while a token uses few of its experts.",
      S12: "Keeping the queries, keys and values of all tokens before spares computing them again for each new one.",
      S13: "A KV cache takes up GPU memory, in proportion to the tokens it keeps.",
      S14: "A cache that does not fit is moved to the host's memory or to disk.",
      S15: "Without the softmax the sum can be taken in another order: a product of all pairs, a running state and chunks give the same output.",
      S16: "With linear attention a token costs the same however many came before it.",
      S17: "What a token costs with linear attention depends on the sizes of its keys and values alone, as their product.",
      S18: "Linear attention needs no keys and values of earlier tokens: no KV cache at all.",
      S19: "All that is not attention stays as it is: the feed-forward network, the classifier, the loop.",
    } as Readonly<Record<ClaimId, string>>,
    /** what a run must have for a claim to be judged */
    needs: {
      S1: "a tokenizer",
      S2: "a tokenizer",
      S3: "softmax with form cached",
      S4: "an entry with form recompute",
      S5: "softmax with a KV cache",
      S6: "softmax with a KV cache at some n up to 1,024",
      S7: "softmax with a KV cache",
      S8: "softmax with a KV cache",
      S9: "softmax with form cached",
      S10: "form cached or recurrent in an entry without pattern",
      S11: "a model with experts, and form cached or recurrent in an entry without pattern",
      S12: "softmax with form cached and the same heads of softmax with form recompute, at an n that both have",
      S13: "softmax with a KV cache",
      S14: "softmax whose cache is kept in host memory or on disk",
      S15: "a mechanism of the linear family",
      S16: "a mechanism of the linear family",
      S17: "a mechanism of the linear family at four values of headDim or more, with values as wide or of one width",
      S18: "a mechanism of the linear family",
      S19: "softmax with form cached and a mechanism of the linear family, at an n that both have",
    } as Readonly<Record<ClaimId, string>>,
    needed: (phase: ExperimentPhase, needs: string): string => `Needs phase ${phase}, with ${needs}.`,
    verdicts: {
      holds: "holds",
      holdsWithCorrection: "holds with a correction",
      doesNotHoldHere: "does not hold here",
      undecided: "undecided",
    } as Readonly<Record<ClaimVerdict, string>>,
    notJudged: "not judged here",
    claim: "claim",
    saysHead: "says",
    measured: "measured",
    correction: "correction",
    correctionLead: "Correction:",
    shownIn: "shown in",
    /** what the places are called that a claim's numbers stand at, by id */
    places: {
      time: "chart of time",
      memory: "chart of state",
      stages: "chart of stages",
      "stages-of": "the model",
      tokenizer: "tokenizer",
      offload: "table of states",
      sharpness: "table of scales",
      fits: "table of fits",
      cells: "table of cells",
    } as Readonly<Record<string, string>>,
    inOther: (phase: ExperimentPhase, place: string): string => `${phase}: ${place}`,
    /** `phases`: of the file's other runs whose verdicts stand here too */
    caption: (phases: readonly ExperimentPhase[]): string =>
      `Claims about softmax and linear attention, held against what this run measured and counted${phases.length === 0 ? "" : `, and of the file's other phases the newest runs here (${phases.join(", ")})`}`,
    sharpness: (heads: number, cell: string): string =>
      `Softmax with scores multiplied: the furthest of ${formatCount(heads)} heads, in float64, with the inputs of ${cell}. Distance over the length of the value.`,
    scoresTimes: "scores times",
    nearestWeight: "weight of the nearest key",
    off: "output off its value",
    kernelOff: "the kernel's",
    /** What judges found (analysis/claims), claim by claim: `measured` with its numbers, what would decide where it is open, and corrections by name. */
    found: {
      /** a published model as it is counted */
      /** an arm at one width of its heads */
      curve: (label: string, headDim: string | undefined): string => (headDim === undefined ? label : `${label}, headDim ${headDim}`),
      /** of several curves the one of the least slope and the one of the greatest */
      slopes: (ends: readonly Slope[]): string =>
        ends.length === 0 ? "not known" : ends.map(({ exponent, curve, n }) => `${bracketed(exponent)} (${curve}, at n = ${formatCount(n)})`).join(" to "),
      /** of a run that sweeps sizes: the one that is judged, and how many are not */
      ofShape: (shape: string, others: number): string =>
        `That is at ${shape}; ${formatCount(others)} more ${plural(others, "shape is", "shapes are")} not judged.`,
      /** of an undecided claim; `corrected`: sentences before say what is to be said differently */
      byCounts: (corrected: boolean): string => `By counts the claim holds${corrected ? ", so corrected" : ""}; times leave it open.`,
      noStages: "A device with GPU timestamps, which time stages, would tell.",
      notCounted: "The parts of the model were not counted.",
      wouldCount: "A model whose stages are counted would tell.",
      wouldRestore: "A tokenizer that gives the text back would tell.",
      threeLengths: "Three lengths or more of a curve would tell.",
      S1: {
        /** `ids`: the first of `tokens` */
        measured: (cuts: readonly { readonly encoding: string; readonly ids: readonly number[]; readonly tokens: number }[]): string =>
          `${formatList(cuts.map(({ encoding, ids, tokens }) => `${encoding} gives ${ids.join(", ")}${tokens > ids.length ? " …" : ""} (${counted(tokens, "token")})`))}.`,
        others: (same: readonly string[], others: readonly string[]): string =>
          `Ids are those of one vocabulary: ${formatList(same)} gives these, ${formatList(others)} others.`,
      },
      S2: {
        measured: (cuts: readonly { readonly encoding: string; readonly characters: number; readonly tokens: number }[]): string =>
          `${formatList(cuts.map(({ encoding, characters, tokens }) => `${counted(characters, "character")} ${plural(characters, "is", "are")} ${counted(tokens, "token")} in ${encoding}`))}.`,
        /** `ratio`: of the most tokens to the fewest */
        between: (ratio: number): string => `The vocabulary alone makes n ${formatNumber(ratio)} times as large, and n² ${formatNumber(ratio ** 2)} times.`,
        alike: (encodings: readonly string[]): string => `In ${formatList(encodings)} the numbers happen to be alike.`,
      },
      S3: {
        measured: ({
          lengths,
          bytes,
          slope,
          share,
          isLittle,
          vocabulary,
        }: {
          readonly lengths: number;
          readonly bytes: number;
          readonly slope: Estimate | undefined;
          /** of a token's time */
          readonly share: { readonly share: number; readonly n: number } | undefined;
          /** less than a hundredth of a token's time at every length */
          readonly isLittle: boolean;
          /** share of all weights that the table and the classifier are */
          readonly vocabulary: number | undefined;
        }): string =>
          `Counted from the shape, at ${lengths === 1 ? "the one length" : `each of ${formatCount(lengths)} lengths`} it moves ${formatBytes(bytes)} and computes nothing${slope ? `, its time's slope over n is ${bracketed(slope)}` : lengths === 1 ? "" : ", its time is too short for the clock"}${share ? `, ${formatShare(share.share)} of a token at n = ${formatCount(share.n)}${isLittle ? " and less than a hundredth at every length" : ""}` : ""}${vocabulary === undefined ? "" : `; the table and the classifier are ${formatShare(vocabulary)} of all weights`}.`,
        changes: (up: boolean): string => `What it moves does not change with the text, but its time ${up ? "grows" : "falls"} here.`,
        would: (timed: boolean): string =>
          timed ? "More turns, which narrow the interval, would tell." : "Two lengths or more at which the clock sees this stage would tell.",
      },
      S4: {
        /** `flops`: a token and layer; `doubled`: the time of twice the tokens over that of as many */
        measured: (law: Fit["class"], flops: number, time: { readonly slope: Estimate; readonly doubled: Estimate } | undefined): string =>
          `Without a cache all n + 1 tokens are projected. Counted from the shape, ${law === "undecided" ? `${formatCount(flops)} FLOPs a token and layer, whose growth with the number of tokens is not decided` : `FLOPs grow as ${law} with their number, ${formatCount(flops)} a token and layer`}${time ? `; twice the tokens take ${bracketed(time.doubled)} times as long (slope ${bracketed(time.slope)})` : ""}.`,
        /** weights of a layer, and those of three products of the model's width; `gated`: a gate weighs the output */
        fourth: (weights: number, width: number, three: number, gated: boolean): string =>
          `There is a fourth product, of the output${gated ? ", and a fifth, of the gate that weighs it" : ""}, and heads need not be as wide as the model: together ${formatCount(weights)} weights a layer, where three of width ${formatCount(width)} would be ${formatCount(three)} (${formatNumber(weights / three)} times).`,
        slower: "Their time grows more slowly than the number of tokens in this range.",
        wouldLengths: "Three lengths without a cache, or more, would tell.",
        wouldNarrow: "The slope's interval is too wide to tell whether time follows: more turns, or longer texts without a cache, would tell.",
      },
      S5: {
        measured: (
          slopes: string,
          /** FLOPs of one head a position, over `before` positions more than n */
          counted: { readonly perPosition: number; readonly before: number; readonly curve: string } | { readonly notLine: Fit["class"] },
        ): string =>
          `Slope of time over n: ${slopes}. ${
            "notLine" in counted
              ? `Counted FLOPs are ${counted.notLine === "undecided" ? "of no known law" : counted.notLine} in n.`
              : `Counted are ${formatCount(counted.perPosition)} FLOPs a head and position (${counted.curve}), over ${counted.before > 0 ? `n + ${formatCount(counted.before)}` : "n"} positions for n tokens before.`
          }`,
        seesItself: "The newest token is compared with itself too: L dot products.",
        values: (dots: number): string => `Weighing values comes on top: with it a position costs ${formatNumber(dots)} times its dot product.`,
        /** `from`: by the fitted line */
        later: (upTo: number, from: number): string =>
          `What a token takes at any length is most of its time up to about n = ${formatCount(from)}, by the fitted line: up to n = ${formatCount(upTo)}, the largest measured, the slope is less than a line's.`,
        would: "Larger n, or more turns, would tell.",
      },
      S6: {
        measured: (heads: number, usual: ScaledScores, last: ScaledScores): string =>
          `With the run's inputs, in float64, of ${formatCount(heads)} heads the furthest is off the nearest key's value by ${formatNumber(usual.off)} of its length at the usual scale and by ${formatNumber(last.off)} at ${formatCount(last.times)} times that; the nearest key's weight goes from ${formatShare(usual.weight)} to ${formatShare(last.weight)}.${usual.kernelOff === undefined || last.kernelOff === undefined ? "" : ` What the kernel computes is off by ${formatNumber(usual.kernelOff)} and ${formatNumber(last.kernelOff)}.`}`,
        allCount: (weight: number): string =>
          `At the scale that models use, with random inputs and in the furthest head, it is far from one: the nearest key has ${formatShare(weight)} of the weight there, so that all keys count.`,
        would: "A larger scale would tell.",
      },
      S7: {
        measured: (slopes: string, laws: readonly { readonly curve: string; readonly law: Fit["class"] | undefined }[]): string =>
          `Slope of a text's time over n: ${slopes}; ${formatList(laws.map(({ curve, law }) => (law === "undecided" ? `the law of ${curve} is not decided` : `${curve} is ${law ?? "not timed"}`)))}. With a cache.`,
        slowStart: (slope: Estimate, n: number): string =>
          `Short texts grow more slowly, with slope ${bracketed(slope)} at n = ${formatCount(n)}: there a token's fixed cost is most of it.`,
        notYetMost: "At the largest n it is on its way from a line to the square.",
        /** `from`: by the fitted parabola */
        later: (upTo: number, from: number): string =>
          `Up to n = ${formatCount(upTo)}, the largest measured, n² is the lesser part of the time: it is most of it from about n = ${formatCount(from)} on, by the fitted parabola.`,
        would: "Longer texts would tell.",
      },
      S8: {
        /** times of texts of several lengths, and shares of n² in two of them; `last`: the largest n measured */
        measured: (
          curve: string,
          times: readonly { readonly ms: Estimate; readonly n: number }[],
          shares: readonly { readonly share: Estimate; readonly n: number }[],
          last: number,
        ): string =>
          `By the fitted time of ${curve}, attention takes ${formatList(times.map(({ ms, n }) => `${bracketed(ms, formatMs)} for a text of ${formatCount(n)} tokens`))}, and n² is ${shares.map(({ share, n }) => `${bracketed(share, formatShare)} of that of ${formatCount(n)}`).join(" and ")}: extrapolated from n = ${formatCount(last)}.`,
        /** attention's shares of the multiply-adds of whole texts; `evenAt`: n at which one token's are half of its */
        ofWhole: (title: string, shares: readonly { readonly n: number; readonly share: number }[], evenAt: number): string =>
          `Attention is a part of the whole: counted from its shape, in ${title} it takes ${shares.map(({ n, share }) => `${formatShare(share)} of the multiply-adds of a text of ${formatCount(n)} tokens`).join(" and ")}, and as many for one token as all weights only at n = ${formatCount(Math.round(evenAt))}.`,
        noLaw: "No parabola follows its times, so none tells their part of n².",
        onlyLater: (n: number, later: number): string => `It is not known to be so at ${formatCount(n)} tokens, only at ${formatCount(later)}.`,
        would: "Longer texts would tell.",
      },
      S9: {
        notTimed: (label: string): string => `No stage of ${label} was timed.`,
        /** shares of a token's time at the least n, and at the greatest where that is another */
        measured: (label: string, splits: readonly { readonly n: number; readonly feedForward: Estimate; readonly attention: Estimate }[]): string =>
          `Of ${label}, ${splits.map(({ n, feedForward, attention }) => `at n = ${formatCount(n)}, ${bracketed(feedForward, formatShare)} of a token goes to feed-forward and ${bracketed(attention, formatShare)} to attention`).join("; ")}.`,
        longAlone: (more: number, less: number): string =>
          `It is so for long texts alone: at n = ${formatCount(more)} it still takes more than half of what attention takes, and less from n = ${formatCount(less)} on.`,
        /** by counted FLOPs of one token in softmax layers */
        fullSize: (title: string, evenAt: number, evenReads: number): string =>
          `By FLOPs a softmax layer of ${title} at its full size takes as much for attention as for feed-forward at n = ${formatCount(Math.round(evenAt))}, and less before; with softmax in all layers, keys and values of one text are as many numbers to read as all weights of a token at n = ${formatCount(Math.round(evenReads))}.`,
        /** a model that is smaller than the published one; `little`: n from which on the other's feed-forward takes less than half of what attention does */
        ofShrunken: (title: string, evenAt: number, little: number): string =>
          `These are times of a model shrunk from ${title}, and weights shrink faster than attention does: at full size, by FLOPs, feed-forward takes as much as attention in a softmax layer at n = ${formatCount(Math.round(evenAt))}, and less than half of it from n = ${formatCount(Math.round(little))} on.`,
        /** `upTo`: the largest n measured */
        short: (upTo: number, usual: number): string =>
          `Up to n = ${formatCount(upTo)} it takes more, but texts are longer: contexts of ${formatCount(usual)} tokens and more would tell.`,
        would: "Longer contexts, or more turns, would tell.",
      },
      S10: {
        /** `isHybrid`: not all layers of the published model are softmax attention */
        measured: (own: PartOfWeights, full: (PartOfWeights & { readonly title: string; readonly isHybrid: boolean }) | undefined): string =>
          `${formatShare(own.share)} of the ${formatCount(own.all)} weights of this model${full ? `, and ${formatShare(full.share)} of the ${formatNumber(full.all / 1e9)} billion of ${full.title} at its full size${full.isHybrid ? ", counted with softmax attention in all layers" : ""}` : ""}.`,
        largest: "They are the largest part here, and less than half.",
        fullSize: "At its full size they are less than half.",
      },
      S11: {
        measured: ({
          active,
          experts,
          computed,
          feedForward,
          own,
          full,
          timed,
        }: {
          readonly active: number;
          readonly experts: number;
          /** of a token, of all `feedForward` weights */
          readonly computed: number;
          readonly feedForward: number;
          readonly own: PartOfWeights;
          readonly full: { readonly share: number; readonly title: string } | undefined;
          /** of feed-forward, and the least that all of its weights could take */
          readonly timed: { readonly ms: Estimate; readonly leastMs: number } | undefined;
        }): string =>
          `Counted from the shape, each token goes through ${formatCount(active)} of ${formatCount(experts)} experts: ${formatCount(computed)} of ${formatCount(feedForward)} feed-forward weights are computed with, and ${formatShare(own.share)} of all ${formatCount(own.all)}${full ? `; ${formatShare(full.share)} of ${full.title} at its full size` : ""}.${timed ? ` Feed-forward takes ${bracketed(timed.ms, formatMs)}, where to go through all of its weights would take this device ${formatMs(timed.leastMs)} or more at the rates measured in this run.` : ""}`,
        would: "A model whose feed-forward weights take longer to read than this stage takes would show that not all of them are.",
        overHalf: "At this size a token uses more than half of all weights all the same.",
      },
      S12: {
        /** `short`: the same at the shortest context that both have, where that is another */
        measured: (
          n: number,
          againMs: number,
          keptMs: number,
          ratio: Estimate,
          /** the same of FLOPs */
          byFlops: number | undefined,
          short: { readonly n: number; readonly ratio: Estimate } | undefined,
          bytesPerToken: number | undefined,
        ): string =>
          `At n = ${formatCount(n)} a token takes ${formatMs(againMs)} with nothing kept and ${formatMs(keptMs)} with a cache: ${bracketed(ratio)} times as long${byFlops === undefined ? "" : ` (${formatNumber(byFlops)} times by FLOPs)`}${short === undefined ? "" : `, and ${bracketed(short.ratio)} times at n = ${formatCount(short.n)}`}${bytesPerToken === undefined ? "" : `. The cache grows by ${formatBytes(bytesPerToken)} a token`}.`,
        enough: (queriesBytes: number): string => `Keys and values are enough: they are all of that, and queries would be ${formatBytes(queriesBytes)} more.`,
        would: "A longer context without a cache would tell.",
      },
      S13: {
        measured: ({
          curve,
          perTokenBytes,
          bytes,
          n,
          texts,
          share,
          law,
          buffer,
        }: {
          readonly curve: string;
          /** of one text, in one layer */
          readonly perTokenBytes: number;
          readonly bytes: number;
          readonly n: number;
          readonly texts: number;
          /** of all bytes that are needed there */
          readonly share: number | undefined;
          readonly law: string | undefined;
          /** the largest that a kernel of the device can bind, and how many tokens fill one of keys and one of values */
          readonly buffer: { readonly bytes: number; readonly tokens: number } | undefined;
        }): string =>
          `Counted where it is allocated, ${curve} keeps ${formatBytes(perTokenBytes)} a token and layer, ${formatBytes(bytes)} at n = ${formatCount(n)}${textsAtOnce(texts)}${share === undefined ? "" : `, ${formatShare(share)} of all that it needs there`}; its bytes are ${law ?? "of no known law"}${buffer ? `, and keys of one layer of a text, or its values where they are wider, fill the largest buffer that kernels can use here, ${formatBytes(buffer.bytes)}, at ${formatCount(buffer.tokens)} tokens` : ""}.`,
        shared: (heads: number, kvHeads: number): string =>
          `Heads that share keys and values take less: ${formatCount(heads)} heads of queries to ${formatCount(kvHeads)} of keys and values keep one part in ${formatCount(heads / kvHeads)}.`,
      },
      S14: {
        broken: (places: readonly Place[]): string =>
          `Other bytes came back than went out: ${formatList(places.map(({ label, n }) => `${label} at n = ${formatCount(n)}`))}.`,
        /** `allLayersMs`: of the wait, where the experiment names layers; `times`: of the step; `pays`: from where on, none where it was not computed anew */
        measured: ({
          label,
          n,
          bytes,
          outGbps,
          inGbps,
          waitMs,
          allLayersMs,
          stepMs,
          times,
          pays,
        }: {
          readonly label: string;
          readonly n: number;
          readonly bytes: number;
          readonly outGbps: Estimate;
          readonly inGbps: Estimate;
          readonly waitMs: number;
          readonly allLayersMs: number | undefined;
          readonly stepMs: number;
          readonly times: Estimate;
          readonly pays: readonly string[];
        }): string =>
          `With ${label} at n = ${formatCount(n)}, ${formatBytes(bytes)} leave at ${bracketed(outGbps)} GB/s and come back at ${bracketed(inGbps)} GB/s, and a token waits ${formatMs(waitMs)}${allLayersMs === undefined ? "" : ` (computed for all layers: ${formatMs(allLayersMs)})`} for a step of ${formatMs(stepMs)}, ${bracketed(times)} times as long in all; ${pays.length === 0 ? "it was not computed anew beside that" : `that takes less time than computing it anew ${formatList(pays)}`}.`,
        /** `perhaps`: it is not known to be later */
        later: (from: readonly (Place & { readonly perhaps: boolean })[]): string =>
          `It is so for long caches: short ones are computed anew sooner, ${formatList(from.map(({ label, n, perhaps }) => `${perhaps ? "perhaps " : ""}below n = ${formatCount(n)} (${label})`))}.`,
        never: (labels: readonly string[]): string => `Not from everywhere: ${formatList(labels)} takes longer than computing anew at every n measured.`,
        /** one of the two places that the claim names */
        notMoved: (tier: "host" | "disk"): string => `No cache was moved to ${tier === "host" ? "the host's memory" : "disk"} here: of that nothing is told.`,
        /** `pastCache`: none of it came out of the system's page cache */
        fromDisk: (pastCache: boolean): string =>
          pastCache
            ? "What comes back from disk is read past the operating system's page cache."
            : "What comes back from disk may well come out of the operating system's page cache: no rate of the disk itself.",
        waits: (labels: readonly string[]): string =>
          `It is for texts that pause: with ${formatList(labels)} a token waits longer for its cache than its step takes.`,
        would: "The same cache computed anew (form recompute) at more lengths, or more turns, would tell whether it pays.",
      },
      S15: {
        wrong: (places: readonly Place[]): string =>
          `${formatList(places.map(({ label, n }) => `${label} at n = ${formatCount(n)}`))} differed from the float64 reference by more than rounding.`,
        /** `error`: over the size of a row; `share`: of the tolerance */
        agree: (mechanisms: readonly Forms[], error: number, share: number): string =>
          `${formatList(mechanisms.map(({ mechanism, forms }) => `${mechanism} as ${formatList(forms)}`))} agree with one float64 reference to ${formatNumber(error)} of a row's size at most, ${formatNumber(share)} of what rounding may be.`,
        oneForm: (mechanisms: readonly Forms[]): string =>
          `Only one form was verified: ${formatList(mechanisms.map(({ mechanism, forms }) => `${mechanism} as ${formatList(forms)}`)) || "none"}.`,
        rounding: (ends: readonly { readonly error: number; readonly n: number }[]): string =>
          `In f32 it is so but for rounding, which grows with the text: ${ends.map(({ error, n }) => `${formatNumber(error)} at n = ${formatCount(n)}`).join(", ")}.`,
        /** forms of orders that the claim names */
        notComputed: (forms: readonly string[]): string =>
          `Not all of these orders were computed here: ${formatList(forms.map((form) => (form === "parallel" ? "the product of all pairs" : form === "recurrent" ? "the running state" : "chunks")))} ${forms.length === 1 && forms[0] !== "chunk" ? "was" : "were"} not.`,
        would: "Two forms of one mechanism would tell.",
      },
      S16: {
        /** `state`: as many tokens' keys and values as it is as large as */
        measured: (slopes: string, state: { readonly tokens: number; readonly curve: string } | undefined): string =>
          `Slope of time over n: ${slopes}${state === undefined ? "" : `. The state that each token reads and writes is as large as the keys and values of ${formatCount(state.tokens)} tokens (${state.curve})`}.`,
        grows: (slopes: string): string => `It grows a little all the same: ${slopes}.`,
        notLittle: (crossings: readonly Crossing[]): string =>
          `The same is not little: ${crossings.length === 0 ? "softmax is faster at every n measured" : `softmax is faster up to n = ${crossingsText(crossings)}`}.`,
        would: "More turns, which narrow intervals, would tell.",
      },
      S17: {
        measured: ({
          labels,
          cells,
          isStored,
          hasNormalizer,
          isCounted,
          slopes,
          softmax,
          crossings,
        }: {
          readonly labels: readonly string[];
          /** whose state was held against the product of its widths */
          readonly cells: number;
          readonly isStored: boolean;
          /** some of them keep a sum of keys beside it */
          readonly hasNormalizer: boolean;
          /** FLOPs follow the product; undefined where their law is not known */
          readonly isCounted: boolean | undefined;
          readonly slopes: readonly Omit<Slope, "n">[];
          readonly softmax: { readonly slopes: readonly Omit<Slope, "n">[]; readonly n: number } | undefined;
          readonly crossings: readonly Crossing[];
        }): string => {
          const text = (all: readonly Omit<Slope, "n">[]): string =>
            formatList(all.map(({ exponent, curve }) => `${bracketed(exponent)} (${curve})`)) || "not known";
          return `The state of ${formatList(labels)} ${isStored ? `is headDim × headDimV numbers a head${hasNormalizer ? ", and headDim more where it is normalized," : ""} in ${cells === 1 ? "the one cell" : `all ${formatCount(cells)} cells`}` : "is not headDim × headDimV numbers a head in every cell"}, and FLOPs ${isCounted === undefined ? "are of no known law" : isCounted ? "grow as that product" : "do not grow as that product"}; slope of time over headDim: ${text(slopes)}${softmax ? `, of softmax ${text(softmax.slopes)} at n = ${formatCount(softmax.n)}` : ""}${crossings.length === 0 ? "" : `; n* is ${crossingsText(crossings)}`}.`;
        },
        /** an arm along headDim where values stay as wide as that */
        fixedValues: (label: string, headDimV: number): string => `${label}, headDimV ${formatCount(headDimV)}`,
        below: "At these widths time grows more slowly than the product.",
        equalWidths: "That is at equal widths of keys and values, which grew together: what either costs by itself was not measured.",
        would: "Wider heads, or more turns, would tell.",
      },
      S18: {
        /** bytes at the least n and at the greatest; `laws`: of all `labels`, undefined where none is known */
        measured: (
          curve: string,
          ends: readonly { readonly bytes: number; readonly n: number }[],
          texts: number,
          labels: readonly string[],
          laws: readonly (string | undefined)[],
        ): string =>
          `${curve} keeps ${ends.map(({ bytes, n }) => `${formatBytes(bytes)} at n = ${formatCount(n)}`).join(" and ")}${textsAtOnce(texts)}; bytes of ${formatList(labels)} are ${formatList(laws.map((law) => law ?? "of no known law"))}.`,
        hybrid: (curve: string, bytes: number, n: number, texts: number): string =>
          `A model with some layers of softmax keeps their cache: ${curve} has ${formatBytes(bytes)} a layer at n = ${formatCount(n)}${textsAtOnce(texts)}, in proportion to n.`,
        /** a hybrid at its full size, which no arm here has the pattern of */
        published: ({ title, softmax, layers }: { readonly title: string; readonly softmax: number; readonly layers: number }): string =>
          `That is so of linear attention alone: ${title} has softmax in ${formatCount(softmax)} of its ${formatCount(layers)} layers, and keeps their cache.`,
      },
      S19: {
        /** `lacking`: stages that one of the arms has alone */
        counted: (
          same: readonly StageName[],
          changed: readonly StageName[],
          lacking: readonly { readonly label: string; readonly stages: readonly StageName[] }[],
        ): string =>
          `Counted from the shape, FLOPs and bytes of ${stageList(same) || "no stage"} are the same in both${changed.length > 0 ? `, those of ${stageList(changed)} are not` : ""}${lacking.map(({ label, stages }) => `; ${label} alone has ${stageList(stages)}`).join("")}.`,
        /** the same as a correction */
        alone: (lacking: readonly { readonly label: string; readonly stages: readonly StageName[] }[]): string =>
          `Not every stage is in both: ${formatList(lacking.map(({ label, stages }) => `${label} alone has ${stageList(stages)}`))}.`,
        /** `rest`: all but attention; `ratio`, `attention`: how many times as fast the second arm is as a whole, and in attention alone */
        timed: (n: number, rest: readonly { readonly label: string; readonly ms: Estimate }[], ratio: Estimate, attention: number): string =>
          `All but attention takes ${rest.map(({ label, ms }) => `${bracketed(ms, formatMs)} with ${label}`).join(" and ")} at n = ${formatCount(n)}, so that the whole is ${bracketed(ratio)} times as fast where attention alone is ${formatNumber(attention)} times.`,
        around: (stages: readonly { readonly stage: StageName; readonly times: number }[]): string =>
          `What stands around a mixer changes with it: ${formatList(stages.map(({ stage, times }) => `${stageWords[stage]} move ${formatNumber(times)} times the bytes`))} (heads that share keys and values, gates, norms of outputs).`,
        would: "Stages that are counted and timed in both arms, or more turns, would tell.",
      },
    },
  },

  /** Why a law or n* is open, and what would decide. */
  growthNote,
  crossingNote,

  growth: {
    /** an arm of which a law holds; `from`: the n from which on it does */
    arm: (arm: string, from: number | undefined, shapes: readonly string[]): string =>
      `${arm}${from === undefined ? "" : ` from n = ${formatCount(from)} on`}${atText(shapes)}`,
    known: (
      phase: ExperimentPhase,
      laws: readonly { readonly law: string; readonly arms: readonly string[] }[],
      ns: { readonly first: number; readonly nearest: number; readonly farthest: number } | undefined,
    ): string => {
      const over =
        ns === undefined
          ? ""
          : ` (n = ${formatCount(ns.first)} to ${formatCount(ns.nearest)}${ns.farthest > ns.nearest ? `, some to ${formatCount(ns.farthest)}` : ""})`;
      return `${growthSubjects[phase]} is ${formatList(laws.map(({ law, arms }) => `${law} with ${formatList(arms)}`))}${over}.`;
    },
    /** `candidates`: laws are left, and which of them holds is open */
    open: (arms: readonly string[], candidates: boolean, note: string | undefined): string =>
      `${candidates ? `Which of these the time of ${formatList(arms)} follows` : `How time grows with ${formatList(arms)}`} is not decided${note ? `: ${note}` : ""}.`,
    slope: (n: number, exponent: Estimate): string =>
      ` At n = ${formatCount(n)} it grows like n to the power ${formatEstimate(exponent, (value) => value.toFixed(2))}.`,
    size: (
      variable: "dModel" | "headDim",
      stays: {
        readonly n: number;
        readonly heads: string;
        readonly headDim: string;
        /** of keys and values, where they do not grow with heads */
        readonly kvHeads: string | undefined;
        /** where values do not become wider with keys */
        readonly headDimV: string | undefined;
      },
      slopes: readonly { readonly arm: string; readonly exponent: Estimate }[],
    ): string => {
      const by =
        variable === "headDim"
          ? `wider heads (headDim, ${stays.heads} of them${stays.headDimV === undefined ? "" : `, values ${stays.headDimV} wide`})`
          : `more heads of ${stays.headDim} (dModel${stays.kvHeads === undefined ? "" : `, ${stays.kvHeads} of keys and values`})`;
      const powers = slopes.map(({ arm, exponent }) => `${formatEstimate(exponent, (value) => value.toFixed(2))} with ${arm}`);
      return `By ${by}, time at n = ${formatCount(stays.n)} grows in the end like ${variable} to the power ${formatList(powers)}.`;
    },
  },

  memory: {
    nothing: (arms: readonly string[]): string => `nothing is kept by ${formatList(arms)}`,
    constant: (state: string, arms: readonly string[], bytes: Span): string => `the ${state} of ${formatList(arms)} takes ${to(bytes)} at any n`,
    takes: (state: string, arms: readonly string[], bytes: Span, n: number): string =>
      `the ${state} of ${formatList(arms)} takes ${to(bytes)} at n = ${formatCount(n)}`,
    grows: (state: string, arms: readonly string[], bytes: Span, n: number, law: string): string =>
      `the ${state} of ${formatList(arms)} grows ${law}, to ${bytes[0] === bytes[1] ? bytes[0] : `between ${bytes[0]} and ${bytes[1]}`} at n = ${formatCount(n)}`,
    /** all of one shape, or of `shapes`; `texts`: of so many at once, where that is more than one */
    sentence: (phrases: readonly string[], shapes: readonly string[], byShape: boolean, texts: number | undefined): string => {
      const said = `${phrases.join("; ")}${byShape ? ", by shape" : ""}${texts === undefined ? "" : `, all for ${counted(texts, "text")} at once`}.`;
      return shapes.length > 0 ? `At ${formatList(shapes)}, ${said}` : capital(said);
    },
    state: (name: string): string => name,
  },

  crossover: {
    beyondSome: (told: Crossed): string => {
      const { subject, better, than } = crossed(told);
      return `${subject} is ${better} ${than} beyond some n${placed(told)}.`;
    },
    crosses: (told: Crossed, n: Estimate): string => {
      const { object, better, than } = crossed(told);
      return `From n = ${told.metric === "time" ? formatEstimate(n) : formatCount(Math.floor(n.value) + 1)} on, ${object} is ${better} ${than}${placed(told)}.`;
    },
    already: (told: Crossed): string => {
      const { subject, is, better, than } = crossed(told);
      return `${subject} ${is} ${better} ${than} at every n measured${placed(told)} (${spanned(told)}).`;
    },
    none: (told: Crossed): string => {
      const { subject, is, better, than } = crossed(told);
      return `${subject} ${is} not ${better} ${than} at any n measured${placed(told)} (${spanned(told)}).`;
    },
    many: (told: Crossed, note: string | undefined, crossings: readonly number[]): string =>
      `${told.names.lower} and ${told.names.upper} change places in ${told.metric === "time" ? "time" : "state bytes"}${placed(told)}: ${note ?? `near n = ${crossings.map(formatCount).join(", ")}`}.`,
    latest: (told: Crossed, n: number): string => {
      const { better, than } = crossed(told);
      return `From n = ${formatCount(n)} on at the latest, ${told.names.lower} is ${better} ${than}${placed(told)}; below, the two are too close to tell at some n or all.`;
    },
    open: (told: Crossed, note: string | undefined): string => {
      const { object, better, than } = crossed(told);
      return `From which n on ${object} is ${better} ${than} is not decided${placed(told)}${note ? `: ${note}` : ""}.`;
    },
    /** `share` of each one's ceiling, at n */
    unequalArms: (n: number, shape: string, arms: readonly { readonly name: string; readonly share: CeilingShare }[]): string =>
      `The arms are unequal at n = ${formatCount(n)}${shape === "" ? "" : `, ${shape}`}: ${formatList(arms.map(({ name, share }, i) => (i === 0 ? `${name} runs at ${shareText(share, "of its ceiling")}` : `${name} at ${shareText(share)}`)))}. So far as these differ, a ratio of their times there is the kernels', and not the mechanisms'.`,
    /** shares of their ceilings near n* */
    unequal: ({ upper, lower }: Names, shares: { readonly upper: CeilingShare; readonly lower: CeilingShare }): string =>
      ` The two are unequal there: ${upper} runs at ${shareText(shares.upper, "of its ceiling")}, ${lower} at ${shareText(shares.lower)}.`,
    equalised: (equal: string, least: string): string => ` With both at the better one's share they would cross ${equal}, by FLOPs and bytes alone ${least}.`,
    atN: (n: number): string => `at n = ${formatCount(n)}`,
    belowN: (n: number): string => `below n = ${formatCount(n)}`,
    beyondN: (n: number): string => `beyond n = ${formatCount(n)}`,
    /** n* of attention alone beside that of the whole token */
    mixer: (parts: readonly { readonly names: Names; readonly shape: string; readonly mixer: string; readonly whole: string }[], emulated: boolean): string =>
      `From which n on attention alone is faster, and the whole token beside it${emulatedText(emulated)}: ${parts
        .map(({ names: { upper, lower }, shape, mixer, whole }) => `${lower} than ${upper}${insideCommas(shape)} ${mixer}, as a whole token ${whole}`)
        .join("; ")}.`,
    mixerFrom: {
      some: "beyond some n",
      n: (n: Estimate): string => `from n = ${bracketed(n, formatCount)} on`,
      already: "at every n measured",
      none: "at no n measured",
      many: (crossings: readonly number[]): string => `by turns, near n = ${crossings.map(formatCount).join(", ")}`,
      open: "from an n that is not decided",
      latest: (n: number): string => `from n = ${formatCount(n)} on at the latest`,
    },
    breakEven: (parts: readonly { readonly from: string; readonly arms: readonly string[] }[], emulated: boolean): string =>
      `Bringing a state back takes less time than computing it anew${emulatedText(emulated)} ${parts.map(({ from, arms }) => `${from} with ${formatList(arms)}`).join("; ")}.`,
    /** "about 3 tokens" */
    anewTokens: aboutTokens,
    /** how many tokens are computed anew while states of n come back, by arms that are alike in it */
    meanwhile: (parts: readonly (Pick<Meanwhile, "n" | "anew" | "measured"> & { readonly arms: readonly string[] })[]): string =>
      `Computed anew in the time in which a longer state comes back: ${parts
        .map(({ n, anew, measured, arms }) => {
          const tokens =
            anew === "fewer"
              ? `less than ${counted(measured[0], "token")}`
              : anew === "more"
                ? `more than ${counted(measured[1], "token")}`
                : aboutTokens(anew);
          return `${tokens} in that of ${counted(n, "token")} with ${formatList(arms)}`;
        })
        .join("; ")}.`,
    breakEvenArm: (arm: string, shape: string): string => (shape === "" ? arm : `${arm} at ${shape}`),
    breakEvenFrom: {
      n: (n: Estimate): string => `from n = ${formatEstimate(n)} on`,
      already: (span: Crossover["range"]): string =>
        span?.[0] === 1
          ? `from the first token on (n = 1 to ${formatCount(span[1])})`
          : `at every n measured${span ? ` (n = ${formatCount(span[0])} to ${formatCount(span[1])})` : ""}`,
      none: (span: Crossover["range"]): string => `at no n measured${span ? ` (n = ${formatCount(span[0])} to ${formatCount(span[1])})` : ""}`,
      many: (crossings: readonly number[]): string => `on one side of n = ${formatList(crossings.map(formatCount))} or the other`,
      open: "from an n on that is not decided",
      latest: (n: number): string => `from n = ${formatCount(n)} on at the latest`,
    },
  },

  times: {
    arm: (arm: string, ms: Estimate): string => `${formatMs(ms.value)} [${formatMs(ms.low)}, ${formatMs(ms.high)}] with ${arm}`,
    sentence: (phase: ExperimentPhase, n: number, arms: readonly string[], place: string, emulated: boolean): string =>
      `${timeSubjects[phase](formatCount(n))} ${formatList(arms)}${place === "" ? "" : ` at ${place}`}${emulatedText(emulated)}.`,
    stages: (
      curves: readonly { readonly arm: string; readonly shape: string; readonly ends: readonly { readonly share: number; readonly n: number }[] }[],
      emulated: boolean,
    ): string =>
      `Attention's part of the time of a token's stages${emulatedText(emulated)}: ${curves
        .map(({ arm, shape, ends }) => {
          const texts = ends.map(({ share, n }, i) => {
            const before = ends[i - 1];
            const told = before && formatShare(before.share) === formatShare(share) ? "" : `${formatShare(share)} `;
            return `${told}at n = ${formatCount(n)}`;
          });
          return `with ${arm}${insideCommas(shape)} ${texts.join(" and ")}`;
        })
        .join("; ")}.`,
  },

  peers: {
    /** `ratio`: wall time of ours over that of `peer` */
    ratio: (arm: string, phase: ExperimentPhase, shape: string, n: number, ratio: Estimate, peer: string, emulated: boolean): string =>
      `${arm} ${phase}${shape === "" ? "" : `, ${shape}`}, n = ${formatCount(n)}: by the wall clock attnbench ${ratio.value > 1 ? `takes ${bracketed(ratio)} times as long as` : `is ${bracketed(inverseRatio(ratio))} times as fast as`} ${peer}${emulatedText(emulated)}.`,
    notCompared: (
      peer: string,
      places: readonly { readonly arm: string; readonly phase: string; readonly shape: string; readonly ns: readonly number[] }[],
      note: string,
    ): string =>
      `Not compared with ${peer}: ${places
        .map(({ arm, phase, shape, ns }) => `${arm} ${phase}${shape === "" ? "" : `, ${shape}`}, n = ${formatList(ns.map(formatCount))}`)
        .join("; ")} (${note}).`,
    /** why there is no ratio; `whose`: the runtime's name */
    notReached: (whose: string): string => `${whose}: not reached`,
    wrong: (whose: string, reason: string): string => `${whose}'s output is wrong: ${reason}`,
    unmeasured: (whose: string, reason: string): string => `${whose}: ${reason}`,
    noTurn: "no turn visited both",
    explained: (titles: string, peers: readonly { readonly version: string; readonly adapter: string }[]): string =>
      `The same cells, computed by ${titles}${peers.length > 0 ? ` (${peers.map(({ version, adapter }) => `${version} on ${adapter}`).join(", ")})` : ""} in processes of its own, visited in the same turns and held to the same references. Wall time stands against wall time, since a peer gives no other; charts show none of it.`,
    caption:
      "Wall time of one repetition. Each turn timed both, and how they compare is the median of the turns' ratios, which is not quite the ratio of the two times beside it. Brackets are 95 % intervals over turns.",
    /** `ratio`: wall time of ours over the other's */
    speed: (ratio: Estimate): string => (ratio.value > 1 ? `takes ${timesIn(ratio, "as long")}` : timesIn(inverseRatio(ratio), "as fast")),
    /** why there is no ratio, in few words; `whose`: the runtime's name */
    brief: {
      noTime: "no time was left",
      wrong: (whose: string): string => `${whose}'s output is wrong`,
      failed: (whose: string): string => `${whose} failed`,
      skipped: (whose: string): string => `${whose} cannot compute it here`,
      noTurn: "no turn visited both",
    },
    /** of the drawing */
    drawn: (titles: string): string => `How many times as fast attnbench is as ${titles}, by the wall clock`,
    drawnKey: (titles: string): string =>
      `Dot: the measured ratio; line: its 95 % interval. Right of 1× attnbench is faster, left of it ${titles}. Each step of the scale is a multiple.`,
    toTable: "The times and what is not compared",
    /** `times`: how many times as fast ours is */
    times: (times: Estimate): string => (times.high < 1 ? timesIn(inverseRatio(times), "as slow") : timesIn(times, "as fast")),
    not: "not compared",
    ours: "our arm",
    beside: "beside",
    oursWall: "ours, wall",
    itsWall: "its, wall",
    oursIs: "ours is",
    because: "not compared because",
  },

  offload: {
    none: "No state was moved.",
    /** what was timed, and what was not, a paragraph each; `layers`: of the model that one layer's states are of; `ofModel`: states are of all layers, and computing anew is of the whole model */
    explained: ({
      disk,
      ofModel,
      layers,
    }: {
      /** where its bytes came from; undefined without a disk */
      readonly disk: "pastCache" | "perhapsCached" | undefined;
      readonly ofModel: boolean;
      readonly layers: number | undefined;
    }): readonly string[] => [
      "A state that stays on the GPU costs a token its decode step and nothing else. One that was taken away has to come in first, and what that takes is added.",
      "out: copied on the GPU, mapped, and copied into host memory. in: written to the GPU from host memory, until the GPU has it. A KV cache comes with room for the row of the next token, which the decode step writes: its bytes are those of n + 1 tokens, and of one computed anew, which has no such room, those of n. Every byte that came back was compared with what had gone out, and that step with a float64 reference.",
      ...(disk === undefined
        ? []
        : [
            `disk: out also writes a file and waits until the disk has it (fsync); in also reads the file, ${
              disk === "pastCache"
                ? "past the operating system's page cache (O_DIRECT), by way of 8 MiB in host memory. A cache of the disk's own, or of the host of a virtual machine, is part of what is measured."
                : "which the operating system may well serve from its page cache in memory, as it does for programs that do this. Then it is no rate of the disk itself."
            }`,
          ]),
      "What a token changes in the state has to be saved as well, which is not in what is added: a row of a KV cache, but the whole of a recurrent state, its out.",
      ofModel
        ? "A state is that of all layers, one layer's buffers after another's, in one transfer. No layer was timed by itself: what stands for one is computed, the time of the whole over the layers, and one layer moved alone takes longer than that. Computing anew takes the n tokens through all layers, from their numbers to what the last layer keeps; the classifier behind them is in the decode step. A program that brings in the next layer while it computes this one hides some of what is added; nothing here does."
        : "Computing anew is the attention of one layer over n tokens from keys and values that are there. A model has to make those too, in all layers up to this one, so that for a whole model bringing back pays from a shorter length on.",
      ...(layers === undefined
        ? []
        : [
            `A token needs the states of all ${formatCount(layers)} layers, one after another. What they take is computed, ${formatCount(layers)} times what one took here: moved together they may take less, as what each transfer costs whatever its size is paid once. A program that brings in the next layer while it computes this one hides some of that; nothing here does.`,
          ]),
    ],
    caption: (forms: readonly string[]): string =>
      `States in ${formatList(["GPU memory", ...forms])}: what a token costs where one stays, and both ways where it is moved`,
    keptIn: "kept in",
    out: "out",
    in: "in, added to a token",
    outGbps: "GB/s out",
    inGbps: "GB/s in",
    step: "on the GPU: the step alone",
    /** of all layers' states, which one transfer moves */
    inEachLayer: (layers: number): string => `in ÷ ${counted(layers, "layer")}, computed`,
    inAllLayers: (layers: number): string => `computed: ${formatCount(layers)} times what is added`,
  },

  shards: {
    explained: (parts: number, missing: readonly number[]): string =>
      `This run was put together of ${formatCount(parts)} of ${formatCount(parts + missing.length)} shards, each with all arms of its shapes, in turns and processes of its own. Laws, n* and drift are those of one shard each, and shares of ceilings are of its own ceilings.${missing.length > 0 ? ` Missing: ${missing.map(formatCount).join(", ")}.` : ""}`,
    caption: "Shards, and the ceilings that each measured.",
    shard: "shard",
    run: "run",
    state: "state",
    /** how a run ended */
    states: { running: "running", complete: "complete", interrupted: "interrupted", failed: "failed" } as Readonly<Record<RunState, string>>,
    started: "started",
    cells: "cells",
    turns: "turns",
    processes: "processes",
    reading: "reading, GB/s",
    copying: "copying, GB/s",
    multiplyAdd: "multiply-add, GFLOP/s",
  },

  serving: {
    /** `oneLayer`: what the memory is for is one layer's attention and no weights */
    budget: (memoryBytes: number, oneLayer: boolean, emulated: boolean, { n, shape }: { readonly n: number; readonly shape: string }): string =>
      `With ${formatBytes(memoryBytes)}${oneLayer ? " for one layer's attention" : ""}${emulatedText(emulated)}, at n = ${formatCount(n)}${shape === "" ? "" : ` and ${shape}`}`,
    unknown: (label: string, note: string): string => `of ${label} nothing is known (${note})`,
    /** `memoryBatch`: texts that the memory holds, where kernels take fewer; `bytes`: what one text takes, and what of it is there whatever their number (weights); undefined where it was not counted */
    noRoom: (label: string, memoryBatch: number | undefined, bytes: { readonly one: number; readonly shared: number } | undefined): string =>
      memoryBatch === undefined
        ? `${label} has room for no text${
            bytes === undefined
              ? ""
              : ` (one takes ${formatBytes(bytes.one)}${bytes.shared > 0 ? `, ${formatBytes(bytes.shared)} of it however few texts there are` : ""})`
          }`
        : `${label} has room for ${counted(memoryBatch, "text")} at once, of which these kernels take none on this device`,
    room: (
      label: string,
      { batch, about }: { readonly batch: number; readonly about: boolean },
      memoryBatch: number | undefined,
      /** as it is told: with its interval, or about so many */
      tokensPerSecond: string | undefined,
    ): string =>
      `${label} has room for ${memoryBatch === undefined ? `${about ? "about " : ""}${counted(batch, "text")} at once` : `${counted(memoryBatch, "text")} at once, of which these kernels take ${about ? "about " : ""}${formatCount(batch)} on this device`}, ${
        tokensPerSecond ? `${tokensPerSecond} tokens a second in all` : "at a speed that this run does not tell"
      }`,
    /** `whose`: arms that it is said of, none where of all */
    projected: (reached: readonly { readonly batch: number; readonly n: number }[], whose: readonly string[]): string =>
      `; “about” is projected, without an interval, from ${formatChoice(reached.map(({ batch, n }) => `batches up to ${formatCount(batch)} and n up to ${formatCount(n)}`))}${
        whose.length > 0 ? ` (${formatList(whose)})` : ""
      }`,
    /** `fewer`: kernels take fewer texts than there is room for */
    counted: (fewer: boolean): string =>
      `Room is counted to the byte that kernels allocate${fewer ? "; they take fewer texts where a buffer or a dispatch of this device, in which they put those of a layer together, ends before the memory" : ""}`,
    memoryAlone: (mostBytes: number | undefined): string =>
      `Room is that of the memory alone${mostBytes === undefined ? "" : `: no buffer of this device holds more than ${formatBytes(mostBytes)}, which is not looked at`}`,
    /** `room`: how it is counted, empty where another sentence says it */
    sentence: (budget: string, arms: readonly string[], projected: string, room: string): string =>
      `${budget}, ${arms.join("; ")}${projected}.${room === "" ? "" : ` ${room}.`}`,
    /** why there is no time, or no room */
    note: {
      fewBatches: (least: number, measured: number): string => `${least} values of batch are needed, ${measured} were measured`,
      fewLengths: (least: number, measured: number): string => `${least} values of n are needed for another n, ${measured} were measured`,
      noRoom: "not even one text has room",
      noKernel: "the memory has room, but these kernels take not even one text on this device",
      oddBytes: "its bytes follow no line over n and batch",
      oddTimes: "its times follow no line over n and batch",
      bent: "its times bend upwards with batch, as on a device that few texts do not fill; larger batches would tell",
      wide: (factor: number): string => `known less narrowly than to a factor of ${factor}; larger batches, and n nearer to this one, would tell`,
    },
    none: "No arm has a time at any batch.",
    /** `roomCounted`: room was counted beforehand; `steps`: bytes step with n or batch */
    explained: (
      memoryBytes: number,
      {
        oneLayer,
        weights,
        roomCounted,
        steps,
      }: { readonly oneLayer: boolean; readonly weights: boolean; readonly roomCounted: boolean; readonly steps: boolean },
    ): readonly string[] => [
      `The budget is ${formatBytes(memoryBytes)}${oneLayer ? " for one layer's attention" : ""}: what is needed whatever the batch (fixed)${weights ? " (weights)" : ""}, and of each text its state, if it has one, and its part of all that is computed. ${
        roomCounted
          ? "How many have room was counted before anything was measured, by the closed form of what kernels allocate, which every measured cell met to the byte, and by what this device takes: its largest buffer and binding, and workgroups in a row"
          : "Both are of the bytes that this run counted"
      }; a program that shares buffers between layers otherwise, or keeps weights in fewer bits, has room for more.`,
      "One token of each text is a step, so tokens a second are the batch over a step's time. A time is measured where just that batch was; else it is projected: a cost that stays, one for each text, one for each token of each text, and where nothing is kept one for each pair of its tokens, fitted to the batches that were measured. A measured time has its interval. A projected one is told as “about”, and where the law itself is known to within a factor of 4 alone; it has no interval, since nothing measured tells what a device does so far beyond: where its caches end, for one.",
      ...(steps
        ? [
            roomCounted
              ? "Where bytes step with the batch, those of a text are about so many: the average over all that have room."
              : "Where bytes step with n or batch they are about so many: the line through those that were counted.",
          ]
        : []),
    ],
    measuredCaption: "Tokens a second of all texts together, measured",
    texts: (batch: number): string => counted(batch, "text"),
    fits: (memoryBytes: number): string =>
      `Above, how many texts of n tokens ${formatBytes(memoryBytes)} hold at once; below, how many tokens a second they make together. Higher is more; each step of a scale is a multiple.`,
    fitsAlone: (memoryBytes: number): string =>
      `How many texts of n tokens ${formatBytes(memoryBytes)} hold at once: higher is more. Each step of a scale is a multiple.`,
    /** `texts`: the most at once that were measured; 0 where none were. `none`: an arm has no speed at some n */
    marks: (texts: number, projected: boolean, none: boolean): string =>
      [
        ...(texts > 0 ? [`Full marks are measured, with ${texts === 1 ? "one text" : `at most ${counted(texts, "text")} at once`}.`] : []),
        ...(projected ? ["Hollow marks are projected, to as many texts as the memory and these programs take, and have no interval."] : []),
        ...(none ? ["A cross at the lower edge: not even one text goes through there, or no law tells its speed; the table says which."] : []),
      ].join(" "),
    caption: (memoryBytes: number): string => `Texts at once in ${formatBytes(memoryBytes)}`,
    about: (text: string): string => `about ${text}`,
    fixed: "fixed",
    aText: "a text",
    textsAtOnce: "texts at once",
    inAll: "in all",
    boundBy: "bound by",
    bound: { memory: "memory", limit: "these kernels" },
    memoryHolds: "memory holds",
    aToken: "a token of each",
    tokensPerSecond: "tokens/s in all",
    timeIs: "time is",
    /** of a point of the chart */
    pointIs: (from: Served["from"], texts: number): string => `${counted(texts, "text")} at once, ${from}`,
    from: { measured: "measured", projected: "projected" } as Readonly<Record<Served["from"], string>>,
    notTold: "not told",
    /** `limit`: in words of the device */
    oneMore: (limit: string): string => `one text more is too much for these kernels on this device: ${limit}`,
    noTime: (note: string): string => `no time: ${note}`,
    /** `example`: the n whose numbers the words have, where these differ */
    noted: (label: string, ns: readonly number[], words: string, example: number | undefined): string =>
      `${label} at n = ${spanOrList(ns)}: ${words}${example === undefined ? "" : ` (so at n = ${formatCount(example)}, and alike at the others)`}.`,
  },

  text: {
    wrote: (arms: readonly string[], { tokens, prompt, temperature, stop, shown, near, held }: Wrote): string =>
      `${formatList(arms)} wrote ${arms.length > 1 ? "the same " : ""}${counted(tokens, "token")} behind ${formatCount(prompt)} of the prompt, ${
        temperature === 0 ? "the likeliest each time" : `drawn at a temperature of ${temperature}`
      }${stop === undefined ? "" : `, until the stop token ${stop}`}: ${
        typeof shown === "string" ? `“${shown}”` : `${plural(shown.numbers.length, "token")} ${shown.numbers.join(", ")}${shown.more ? ", …" : ""}`
      }; ${
        held === 0
          ? ""
          : `float64 chooses the same${held === undefined ? "" : ` up to token ${formatCount(held)}`}, ${near === 0 ? "token for token" : `but for ${formatCount(near)} where rounding may choose another`}${held === undefined ? "" : "; "}`
      }${held === undefined ? "" : `from token ${formatCount(held + 1)} on nothing was held against it, as a router is as near between two experts there as rounding, and took either in turn`}.`,
    /** `near`: rounding may choose either there */
    parting: ([one, other]: readonly [string, string], token: number, near: boolean): string =>
      `${one} and ${other} have the same weights and part at token ${formatCount(token)}, ${
        near ? "where rounding may choose either" : "though rounding cannot part them there: one of them is wrong"
      }.`,
    failed: (arms: readonly string[], code: string): string => `No text with ${formatList(arms)} (${whyOf(code)}).`,
    /** `prompt`: its words; undefined where it was given as tokens, which are `numbers` */
    prompt: (prompt: string | undefined, numbers: string): string => `The prompt: ${prompt === undefined ? "given as tokens" : `“${prompt}”`}, ${numbers}.`,
    /** of an arm that keeps nothing */
    paysMore:
      "An arm that keeps nothing takes all tokens so far through again for each of its tokens, and with them as many places that are not written yet as make a power of two: kernels are compiled for a number of places. So a token costs it up to twice what it has to.",
    explained:
      "Weights are random, so no text makes sense: it shows that arms of the same weights choose the same tokens, whatever they keep between two. The wall time is of the whole loop, a submit a token, over the tokens that it wrote: measured once, and so without an interval.",
    none: "No text was written.",
    caption: (prompt: number, temperature: number, seed: number, stop: number | undefined): string =>
      `Texts that the model wrote on the GPU behind a prompt of ${counted(prompt, "token")}: ${
        temperature === 0 ? "the likeliest token each time" : `drawn at a temperature of ${temperature}, by seed ${seed}`
      }${stop === undefined ? "" : `, until token ${stop}`}`,
    tokens: "tokens",
    endedBy: "ended by",
    ended: { stop: "its stop token", length: "its length" } as Readonly<Record<"stop" | "length", string>>,
    /** `reason`: in words of the device */
    failure: (code: string, reason: string): string => `${whyOf(code)}: ${reason}`,
    msPerToken: "wall time a token",
    asFloat64: "as float64 chooses",
    ofAll: (some: number, all: number): string => `${formatCount(some)} of ${formatCount(all)}`,
    lastError: "error of the last scores",
    numbers: (numbers: string): string => `Tokens: ${numbers}`,
  },

  /** Where a token's time goes in a whole model. */
  stages: {
    none: "No stage was timed: there is no time, this device gives no GPU timestamps, or a token has more stages one after another than its clock holds (2,048; a model of some 300 layers has).",
    /** `least`, `most`: of the stages' sum over the whole */
    sum: (least: number, most: number): string =>
      `Stages are timed beside the whole, each run of steps in a pass of its own: together they come to ${formatShare(least)} to ${formatShare(most)} of the time of the whole. Shares are of their sum.`,
    stage: "stage",
    share: "share",
    leastBytes: "least bytes",
    flops: "FLOPs executed",
    all: "All stages of every cell. FLOPs of attention are those that its kernels execute; of all other stages those of their weights and rows, without what tiles compute at their edges for nothing.",
    shares: "Attention's share of a token's time",
    /** as heads a table without a caption */
    sharesHead: "attention's share of a token's time",
    model: (
      { layers, width, vocab, feedForward: fed, firstDense, outputGate }: ModelSizes,
      origin: { readonly preset: string; readonly scale: number; readonly isOwn: boolean } | undefined,
    ): string => {
      const hidden = `${formatCount(fed.hidden)} channels`;
      const shared = fed.kind === "experts" && fed.shared ? ` and one of ${formatCount(fed.shared)} that all tokens go through` : "";
      const through = fed.kind === "experts" ? `${formatCount(fed.active)} of ${formatCount(fed.experts)} experts of ${hidden}${shared}` : hidden;
      const dense = firstDense
        ? ` (the first ${firstDense.layers === 1 ? "layer" : formatCount(firstDense.layers)} of ${formatCount(firstDense.hidden)} and no experts)`
        : "";
      const gates = outputGate ? `, ${outputGate === "all" ? "gates on what attention leaves" : "gates on what linear attention leaves"}` : "";
      const shape =
        origin === undefined
          ? ""
          : `: the shape of ${origin.preset}${origin.scale === 1 ? "" : ` at a scale of ${origin.scale}`}${origin.isOwn ? "" : ", with sizes of its own"}`;
      return `The model has ${counted(layers, "layer")}, ${formatCount(width)} wide, each with a feed-forward network of ${through}${dense}${gates}, and ${formatCount(vocab)} different tokens${shape}.`;
    },
    /** which arms have the layers of a published model */
    pattern: (
      preset: string,
      layers: string,
      parameters: readonly (readonly [name: string, value: string | number | boolean])[],
      like: readonly string[],
      unlike: readonly string[],
      /** what the last layer is, where that is out of turn */
      last: string | undefined,
      /** by mixer, where layers have others than all the rest */
      heads: readonly LayerHeads[],
    ): string => {
      const headsOf = ({ mechanism, heads, kvHeads, keyHeads = heads, headDim }: LayerHeads): string =>
        `${counted(heads, "head")} of ${formatCount(headDim)} channels${keyHeads < heads ? ` (${formatCount(keyHeads)} of queries and keys)` : kvHeads < heads ? ` (${formatCount(kvHeads)} of keys and values)` : ""} in ${mechanism}`;
      const turn = `The layers of ${preset} are ${layers}, in turn${last === undefined ? "" : `, and ${last} in the last`}${parameters.map(([name, value]) => `, with ${name} ${value}`).join("")}${heads.length === 0 ? "" : `, with ${formatList(heads.map(headsOf))}`}`;
      if (like.length === 0) return `${turn}: no arm has them.`;
      return `${turn}: so are those of ${formatList(like)}${unlike.length === 0 ? "" : `, and not those of ${formatList(unlike)}`}.`;
    },
    tokenizer: (
      parts: readonly { readonly encoding: string; readonly characters: number; readonly tokens: number; readonly msPerToken: Estimate }[],
    ): string =>
      parts.length === 0
        ? ""
        : `Before all this a text is cut into tokens, on the CPU and by the wall clock: ${formatList(
            parts.map(
              ({ encoding, characters, tokens, msPerToken }) =>
                `${encoding} makes ${formatCount(tokens)} tokens of a text of ${formatCount(characters)} characters, ${bracketed(msPerToken, formatMs)} each`,
            ),
          )}. No stage and no whole has that time in it.`,
    crossings:
      "n*, beyond which the second takes less time than the first: by attention's time alone, of all layers, and by the time of the whole token. All that is not attention moves the one away from the other where it differs between the two.",
    first: "first",
    second: "second",
    attentionAlone: "attention alone",
    wholeToken: "the whole token",
    wholeText: "whole text",
    ofTexts: (parts: readonly { readonly arm: string; readonly share: number; readonly ms: number; readonly n: number }[]): string =>
      parts.length === 0
        ? ""
        : `Of whole texts, written token by token from none on, attention takes ${formatList(
            parts.map(
              ({ arm, share, ms, n }) => `${formatShare(share)} of the stages of a text of ${formatCount(n)} tokens with ${arm}, which takes ${formatMs(ms)}`,
            ),
          )}.`,
    textsCaption: (batched: boolean): string => (batched ? "Whole texts of n tokens by stage, all of a batch together" : "A whole text of n tokens by stage"),
    addedUp:
      "Added up from the tokens above, on parabolas through the n that were measured: no text was written. An interval is the sum of its tokens' own, as if all were off the same way. Shares are of the stages' sum.",
  },

  why: whyOf,
  whyCounted: (reasons: readonly { readonly code: string; readonly count: number }[]): string =>
    reasons.map(({ code, count }) => `${whyOf(code)}: ${formatCount(count)}`).join("; "),

  outcome: {
    nothing: (reasons: readonly { readonly code: string; readonly reason: string }[]): string =>
      `Nothing was measured${reasons.length > 0 ? `: ${formatList(reasons.map(({ code, reason }) => `${whyOf(code)} (${reason})`))}` : ""}.`,
    failed: (arm: string, places: readonly { readonly shape: string; readonly ns: readonly number[]; readonly code: string }[]): string =>
      `${arm} failed at ${formatList(places.map(({ shape, ns, code }) => `${shape === "" ? "" : `${shape}, `}n = ${ns.map(formatCount).join(", ")} (${whyOf(code)})`))}, and has no times there.`,
    interrupted: "The run was interrupted: this is of what had been measured by then.",
    brokeOff: "The run broke off: this is of what had been measured by then.",
    missing: (missing: readonly number[], of: number): string =>
      `${shards(missing)} of ${formatCount(of)} ${plural(missing.length, "is", "are")} missing: of ${plural(missing.length, "its", "their")} cells nothing is told.`,
    interruptedShards: (numbers: readonly number[], of: number): string =>
      `${shards(numbers)} of ${formatCount(of)} ${plural(numbers.length, "was", "were")} interrupted: this is of what had been measured by then.`,
    failedShards: (numbers: readonly number[], of: number): string =>
      `${shards(numbers)} of ${formatCount(of)} broke off: this is of what had been measured by then.`,
  },

  tuning: {
    name: (arm: string, shape: string): string => `${arm}${shape === "" ? "" : ` at ${shape}`}`,
    notTimed: (name: string, note: string): string => `The variants of ${name} were not timed (${note}): the default stays.`,
    stays: (name: string, variants: number, n: number, against: string | undefined): string =>
      `Of ${variants} variants of ${name} timed at n = ${formatCount(n)}${against === undefined ? "" : `, where ${against} is nearest in time`}, the default stays: none of the others is clearly faster.`,
    used: (
      name: string,
      variants: number,
      n: number,
      against: string | undefined,
      { variant, gain, cells }: { readonly variant: string; readonly gain: number | undefined; readonly cells: readonly [some: number, all: number] },
    ): string =>
      `Of ${variants} variants of ${name} timed at n = ${formatCount(n)}${against === undefined ? "" : `, where ${against} is nearest in time`}, ${variant} is used${gain === undefined ? "" : `, ${formatNumber(gain)} times as fast as the default there`}${cells[0] === cells[1] ? "" : `, in ${cells[0]} of its ${cells[1]} cells`}.`,
    explained:
      "Before the turns that count, the variants of every arm were verified and timed in rounds, each arm for the same time, at the n where the two families are about as fast. One takes the default's place only where it is clearly faster. None of these times is among the results.",
    caption: "Time of one repetition by variant: tile sizes and path of a kernel.",
    variant: "variant",
    rounds: "rounds",
    choice: "choice",
    /** of one variant; `failure`: in words of the device */
    verdict: (isDefault: boolean, isUsed: boolean, failure: string | undefined): string =>
      [...(isDefault ? ["default"] : []), ...(isUsed ? ["used"] : []), ...(failure === undefined ? [] : [failure])].join(", "),
  },

  expectation: {
    unreadable: (text: string, flaw: string): string => `The expectation “${text}” cannot be read: ${flaw}.`,
    told: (text: string, verdict: "pass" | "fail" | "undecided", seen: readonly string[]): string =>
      `The expectation “${text}” ${{ pass: "holds", fail: "does not hold", undecided: "is not decided" }[verdict]}: ${seen.join("; ")}.`,
    classes: (what: string, classes: readonly string[]): string => `${what} is ${formatList(classes)}`,
    notMeasured: (what: string): string => `${what} was not measured`,
    measured: (sides: readonly string[]): string => `measured ${sides.join(" and ")}`,
    unknown: "it was not measured or not decided",
    moreThan: (value: number): string => `more than ${formatNumber(value)}`,
    atMost: (value: number): string => `at most ${formatNumber(value)}`,
    within: ({ value, low, high }: Estimate): string => `${formatNumber(value)} (${formatNumber(low)} to ${formatNumber(high)})`,
  },

  warning: {
    contradicted: (arm: string, claim: string, metric: Fit["metric"], found: string): string =>
      `${arm} claims ${claim} in ${metric === "time" ? "time" : "state bytes"}, but ${found} is measured.`,
    notOk: (
      status: "censored" | "skipped",
      cells: readonly [some: number, all: number],
      reasons: readonly { readonly code: string; readonly names: string }[],
    ): string =>
      `${formatCount(cells[0])} of ${counted(cells[1], "point")} ${status === "censored" ? "were not finished" : "were skipped"}: ${reasons.map(({ code, names }) => `${whyOf(code)}: ${names}`).join("; ")}.`,
    cell: (arm: string, n: number, shape: string): string => `${arm} at n = ${formatCount(n)}${shape === "" ? "" : `, ${shape}`}`,
    names: (ids: readonly string[], more: number): string => (more > 0 ? `${ids.join(", ")} and ${more} more` : formatList(ids)),
    wide: (cells: number, precision: number, stopped: string | undefined): string => {
      const why: Readonly<Record<string, string>> = {
        maxTime: "; the time for measuring ran out",
        interrupted: "; measuring was interrupted",
        noWorker: "; measuring broke off",
      };
      return `${formatCount(cells)} ${plural(cells, "cell has an interval", "cells have intervals")} wider than the ±${formatShare(precision)} asked for${(stopped && why[stopped]) ?? ""}.`;
    },
    exponent: (arm: string, place: string, halfWidth: number, more: number): string =>
      `The exponent of ${arm}${place === "" ? "" : ` at ${place}`} is known to ±${halfWidth.toFixed(2)} alone, which leaves room between laws${more === 0 ? "" : `; so ${more === 1 ? "is 1 more" : `are ${formatCount(more)} more`}`}.`,
    /** `n`: its interval, where the record has one; `halfWidth` of it, relative, undefined where it is known from above alone */
    crossover: (arms: readonly string[], place: string, n: Estimate | undefined, halfWidth: number | undefined, asked: number, more: number): string =>
      `n* of ${arms.join(" and ")}${place === "" ? "" : ` at ${place}`} ${n ? `lies anywhere from ${formatCount(n.low)} to ${formatCount(n.high)} (95 % interval)` : `is known ${halfWidth === undefined ? "from above" : `to ±${formatShare(halfWidth)}`} alone`}, where measuring would have gone on to ±${formatShare(asked)}${more === 0 ? "" : `; so ${more === 1 ? "is 1 more" : `are ${formatCount(more)} more`}`}.`,
    sentinel: (jumped: number, pairs: number, discarded: number): string =>
      `A kernel that is always the same, timed before and after turns, changed its time by more than a tenth in ${formatCount(jumped)} of ${formatCount(pairs)} such pairs${discarded > 0 ? ` (${formatCount(discarded)} of these turns made again)` : ""}: something else used this device, or its clock changed. Do not trust times of this run to better than that.`,
    losses: (cell: string, reason: string, losses: number, failed: number): string =>
      `A worker was lost while it measured ${cell} (${reason})${losses > 1 ? `, and so under ${formatCount(losses - 1)} more ${plural(losses - 1, "visit", "visits")}` : ""}: ${failed === 0 ? "another made" : "others made"} ${losses > 1 ? "these visits" : "this visit"} again${failed === 0 ? "" : `, and in ${formatCount(failed)} ${plural(failed, "cell", "cells")} that failed too`}.`,
    wallClock: (partOffGpu: boolean): string =>
      `Times are wall-clock times, as ${partOffGpu ? "part of what is timed is not on the GPU" : "this adapter gives no GPU timestamps"}: they include submitting and waiting.`,
    oneProcess: "All times come from one process; how much they differ from process to process is not in the intervals.",
    fewTurns: (turns: number): string => `Only ${turns === 1 ? "one turn was" : `${turns} turns were`} made: intervals are wide and drift is not seen.`,
    composed: (arms: readonly string[]): string =>
      `${formatList(arms)} ${plural(arms.length, "was", "were")} not measured: time and state of ${plural(arms.length, "a layer are", "each layer are")} the mean of the layers that it is composed of.`,
    noCeilings: (failure: string): string =>
      `This device's ceilings could not be measured (${failure}), so no share of them is known: do not trust the times either.`,
    /** `most`: the largest of their shares */
    suspect: (names: string, cells: number, most: number): string =>
      `${names} ${plural(cells, "is", "are")} faster than this run's own tests of memory and arithmetic say this device can be (${cells === 1 ? "" : "up to "}${formatShare(most)} of its ceiling): these tests met the device at a slower pace, or bytes came from a cache. Take no share of a ceiling in this run for exact.`,
    alone: (arms: readonly string[]): string =>
      `${formatList(arms)}: no arm of ours computes the same at some n or size, so it is compared with nothing there.`,
    shard: (index: number, of: number): string =>
      `This is shard ${index} of ${of}, with some of the experiment's cells: attnbench merge puts the shards together.`,
    merged: (parts: number): string =>
      `Each of the ${formatCount(parts)} shards was measured by itself, maybe on machines of its own. All arms of one shape are of one shard; between unlike shapes, times also differ as machines do, which no interval holds.`,
    unknownChanges: (shards: readonly number[]): string =>
      `${plural(shards.length, "Shard", "Shards")} ${formatList(shards.map(formatCount))} ${plural(shards.length, "was", "were")} measured with uncommitted changes that are not recorded: whether all shards are of one code is not known.`,
    cutSweep: (variables: readonly string[]): string =>
      `How time grows with ${formatList(variables)} is not told: the values lie in several shards. Fewer shards keep them together.`,
    ofShards: (numbers: readonly number[], text: string): string => `${shards(numbers)}: ${text}`,
    interrupted: (cells: TallyNumbers): string => `This run was interrupted: ${tally(cells)}. What is shown is what had been measured by then.`,
    failed: "This run broke off with an error. What is shown is what had been measured by then.",
    running: "This run has not ended. What is shown is what has been measured so far.",
    software: "A CPU emulates a GPU here. How time and memory grow carries over to GPUs; times, and from where on one is faster, do not.",
    noGpuClock: (partOffGpu: boolean): string =>
      `${partOffGpu ? "Part of what is timed is not on the GPU" : "This adapter has no GPU clock"}: times are wall-clock times and contain the cost of submitting work.`,
    dirty: "The benchmark's own code had uncommitted changes.",
  },

  page: {
    /** what a run asks (`memoryBytes`: how many texts so much memory holds at once), where its author asks it in another language; undefined in the language of the files that come with attnbench */
    question: (_: ExperimentPhase, _memoryBytes: number | undefined): string | undefined => undefined,
    answer: "Answer",
    /** beside the answer on a narrow screen */
    emulationCaveat: "A CPU emulates a GPU here: growth carries over to GPUs; times, and from where on one is faster, do not.",
    /** what is compared, for who meets it first; `kinds` of attention that the run has */
    compared: (kinds: readonly ("softmax" | "linear")[]): string => {
      const does = { softmax: "softmax attention looks back at all earlier ones", linear: "linear attention keeps a summary of fixed size" };
      return `A token is about ¾ of a word.${kinds.length === 0 ? "" : ` For each, ${kinds.map((kind) => does[kind]).join("; ")}.`}`;
    },
    words: "All words",
    found: "What was found",
    expected: "Expected",
    warnings: "Warnings",
    verdict: { pass: "✓ met", fail: "✕ not met", undecided: "? undecided" },
    nothingMeasured: (cells: TallyNumbers, reasons: string): string =>
      `Nothing was measured, so this run has no answer: ${tally(cells)}${reasons === "" ? "" : ` (${reasons})`}.`,
    tooLittle: (cells: TallyNumbers): string => `${tally(cells)}; too little for an answer. The table below holds what there is.`,
    allMet: (all: number): string => (all === 1 ? "What the experiment expects is met." : `All ${all} expectations are met.`),
    someMet: (all: number, missed: number, open: number): string => {
      const are = (count: number, what: string): string => `${count} ${plural(count, "is", "are")} ${what}`;
      return `Of ${counted(all, "expectation")}, ${[...(missed > 0 ? [are(missed, "not met")] : []), ...(open > 0 ? [are(open, "undecided")] : [])].join(", ")}.`;
    },
    madeBy: (version: string, run: string): string =>
      `Made by attnbench ${version} from run ${run}. This page holds its results, JSON that zlib compressed, in base64, in the element `,
    madeByEnd: "; raw samples are in the run's folder.",
    claims: "Claims",
    written: "What was written",
    dataOfFigure: "Data of this figure",
    whole: "The whole question",
    readFigure: "How to read this figure, and its data",
    colours: "Colours",
  },

  sure: {
    heading: "How sure is this?",
    more: (others: number): string => `${others} more ${plural(others, "warning", "warnings")}`,
    /** by the larger side of intervals: half of them reach no further than `middle`; `worst`: how far any reaches to either side */
    widths: (middle: number, worst: Sides, unsteady?: { readonly jumped: number; readonly pairs: number }): string => {
      const why = unsteady ? `: the machine was unsteady, its speed jumped in ${formatCount(unsteady.jumped)} of ${formatCount(unsteady.pairs)} checks` : "";
      return middle > 1
        ? `Half of the times shown may in truth be ${formatTimes(1 + middle)} times as long, or longer${why}.`
        : `Half of the times shown are known to within ${formatShare(middle)}; at worst they may be ${sidesText(worst)}${why}.`;
    },
    /** an arm that failed, by each reason */
    failed: (arm: string, places: readonly { readonly code: string; readonly ns: readonly number[] }[]): string =>
      `${capital(arm)}: ${formatList(places.map(({ code, ns }) => `${whyOf(code)} at ${spanOrList(ns)} tokens`))}, so no times there.`,
    /** of another program */
    within: (arm: string, program: string): string => `${arm} in ${program}`,
    /** of the answer's n*, shape by shape or the widest of several, of how many times as fast the one is at the largest n, and of n* with other programs */
    answer: (ns: readonly KnownFrom[], speed: Estimate | undefined, below: Estimate | undefined, shapes: number, programs: readonly KnownFrom[]): string => {
      const over = shapes > 1 ? ` over ${shapes === 2 ? "both" : `all ${formatCount(shapes)}`} shapes` : "";
      const byPlace = ns.some(({ place }) => place !== "");
      const from = ns.map(
        ({ place, n }, i) => `${place === "" ? "" : `at ${place} `}from ${formatCount(n.low)} to ${formatCount(n.high)}${i === 0 ? " tokens on" : ""}`,
      );
      const parts = [
        ...(from.length === 0 ? [] : [from.join(", ")]),
        ...(speed === undefined ? [] : [`${formatTimes(speed.low)} to ${formatTimes(speed.high)} times as fast${byPlace ? over : ""}`]),
        ...(below === undefined ? [] : [`below that, ${formatTimes(below.low)} to ${formatTimes(below.high)} times`]),
        ...programs.map(({ place, n }) => `with ${place} from ${formatCount(n.low)} to ${counted(n.high, "token")} on`),
      ];
      return `95 % interval${parts.length > 1 || shapes > 1 ? "s" : ""}${byPlace ? "" : over}: ${parts.join("; ")}.`;
    },
    broughtBack: (n: number, arms: readonly { readonly arm: string; readonly times: Estimate }[]): string =>
      `95 % ${plural(arms.length, "interval")} at ${counted(n, "token")}: ${arms.map(({ arm, times }) => `${formatTimes(times.low)} to ${formatTimes(times.high)} times as fast (${arm})`).join("; ")}.`,
    /** of tokens a second of all texts at once, where these were projected: from at most so many */
    projected: ({ n, batch }: Served["largest"]): string =>
      `Tokens a second of so many texts at once are projected: at most ${counted(batch, "text")} and ${counted(n, "token")} were measured, and no interval covers what lies beyond.`,
    /** the same where they were measured */
    serving: (n: number, arms: readonly { readonly arm: string; readonly rate: Estimate }[]): string =>
      `95 % ${plural(arms.length, "interval")} at ${counted(n, "token")}: ${arms.map(({ arm, rate }) => `${formatNumber(rate.low)} to ${formatNumber(rate.high)} tokens a second with ${arm}`).join("; ")}.`,
    /** the answer's arms use the device unequally; `share`: of the most that it allows, at n, of the first arm and of the second, which is asked after */
    unequal: (n: number, [upper, lower]: readonly [ArmShare, ArmShare]): string => {
      const [better, other] = upper.share.value > lower.share.value ? [upper, lower] : [lower, upper];
      return `Part of the difference is the programs': ${better.arm}'s uses this device better: ${shareText(better.share, "of what it allows")}, ${other.arm}'s ${shareText(other.share)}, at ${counted(n, "token")}. With equally good programs ${lower.arm} would do ${better === upper ? "better" : "worse"} than here.`;
    },
    unsteady: (jumped: number, pairs: number): string =>
      `The machine was unsteady: in ${formatCount(jumped)} of ${formatCount(pairs)} checks its speed changed by more than a tenth.`,
    restsOn: "What it rests on",
    nothing: "There is no time to be sure of: no cell was measured.",
    intervals: (precision: number): string => `Intervals are 95 % bootstrap intervals of the median; ±${formatShare(precision)} was asked for.`,
    shortest: (ms: number, steps: number): string =>
      `The shortest time is ${formatMs(ms)}, ${formatCount(steps)} steps of the clock; short kernels are timed many at once.`,
    wide: (cells: number, ranOut: boolean): string =>
      `${counted(cells, "cell")} had a wider interval than asked when measuring ended${ranOut ? " for lack of time" : ""}; the table shows them.`,
    covers:
      "An interval covers what changes from turn to turn and from process to process in this run, not what another driver, clock rate or machine would change.",
    undecided: (fits: number, all: number): string =>
      `${counted(fits, "fit")} of ${formatCount(all)} could not be decided from these points; the table of fits says what to measure.`,
  },

  /** which model was measured, before its numbers are taken for the published one's */
  measuredModel: {
    own: ({ layers, width }: { readonly layers: number; readonly width: number }): string =>
      `Measured: a model of ${counted(layers, "layer")}, ${formatCount(width)} wide, with random weights.`,
    whole: (title: string): string => `Measured: a model with the sizes of ${title}, and with random weights.`,
    shrunk: (model: ModelBeside): string => `Measured: not ${model.title} itself but a model of its plan: ${shrunkText(model)}, random weights.`,
    /** the same as what a page does not show */
    itself: (title: string): string => `${title} itself.`,
    brief: (model: ModelBeside): string => `A model of its plan stands in: ${shrunkText(model)}, random weights.`,
    meaning: ({ title, width, layers, vocab, hidden, experts, even }: ModelBeside): string =>
      `Of ${title} the plan is the same, and the sizes are ${formatList([
        `width ${besideText(width)}`,
        `layers ${besideText(layers)}`,
        ...(experts ? [`experts ${besideText(experts)}`] : []),
        `channels of ${experts ? "an expert" : "the feed-forward network"} ${besideText(hidden)}`,
        `vocabulary ${besideText(vocab)}`,
      ])}. So no time and no n* here is that of ${title}.${
        even
          ? ` With softmax in all layers, attention takes as many multiply-adds of a token as all weights do at n = ${formatCount(even.own)} here, and at n = ${formatCount(even.published)} in ${title}.`
          : ""
      }`,
  },

  limits: {
    heading: "What this does not show",
    meaning: "What that means",
    /** of a whole model; of one layer by phase */
    model: {
      what: "A trained model.",
      brief: "Its weights are random.",
      meaning:
        "What real models have besides is left out: short convolutions, biases, norms of softmax layers' queries and keys, activations of queries, keys and values, scaled residuals, and latent attention's own projections and widths. The tokenizer is timed by itself, on the CPU; the text's way out is not.",
      /** in phase offload, which has no tokenizer */
      moved:
        "What real models have besides is left out: short convolutions, biases, norms of softmax layers' queries and keys, activations of queries, keys and values, scaled residuals, and latent attention's own projections and widths.",
    },
    rest: "The rest of a model.",
    layer: {
      prefill: "Only one attention layer was timed, reading a prompt.",
      decode: "Only one attention layer was timed, for one more token.",
      generate: "Only one attention layer was timed, token by token.",
      offload: "Only the state of one attention layer was timed, coming back or computed again.",
    } as Readonly<Partial<ByPhase>>,
    around: (moved: boolean): string =>
      `Projections of q, k, v and o, norms, gates, convolutions and the feed-forward network are not timed. ${
        moved
          ? "A state that is computed anew needs these too, in all layers before its own, and one that comes back does not, so that in whole models bringing back pays sooner than this page shows."
          : "Most of these cost about the same for both kinds, so that whole models differ by less than this page shows."
      }`,
    quality: {
      what: "Quality.",
      brief: "Inputs are random; what is faster may recall less.",
      meaning: "A mechanism that is faster may recall less; nothing here says how a trained model would answer.",
    },
    gpu: {
      what: "How fast a GPU is.",
      brief: "A CPU did its work here.",
      meaning: "No GPU was used at all: growth and bytes carry over from here, times and n* do not. Take these from a run on your own.",
    },
    devices: {
      what: "How other devices compare.",
      brief: "All times are this GPU's.",
      meaning: "n* moves with compute and memory speed, driver and kernel quality. A run on your own device tells.",
    },
    kernels: {
      what: "The best possible programs.",
      brief: "A GPU maker's own may be faster.",
      meaning: "These kernels are WGSL, through WebGPU; vendor libraries may be faster on either side.",
      /** of a CPU emulation, where linear attention read a prompt by chunks alone */
      chunks:
        "Chunks, by which linear attention reads a prompt here, are made for the thousands of threads of a GPU: a CPU emulation is faster token by token (form recurrent), so that n* would be smaller there.",
    },
  },

  trust: {
    label: "What the numbers rest on",
    device: "Device",
    realGpu: (backend: string): string => `a real GPU, through ${backend}`,
    emulated: (choice: string, backend: string): string => `a CPU emulating a GPU (${choice}, ${backend})`,
    clock: "Clock",
    gpuClock: "GPU timestamps",
    wallClock: "wall clock",
    peersByWall: "beside another runtime the wall clock",
    steps: (ms: number): string => `steps of ${formatMs(ms)}`,
    samples: "Samples",
    noSamples: "none",
    aPoint: (least: number, most: number): string => `${least === most ? formatCount(least) : `${formatCount(least)}–${formatCount(most)}`} a point`,
    turns: (turns: number, processes: number, inEachShard: boolean): string =>
      `${inEachShard ? "at least " : ""}${counted(turns, "turn")} over ${counted(processes, "process", "processes")}${inEachShard ? " in each shard" : ""}`,
    verified: "Verified",
    noneVerified: "nothing",
    verifiedCells: (groups: readonly VerifiedOf[]): string => {
      const several = groups.length > 1;
      return groups
        .map(({ whose, right, wrong }) => {
          const of = several ? (whose === undefined ? "our " : `${whose}'s `) : "";
          if (wrong === 0) return `${of}${counted(right, "cell")} right`;
          return right === 0 ? `${of}${counted(wrong, "cell")} wrong` : `${formatCount(wrong)} of ${of}${counted(wrong + right, "cell")} wrong`;
        })
        .join("; ");
    },
    errors: (groups: readonly VerifiedOf[]): string =>
      groups
        .flatMap(({ whose, worst, wrong, offBy }) => {
          const of = groups.length > 1 ? (whose === undefined ? "our" : `${whose}'s`) : "the";
          return [
            ...(worst
              ? [
                  `${wrong > 0 ? `${of} right cells' ` : groups.length > 1 ? `${of} ` : ""}worst error ${formatNumber(worst.error)}, tolerance ${formatNumber(worst.tolerance)}`,
                ]
              : []),
            ...(offBy === undefined ? [] : [`${of} wrong cells are off by up to ${offBy}`]),
          ];
        })
        .join("; "),
    outcomes: "Outcomes",
    allMeasured: (cells: number): string => (cells === 1 ? "the one cell measured" : `all ${counted(cells, "cell")} measured`),
    noise: "Noise",
    typically: (share: number): string => (share > 1 ? `up to ${formatTimes(1 + share)} times as long` : `within ${formatShare(share)}`),
    atWorst: (worst: Sides): string => `half of the points are known at least so well (95 % intervals); at worst they may be ${sidesText(worst)}`,
    drift: "Drift",
    pace: (least: string, most: string): string => `${least} to ${most}`,
    /** `bySentinel`: of the kernel that is always the same; else of all cells alike */
    steadiness: (bySentinel: boolean, { turns, jumped, again }: { readonly turns: number; readonly jumped: number; readonly again: number }): string =>
      `${bySentinel ? "of one small kernel's time" : "of the time of all cells alike"}, turn by turn${bySentinel ? `; in ${jumped === 0 ? "none" : formatCount(jumped)} of ${counted(turns, "turn")} it jumped${jumped === 0 ? "" : `, ${formatCount(again)} made again`}` : ""}`,
    ceiling: "Share of ceiling",
    shares: (arms: readonly { readonly arm: string; readonly share: number }[], more: number): string =>
      `${arms.map(({ arm, share }) => `${arm} ${formatShare(share)}`).join(", ")}${more > 0 ? `, ${formatCount(more)} more` : ""}`,
    atBest: "at best, of what this device's memory or arithmetic allows",
    /** of the largest of these shares, where it is above all of the ceiling */
    above: {
      perhaps: "above 100 %: as fast as this run's own tests of the device, within its interval",
      surely: "above 100 %: this run's own tests of the device reached less than that cell",
    },
    versions: "Versions",
    dawn: (version: string): string => `webgpu ${version} (Dawn)`,
    driver: (description: string): string => `driver ${description}`,
    efficiency: "Time spent timing",
    ofMeasuring: (ms: number): string => `of ${formatMs(ms)} measuring`,
    code: "Code",
    /** where the code that measured is not the one that analysed */
    measuredBy: "Measured by",
    analysedBy: "Analysed by",
    apart: "not what this run's folder was written with: intervals and words may differ from its run.json and CSV files",
    together: "run.json and the CSV files in this run's folder are of the same analysis",
    noCommit: "no commit known",
    dirty: ", with uncommitted changes",
    run: "Run",
    experiment: (hash: string): string => `experiment ${hash}`,
    shardOf: (index: number, of: number): string => `, shard ${index}/${of}`,
    mergedOf: (parts: number, all: number): string => `, merged of ${formatCount(parts)} of ${counted(all, "shard")}`,
  },

  tally,

  method: {
    heading: "Method",
    /** paragraphs in parts: `em` makes what is set off of a word */
    cell: <Part>(phase: ExperimentPhase, em: (word: string) => Part): readonly (string | Part)[] => [
      "One ",
      em("cell"),
      ` is one mechanism in one form at one shape. Its time is that of one ${repetition[phase]}; n counts the ${meaningOfN[phase]}. Every cell is first checked: its outputs are filled with NaN, computed on this device at this shape, and compared with a float64 reference. A cell that is wrong gets no time.`,
    ],
    turns: (told: {
      readonly processes: number;
      readonly gpuClock: boolean;
      readonly cache: string;
      readonly precision: number;
      readonly crossing: number;
      readonly maxTimeMs: number;
      readonly ranOut: boolean;
      readonly refined: boolean;
    }): string =>
      `Cells are then visited in turns, so that slow drift of the machine meets all of them alike, ${told.processes > 1 ? "and in several processes, since results differ from process to process" : "here in one process, though results differ from process to process"}. A sample is a pass of many repetitions, divided by their number${told.gpuClock ? ", between two timestamps of the GPU" : ", by the wall clock"}. ${told.cache} Measuring goes on until each median is known to ±${formatShare(told.precision)} and each n* to ±${formatShare(told.crossing)}, or ${formatMs(told.maxTimeMs)} have passed${told.ranOut ? "; here the time ran out" : ""}. Before and after each turn one small kernel, always the same, shows whether the device itself changed its pace; a turn in which it did is made again, a quarter of all turns at most.${told.refined ? " Around each n* of measured arms more n were measured than planned." : ""}`,
    growth: <Part>(em: (word: string) => Part): readonly (string | Part)[] => [
      "Growth is the smooth curve t₀ + a·n + b·n² with no negative part, fitted to the medians; the ",
      em("slope"),
      " is that of log time over log n at its right end (1: proportional, 2: the square). Intervals of slopes and of ",
      em("n*"),
      ", the last n up to which the first arm stays below the second, are of curves whose parts may have any sign. Charts, laws and n* keep to the n that were measured; what is told of longer texts stands in a table of its own, as extrapolated.",
    ],
    ceilings: (told: {
      readonly readGbps: number;
      readonly copyGbps: number;
      readonly fmaGflops: number;
      readonly emptyDispatchMs: number;
      readonly cacheKneeBytes?: number | undefined;
    }): string =>
      `Ceilings measured on this adapter in this run: reading ${formatNumber(told.readGbps)} GB/s, copying ${formatNumber(told.copyGbps)} GB/s, multiply-add ${formatNumber(told.fmaGflops)} GFLOP/s, an empty dispatch ${formatMs(told.emptyDispatchMs)}${told.cacheKneeBytes === undefined ? "" : `, reading slows down beyond ${formatBytes(told.cacheKneeBytes)}`}.`,
    otherCache: (arms: readonly string[], cache: "hot" | "cold"): string => ` ${formatList(arms)}: from a ${cache} cache instead.`,
    warmCache: "Caches are warm: every repetition reads the same memory.",
    noKnee:
      "Caches were to be cold, but reading gets no slower here for being spread over more memory: no edge of a cache was found, so every repetition reads the same.",
    coldCache: (copies: number, someShardsWithout: boolean): string =>
      `Caches are cold: what is read rotates over copies (up to ${formatCount(copies)}) that together are twice as large as what the last-level cache holds${someShardsWithout ? "; in shards that found no edge of a cache, every repetition reads the same" : ""}.`,
  },

  orders: {
    heading: "What is O(n²)?",
    says: "It says how work grows with the length n of a text, whatever the device. O(n²) is the square: twice the text is four times the work, ten times the text a hundred times. With softmax attention each token is compared with itself and all before it: a text of 1,000 tokens is about half a million comparisons, one of 2,000 tokens about two million. O(n) is in proportion: twice the text is twice the work. O(1) is the same however long the text is. How large the work is to begin with it does not say, so that O(n) may take longer than O(n²) until a text is long enough.",
    tiled: "Why is softmax's memory O(n), if its time is O(n²)?",
    tiledSays:
      "All comparisons of n tokens would fill a table of n × n numbers. Form naive holds that table, as working memory beside what it keeps. Forms tiled and split never do: they work through it a small tile at a time, keep of each token the sum so far and the largest number seen, and forget the tile. What is left to keep are the keys and values, one of each a token: twice the text, twice the memory. The time is that of all comparisons all the same.",
  },

  glossary: {
    heading: "Words",
    terms: {
      token: { term: "token", meaning: "a piece of text, about three quarters of an English word; a model reads and writes one after another" },
      cell: { term: "cell", meaning: "one point of the charts: one kind of attention at one length and size, measured many times" },
      n: { term: "n", meaning: "the length of a text, in tokens" },
      dModel: { term: "dModel", meaning: "the width of attention: how many numbers stand for a token in it, heads × headDim" },
      head: { term: "head", meaning: "one of several parts that attention works in side by side, each headDim numbers wide" },
      prefill: { term: "prefill", meaning: "reading a prompt: all its n tokens at once" },
      decode: { term: "decode", meaning: "making one more token, with n tokens before it" },
      generate: { term: "generate", meaning: "writing a whole text of n tokens, one after another" },
      tokenLoop: { term: "tokenLoop", meaning: "one token's way through a whole model, with n tokens before it" },
      offload: { term: "offload", meaning: "keeping what belongs to a text outside GPU memory, and bringing it back" },
      cache: { term: "KV cache", meaning: "what softmax attention keeps of the tokens so far: a key and a value of each, so that it grows with n" },
      state: { term: "recurrent state", meaning: "what linear attention keeps instead: one table of a fixed size a head, brought up to date by each token" },
      order: { term: "O(…)", meaning: "how time or memory grows with n: O(1) not at all, O(n) in proportion, O(n²) as the square" },
      crossover: { term: "n*", meaning: "the last length up to which the first arm stays below the second; at all longer ones the second stays below" },
      interval: {
        term: "95 % interval",
        meaning: "the range that a number is taken to lie in: measured again in the same way, 95 of 100 such ranges would hold the true one",
      },
      ceiling: { term: "ceiling", meaning: "the most that this device did in this run's own tests: bytes moved a second, or calculations a second" },
      emulation: { term: "CPU emulation", meaning: "a program that does a GPU's work on the processor: its growth is a GPU's, its times are not" },
    },
  },

  environment: {
    heading: "Environment",
    adapter: "adapter",
    asked: "asked for, got",
    backend: "backend",
    deviceClass: "device class",
    deviceClasses: { hardware: "hardware", software: "software" },
    clock: "clock",
    clockOf: (source: string, stepNs: number): string => `${source}, steps of ${formatNumber(stepNs)} ns`,
    features: "features",
    limits: "limits",
    togglesOn: "toggles on",
    togglesOff: "toggles off",
    cpu: "CPU",
    cores: (model: string, cores: number): string => `${model}, ${formatCount(cores)} cores`,
    memory: "memory",
    system: "system",
    node: "Node",
    packages: "packages",
    started: "started",
    ended: "ended",
    notEnded: "not ended",
    peakMemory: "peak memory of worker, command",
  },

  reproduce: {
    heading: "Reproduce",
    commit: ", commit ",
    seed: (seed: number): string => `, seed ${seed}:`,
    file: "The experiment file",
    take: "Take along, and quote",
    samples: (carried: boolean): string =>
      carried
        ? "This page carries every sample, its times to five digits: samples (CSV) has a row for each, as samples.csv in the folder of the run has with all digits."
        : "Samples are too many for this page, or there are none: samples.csv in the folder of the run has a row for each.",
    quote: "Results are this device's: name it beside them. For example:",
  },

  figures: {
    heading: "Charts",
    noTime: "There is no chart of time: no cell has one. The table of cells says why.",
    more: (pairs: number): string => `${formatCount(pairs)} more ${plural(pairs, "pair", "pairs")} of arms`,
    nothing: "Nothing to draw here.",
    reaches: (arms: readonly { readonly arm: string; readonly x: number }[], variable: string): string =>
      `${arms.map(({ arm, x }) => `${arm} reaches ${variable} = ${formatCount(x)}`).join("; ")}.`,
    fromTo: (
      where: string,
      least: { readonly arm: string; readonly value: string },
      most: { readonly arm: string; readonly value: string },
      less: TimesLess,
    ): string =>
      `At ${where}: from ${least.arm} ${least.value} to ${most.arm} ${most.value} (${less.times}${less.undrifted ? ", once changes of the whole machine's pace are taken out" : ""}).`,
    ends: (where: string, arms: readonly { readonly arm: string; readonly value: string; readonly less: TimesLess | undefined }[], beside: string): string => {
      const told = arms.map(
        ({ arm, value, less }) =>
          `${arm} ${value}${less === undefined ? "" : ` (${less.times} less than ${beside}${less.undrifted ? ", once changes of the whole machine's pace are taken out" : ""})`}`,
      );
      return `At ${where}: ${formatList(told)}.`;
    },
    /** the answer's arms at the largest n of both; `less`: how many times less the last one takes or keeps; `undrifted`: which these values alone do not give */
    /** what the answer says of the chart's arms, beside medians that give other factors */
    broughtBack: (arms: readonly { readonly arm: string; readonly times: Estimate }[], paired: boolean): string =>
      `Beside computing anew: ${formatList(arms.map(({ arm, times }, i) => `${arm} ${formatTimes(times.value)} times${i === 0 ? " as fast" : ""}`))}${paired ? ", once changes of the whole machine's pace are taken out" : ""}.`,
    answerEnds: (
      n: number,
      arms: readonly { readonly arm: string; readonly value: string }[],
      less: (Estimate & { readonly undrifted: boolean }) | undefined,
    ): string => {
      const times =
        less &&
        (less.high > less.low
          ? `, ${formatTimes(less.value)} times less${less.undrifted ? ", once changes of the whole machine's pace are taken out" : ""} (95 % interval ${formatTimes(less.low)} to ${formatTimes(less.high)})`
          : `, ${formatTimes(less.value)} times less`);
      return `At ${counted(n, "token")}: ${formatList(arms.map(({ arm, value }) => `${arm} ${value}`))}${times ?? ""}.`;
    },
    answerMarks: (metric: Fit["metric"], winner: { readonly arm: string; readonly latest: boolean } | undefined, statuses: readonly GapStatus[]): string => {
      const better = metric === "time" ? "faster" : "smaller";
      const edge = statuses.length === 0 ? "" : ` ${atEdge(statuses)}`;
      return `Lower is ${better}; each step of a scale is a multiple.${winner === undefined ? "" : ` Upright line: from there on ${winner.arm} is ${better}${winner.latest ? ", if not before" : "; grey: its 95 % interval"}.`}${metric === "time" ? " Bars and shades: 95 % intervals." : ""}${edge}`;
    },
    sameValues: (arms: readonly string[]): string => `${formatList(arms)} have the same values; one hides the other.`,
    keepNothing: (arms: readonly string[]): string => `${formatList(arms)} ${plural(arms.length, "keeps", "keep")} nothing between tokens.`,
    growth: (metric: Fit["metric"], shown: GrowthShown): string => {
      const time = metric === "time";
      const law = `${time ? "t₀" : "c"} + a·n + b·n²`;
      const parts = [
        time ? "Marks are medians, shaded bands their 95 % intervals" : "Marks are exact byte counts",
        ...(shown.fitted ? [`lines are the fitted ${law}`] : []),
        ...(shown.joined ? ["lines join the points, nothing is fitted"] : []),
        ...(shown.off ? [`thin lines join all marks of an arm of which some lie 15 % or more off the fitted ${law}: no slope is told of it`] : []),
        ...(shown.beyond ? ["thin lines join marks that the fitted one leaves out, as its law does not hold there"] : []),
        ...(shown.guided ? ["thin dashes only show a slope"] : []),
        ...(shown.crossing ? ["the dashed upright is n*, its grey bar the 95 % interval"] : []),
      ];
      return `${parts.join("; ")}. Both axes are logarithmic.${shown.guided && time ? " Below n stand lengths to compare it with: about 50 tokens make a message, 500 a page, 10,000 a paper, 130,000 a novel." : ""}`;
    },
    /** `scaled`: at some, half was not measured; `steady`: all times are those of fits */
    doubling: (variable: string, scaled: boolean, steady: boolean): string =>
      `Each mark is the time at its ${variable} divided by the time at half of it: 1× is constant, 2× is proportional, 4× is the square. ${scaled ? "Hollow: half of it was not measured, and the step from the nearest shorter one is scaled to a doubling. " : ""}A fixed cost per dispatch pulls short ones towards 1×; what the whole machine drifted is taken out${steady ? "" : " as far as a law was fitted"}.`,
    heatHeading: ({ upper, lower }: Names): string => `Where ${lower} beats ${upper}`,
    heatFaster: (arm: string): string => `${arm} faster, `,
    heatPale: "pale: not measured, by laws",
    /** `won`: pairs whose whole 95 % interval is on the side of `lower`, too; `crossing`: some n* is drawn */
    heat: ({ upper, lower }: Names, won: number, measured: number, crossing: boolean): string =>
      `${lower} is surely faster, and by a tenth or more, in ${formatCount(won)} of ${formatCount(measured)} pairs. Grey: they differ by less, or the 95 % interval holds 1×. Numbers are ${upper} time ÷ ${lower} time, what the whole machine drifted taken out as far as a law was fitted; left out where there is no room${crossing ? "; the dashed line is n*" : ""}. Every column is one measured n.`,
    heatFew: ({ upper, lower }: Names, won: number, measured: number, byLaw: boolean): string =>
      `${lower} is surely faster, and by a tenth or more, in ${formatCount(won)} of ${formatCount(measured)} ${plural(measured, "pair", "pairs")}: too few of the sizes for a map. Numbers are ${upper} time ÷ ${lower} time${byLaw ? "; those with ≈ were not measured and are what laws over n and the width of the model say" : ""}.`,
    heatLaws: (pale: boolean): string =>
      `A diamond is n* by one law over n and the width of the model that all cells of an arm are fitted to at once${pale ? "; pale cells, with ≈ where there is room for numbers, were not measured and are what these laws say" : ""}. The laws stand below, with the fits.`,
    slopes:
      "The exponent of a small step: 0 where a longer text costs nothing, 1 where twice as long costs twice as much, 2 where it costs four times as much. It rises towards the law's own as the fixed cost of a launch gets small beside the rest; what the whole machine drifted is taken out.",
    /** `arms`: empty where there are several charts */
    slopesFrom: (arms: readonly { readonly arm: string; readonly from: number }[], variable: string): string =>
      arms.length === 0
        ? "Where a curve begins later than its times, its law does not hold for the shorter ones."
        : `There is no exponent for ${formatList(arms.map(({ arm, from }) => `${arm} below ${variable} = ${formatCount(from)}`))}: the law fitted does not hold there.`,
    /** Arms, with their shapes where they have one elsewhere; `few`: they have too few sizes; else no law was fitted */
    slopesNone: (arms: readonly string[], more: number, few: boolean, variable: string): string =>
      `There is none for ${formatList([...arms, ...(more > 0 ? [`${formatCount(more)} more`] : [])])}: ${few ? `it takes 4 values of ${variable} over a range of 4 times or more` : "no law was fitted to their times"}.`,
    /** `off`: 0.4 where a time is 1.4 times as long as the curve says, or the other way round */
    slopesOff: (arms: readonly { readonly arm: string; readonly off: number }[]): string =>
      `Hollow: exponents of a smooth curve that its times step off, by up to ${formatList(arms.map(({ arm, off }) => `${formatShare(off)} (${arm})`))}. They can lie above or below what the steps between neighbours show, which the chart of doublings has.`,
    crossovers: ({ upper, lower }: Names): string =>
      `Beyond n*, ${lower} is faster than ${upper}. Measured says that of these kernels on this device; at equal shares, of two that both came as near to what the device can do as the better one does; predicted, of what each has to compute and to read alone.`,
    noMark: (place: string, size: string, value: number, why: string): string =>
      `${place === "" ? "" : `${place}: `}${size} ${formatCount(value)} has no mark as measured: ${why}.`,
    drift: (jumped: { readonly jumped: number; readonly turns: number; readonly again: number } | undefined): string =>
      `The sentinel is one small kernel that is timed before and after every turn; all cells together are what a turn did to every one of them alike. A turn in which the sentinel changes by more than a tenth is made again, a quarter of all turns at most and as far as time allows: of these turns ${
        jumped === undefined ? "none" : `${formatCount(jumped.jumped)} of ${formatCount(jumped.turns)} were such, and ${formatCount(jumped.again)} made again`
      }. Drift that all cells share is taken out of laws and n*.`,
    driftShards: (parts: readonly { readonly shard: number; readonly turn: number }[]): string =>
      `Shards were measured apart: their turns follow each other here, each over the middle of its own shard (${parts.map(({ shard, turn }) => `shard ${formatCount(shard)} from turn ${formatCount(turn)} on`).join(", ")}).`,
    madeAgain: "made again",
    thinned: (drawn: number, all: number): string =>
      `${formatCount(drawn)} of ${formatCount(all)} shapes are drawn, in even steps; all are in the table of cells.`,
    computed: (kinds: readonly ComputedKind[]): string => {
      const words = {
        equalShare: "a hollow diamond is where n* would be if both came as near to this device's limits as the better of them",
        predicted: `a hollow square ${kinds.length > 1 ? "where it" : "is where n*"} would be by what each has to compute and to read alone`,
      } satisfies Record<ComputedKind, string>;
      return `On the n axis ${formatList(kinds.map((kind) => words[kind]))}. ${kinds.length > 1 ? "Neither is" : "It is not"} measured.`;
    },
    /** Where they stand, pair by pair; `place`: "" where there is one chart */
    computedAt: (places: readonly ComputedPlace[]): string =>
      `${places
        .map(({ place, pair, marks }) => {
          const own = marks.map(({ kind, n }) => `${kind === "equalShare" ? "diamond" : "square"} ${formatCount(n)}`);
          return `${place === "" ? "" : `${place}: `}${pair} ${formatList(own)}`;
        })
        .join("; ")}.`,
    computedMore: <Part>(count: number, link: (words: string) => Part): readonly (string | Part)[] => [
      `${formatCount(count)} more ${count === 1 ? "is" : "are"} in `,
      link("the table of n*"),
      ".",
    ],
    /** `more`: how many beside those, 0 or less for none */
    emptyPlaces: (titles: readonly string[], more: number): string =>
      `There is no chart of ${formatList([...titles, ...(more > 0 ? [`${formatCount(more)} more`] : [])])}, as there is nothing to draw.`,
    above: (shape: string): string => `The chart of ${shape} stands beside the answer.`,
    gaps: atEdge,
    wherePrefix: (facet: string | undefined, variable: string, x: number): string =>
      `${facet === undefined ? "" : `${facet}, `}${variable} = ${formatCount(x)}`,
    offload: "A state that leaves the GPU and comes back",
    peers: (titles: string): string => `Beside ${titles}`,
    tuning: "Variants",
    shards: "Shards",
  },

  charts: {
    repetition: (phase: ExperimentPhase): string => repetition[phase],
    /** of several texts at once: so many, or all of a batch */
    repetitionOf: (phase: ExperimentPhase, texts: number | "batch"): string => {
      const all = texts === "batch" ? "all texts of a batch" : `${formatCount(texts)} texts at once`;
      return phase === "tokenLoop" ? `token of ${all} through the whole model` : `${repetition[phase]}, of ${all}`;
    },
    xTitle: (phase: ExperimentPhase): string => `${meaningOfN[phase]} (n)`,
    wallClock: "wall clock",
    gpuClock: "GPU clock",
    unknownDevice: "unknown device",
    /** at n*, in the chart of the answer; `brief`: where it is narrow */
    /** `latest`: at that n it is sure, and may be so before */
    fromHere: (metric: Fit["metric"], n: number, arm: string, brief: boolean, latest: boolean): string => {
      const better = metric === "time" ? "faster" : "smaller";
      return brief
        ? `${arm} ${better} ${latest ? "by" : "from"} ${formatCount(n)}`
        : `from ${formatCount(n)} tokens on${latest ? " at the latest" : ""}, ${arm} is ${better}`;
    },
    slope: (exponent: number): string => `slope ${exponent.toFixed(2)}`,
    slopeIn: (exponent: string): string => `, slope ${exponent}`,
    constant: "constant",
    ruler: { message: "message", page: "page", paper: "paper", novel: "novel" },
    interval: "95 % interval",
    scaledInterval: "95 % interval; hollow: half not measured, scaled to a doubling",
    timeHeading: (per: string): string => `Time per ${per}`,
    timeTitle: (facet: string): string => `Time, ${facet}`,
    msPer: (per: string): string => `ms per ${per}`,
    timeNote: "median, 95 % interval",
    nothingMeasured: "nothing measured",
    at: (value: string, variable: string, x: number | string): string => `${value} at ${variable} = ${x}`,
    logarithmic: (title: string, what: string, variable: string): string => `${title}: ${what} over ${variable}, both axes logarithmic`,
    memoryHeading: "Memory carried along (state)",
    memoryTitle: (facet: string): string => `Memory, ${facet}`,
    stateOf: (phase: ExperimentPhase): string =>
      ({
        prefill: "bytes of state after n tokens",
        decode: "bytes of state at n tokens of context",
        generate: "bytes of state after n tokens",
        tokenLoop: "bytes kept of n tokens, all layers",
        offload: "bytes of state of n tokens",
      })[phase],
    counted: "counted, exact",
    countedHollow: "counted; hollow: by formula, not run",
    nothingCounted: "nothing counted",
    doublingHeading: (variable: string): string => `What twice the ${variable} costs`,
    doublingTitle: (facet: string): string => `Per doubling, ${facet}`,
    doublingAxis: (variable: string): string => `time at ${variable} ÷ time at half of it`,
    doublingSaid: (title: string, variable: string): string => `${title}: time at ${variable} divided by time at half of it`,
    slopesHeading: "How fast time grows at each n",
    slopesTitle: (facet: string): string => `Local exponent, ${facet}`,
    slopesAxis: "exponent α: time grows like n to the power α here",
    slopesNote: "of the fitted curve, 95 % interval",
    slopesSaid: (title: string): string => `${title}: local slope of log time over log n`,
    /** cells under what the device can do at best */
    roofline: {
      heading: "How near to this device's limits",
      title: (facet: string): string => `Near to the limits, ${facet}`,
      x: "FLOPs for each byte to be moved",
      y: "GFLOP/s",
      note: "executed, 95 % interval, under the measured ceilings",
      roof: "the most that is possible",
      intensity: "FLOPs a byte",
      tip: (intensity: string, share: string): string => `${intensity} FLOPs a byte, ${share} of the ceiling`,
      shares: (least: string, most: string): string => (least === most ? `${least} of the ceiling` : `${least} to ${most} of the ceiling`),
      said: (title: string): string => `${title}: GFLOP/s over FLOPs a byte, both axes logarithmic`,
      /** `ridge`: FLOPs a byte */
      caption: (ridge: string): string =>
        `A mark is a cell: how much it computes for each byte that it has to move, and how fast. The line is the most that this device did in this run's own tests: as fast as memory brings bytes on the slope, as fast as it multiplies and adds on the flat, from ${ridge} FLOPs a byte on. What lies far below the line is held up by something else: launches, waiting, or a kernel that could be better. Bytes are the least that any kernel has to move; one that moves more lies lower.`,
    },
    crossoverHeading: ({ upper, lower }: Names, size: string): string => `n* of ${lower} over ${upper} against ${size}`,
    crossoverAxis: (arm: string): string => `n* (${arm} is faster above)`,
    /** of arms that one n* is of; `all`: of those that the chart compares */
    pairs: (count: number, all: boolean): string => `of ${all ? "all " : ""}${formatCount(count)} pairs`,
    crossoverKinds: { measured: "measured", equalShare: "equal shares", predicted: "predicted" },
    nAt: (n: number, size: string, value: number): string => `${formatCount(n)} at ${size} ${value}`,
    driftHeading: "How steady the device was",
    driftAxis: "time over that of the usual turn",
    driftNote: "one mark a turn",
    turn: "turn",
    allCells: "all cells",
    sentinel: "sentinel",
    madeAgain: "made again",
    kept: "kept",
    asUsual: "as usual",
    driftSaid: "time in each turn over that of the middle one",
    driftRange: (least: string, most: string): string => `${least} to ${most}`,
    unknown: "unknown",
    heatTitle: ({ upper, lower }: Names): string => `${upper} time ÷ ${lower} time`,
    heatRows: (axes: string): string => `rows: ${axes}`,
    heatNote: "dashed: n*",
    heatLawNote: "diamonds: n* by one law over all cells",
    heatSaid: (title: string, axes: string): string => `${title} over n and ${axes}`,
    about: "about ",
    allShapes: "all",
    /** by how much one is faster, from the first arm much faster to the second */
    heatSteps: ["over 4×", "2× to 4×", "1.1× to 2×", "about equal or too close to tell", "1.1× to 2×", "2× to 4×", "over 4×"] as readonly string[],
    /** lines of what a point says when it is asked */
    tips: {
      gap: (status: GapStatus): string => gapWords[status],
      byFormula: "by formula, not run",
      samples: (count: number): string => counted(count, "sample"),
      fromHalf: (variable: string, value: string): string => `from half of it to ${variable} = ${value}`,
      scaled: (variable: string, from: string, to: string): string => `from ${variable} = ${from} to ${to}, scaled to a doubling`,
      timesLonger: (ratio: string): string => `time × ${ratio}`,
      turn: (turn: string): string => `turn ${turn}`,
      ofUsualTurn: (factor: string): string => `${factor}× the time of the usual turn`,
      exponent: (value: string): string => `exponent ${value}`,
      ofTime: (share: string): string => `${share} of the time`,
      byLaws: "by the laws, not measured",
    },
    stageHeading: "Where a token's time goes",
    stageNote: "above each bar the whole",
    stageAxis: "share of the time",
    stageSaid: (title: string, variable: string): string => `Where a token's time goes, ${title}: shares of each stage at every ${variable}`,
    stages: stageWords as Readonly<Record<StageName, string>>,
    servingHeading: "Serving: how many texts at once, and how fast",
    servingTexts: { title: "Texts that have room at once", axis: "texts of n tokens", note: "by counted bytes of the memory", unit: "texts" },
    servingTokens: {
      title: "Tokens a second of texts served at once",
      axis: "tokens/s in all",
      /** what kinds of marks there are */
      note: (measured: boolean, projected: boolean): string =>
        [...(measured ? ["full: measured, 95 % interval"] : []), ...(projected ? ["hollow: projected"] : [])].join(" · "),
      unknown: "not known",
    },
    servingX: "tokens of each text (n)",
    servingSaid: (title: string): string => `${title}, over n`,
  },

  tables: {
    arm: "arm",
    form: "form",
    at: "at",
    of: "of",
    growsWith: "grows with",
    fitted: "fitted",
    claimed: "claimed",
    verdict: "verdict",
    verdicts: { agrees: "agrees with the claim", contradicted: "contradicts the claim", undecided: "undecided" } as Readonly<Record<Fit["verdict"], string>>,
    slopeAtEnd: "slope at the end",
    constant: "constant",
    perN: "per n",
    perN2: "per n²",
    points: "points",
    note: "note",
    fromSize: (variable: string): string => `from ${variable}`,
    /** a law that is decided, and neither agrees with the claimed one nor contradicts it */
    besideClaim: {
      above: (claim: string): string => `It follows the points best, but is too close to ${claim} to contradict that.`,
      below: (claim: string): string => `The range may be too short to show ${claim}.`,
    },
    measureUpTo: (variable: string, x: number): string => `Measure up to ${variable} = ${formatCount(x)}.`,
    time: "time",
    stateBytes: "state bytes",
    wallTime: "wall time",
    pair: "pair",
    result: "result",
    timesAsFast: "so many times as fast from n",
    equalShares: "at equal shares",
    predicted: "predicted",
    measured: "measured",
    rangeOfN: "range of n",
    law: (law: GrowthClass | "undecided"): string => law,
    crosses: "crosses",
    manyCrossings: (crossings: readonly number[]): string => `crosses more than once: ${crossings.map(formatCount).join(", ")}`,
    lower: (arm: string): string => `${arm} is lower at every n measured`,
    noCrossing: "no crossing in the range measured",
    undecided: "undecided",
    atLatest: (n: number): string => `n* at ${formatCount(n)} at the latest`,
    would: {
      crosses: "crosses",
      many: "crosses more than once",
      already: "lower at every n",
      none: "no crossing",
      undecided: "undecided",
    } as Readonly<Record<Outcome, string>>,
    measuredUpTo: "measured up to n",
    extrapolated: "Extrapolated, not measured: the fitted times at lengths beyond those of this run. Brackets are 95 % intervals of the fit.",
    values: "values",
    lawHead: "law",
    flops: "FLOPs",
    timeOfOne: "time of one repetition",
    cells: "cells",
    typicallyOff: "usually off by",
    atMostOff: "most off",
    /** `off`: with its sign, nothing where no point is off */
    offAt: (off: string | undefined, variable: string, x: number): string => (off === undefined ? "0" : `${off} (${variable} ${formatCount(x)})`),
    residuals: "How far each measured point lies from its curve",
    residualsCaption:
      "Measured over fitted, less 1, at each length: above the curve +, below it −. Signs that change from length to length are noise; points that lie above in the middle and below at both ends, or the other way round, are of another law.",
    offBy: "off by",
    atMostBy: "at most by",
    worst: (off: number, n: number, variable: string, size: number): string => `${formatShare(off)} (n ${formatCount(n)}, ${variable} ${formatCount(size)})`,
    jointCrossing: "n* by the laws over both",
    none: "none",
    joint:
      "Time over n and the width of the model at once: one law for all cells of an arm, non-negative, by relative error. Off by: root mean square over its cells.",
    jointCrossings: "n* by these laws, within the n that were measured of both. Brackets hold the noise of the times, not what the laws are off by.",
    fitsHeading: "Orders, fits and crossovers",
    fits: "Growth of each arm, fitted and claimed. Brackets are 95 % intervals.",
    sizes:
      "Growth with the width of the model, by more heads (dModel) or wider ones (headDim), at the largest n that all values were measured at. FLOPs: how the work of the definition grows. A law of times is named from 7 values on.",
    crossovers:
      "Where the second arm becomes cheaper than the first: n*, the last n up to which the first stays below. At equal shares: if both used this device as well as the better one does at its best. Predicted: of the least times that the measured ceilings allow for what each executes.",
    cellsHeading: "All cells",
    cellsCaption: (cells: TallyNumbers): string => `${tally(cells)}. Times are per repetition.`,
    composed: "+ composed",
    outcomes: { ok: "✓ ok", failed: "✕ failed", skipped: "○ skipped", censored: "△ censored", pending: "○ not reached" } as Readonly<
      Record<CellRecord["outcome"]["status"], string>
    >,
    outcome: "outcome",
    median: "median",
    interval: "95 % interval",
    samples: "samples",
    heads: "heads",
    kv: (heads: string, kvHeads: string): string => `${heads} / ${kvHeads} kv`,
    batch: "batch",
    tokensPerSecond: "tokens/s",
    ofCeiling: "of ceiling",
    binding: { compute: "compute", memory: "memory" },
    bound: (share: string, binding: string): string => `${share} (${binding})`,
    /** of a share above 100 %: the least by its interval */
    downTo: (share: string, low: string): string => `${share}, interval from ${low}`,
    state: "state",
    peak: "peak",
    worstError: "worst error",
    reason: "reason",
    /** why a cell was not measured; `reason`: in words of whoever found it */
    because: (code: string, reason: string): string => `${whyOf(code)}${reason === "" ? "" : `: ${reason}`}`,
    /** `heads`: of columns that a narrow screen and paper leave out until a reader asks for them */
    showAlso: (heads: readonly string[]): string => `show ${formatList(heads)} too`,
    /** `sizes`: "dModel 512, heads 8" */
    everywhere: (sizes: string): string => `All have ${sizes}.`,
    ratio: "ratio",
    exponent: "exponent",
  },

  /**
   * Two runs held against each other. Verdicts are promised words, in every language; in another than English its own word stands beside them. A note is known again by the words that `known` has of it, as
   * comparison.json holds it as a text.
   */
  comparison: {
    verdicts: { SAME: "SAME", FASTER: "FASTER", SLOWER: "SLOWER", UNDECIDED: "UNDECIDED", NEW: "NEW", GONE: "GONE" } as Readonly<Record<Verdict, string>>,
    /** of bytes and errors */
    counted: { SLOWER: "larger", FASTER: "smaller" },
    /** its own word, and the promised one */
    withVerdict: (own: string, verdict: Verdict): string => `${own} (${verdict})`,
    sides: { base: "base", head: "head" } as Readonly<Record<DuetSide, string>>,
    metrics: comparedMetrics,
    place: (arm: string, n: number, shape: string): string => `${arm} at n = ${formatCount(n)}${shape === "" ? "" : `, ${shape}`}`,
    law: (law: GrowthClass | "undecided"): string => law,
    ofArm: (metric: "exponent" | "class", of: ArmComparison["of"]): string => `${metric} of ${comparedMetrics[of]}`,
    outcomes: { crosses: "crosses", already: "faster at every n", none: "at no n", many: "crosses more than once", undecided: "undecided" } as Readonly<
      Record<Outcome, string>
    >,

    answer: (gate: Comparison["gate"], cells: number, noiseFloor: number | undefined, counts: readonly VerdictCount[]): string => {
      const ends: Readonly<Record<Comparison["gate"], string>> = {
        pass: "passed: nothing that gates became worse",
        fail: "FAILED",
        undecided: "undecided: nothing that gates is known to be worse, and not all is known",
        nothing: "empty: nothing was measured in both",
        off: "open to all: nothing gates",
      };
      const how = noiseFloor === undefined ? "measured turn by turn beside each other" : `of two runs apart (noise floor ±${(100 * noiseFloor).toFixed(1)} %)`;
      return `Gate ${ends[gate]}. Time of ${formatCount(cells)} cells, ${how}: ${formatList(counts.map(({ verdict, count }) => `${count} ${verdict}`)) || "none"}.`;
    },
    apart: (differences: readonly string[]): string => `The runs differ in more than their code, so nothing is gated: ${differences.join("; ")}.`,
    /** names of what they differ in, which are told elsewhere */
    apartIn: (names: readonly string[]): string => `The runs differ in more than their code, so nothing is gated: ${formatList(names)}.`,
    lost: (place: string, inBase: boolean, note: string): string => `LOST in head, ${inBase ? "measured" : "and not so"} in base: ${place} (${note}).`,
    failedInBoth: (place: string, more: number, note: string): string => `FAILED in both: ${place}${andMore(more)} (${note}).`,
    neitherMeasured: (place: string, more: number, note: string): string => `UNDECIDED, as neither run measured it: ${place}${andMore(more)} (${note}).`,
    again: "What helps: the same once more, with a longer --budget where it had no time.",
    changed: ({ verdict, place, metric, factor, interval, note, base, head }: Changed): string =>
      `${verdict}: ${place}, ${comparedMetrics[metric]} ${factor === undefined ? "?" : `${factor} times`}${interval === undefined ? "" : ` ${interval}`} base's${note === undefined ? "" : ` ${note}`} (${base ?? "none"} → ${head ?? "none"}).`,
    moreAre: (verdict: Verdict, more: number): string => `${more} more are ${verdict}.`,
    arm: ({ labels, metric, of, base, head }: ArmComparison): string =>
      `${metric === "crossover" ? `n* of ${formatList(labels)}` : `${metric} of ${labels[0]}'s ${comparedMetrics[of]}`}, ${base ?? "not known"} → ${head ?? "not known"}`,
    armChanged: (verdict: Verdict, arm: string, gates: boolean): string => `${verdict}: ${arm}${gates ? "" : " (does not gate)"}.`,
    armsUndecided: (arm: string, more: number, gates: boolean): string => `UNDECIDED of the arms: ${arm}${andMore(more)}${gates ? "" : " (does not gate)"}.`,
    undecided: (place: string, more: number, note: string, obstacle: Obstacle, paired: boolean): string => {
      const duet = "attnbench duet, which measures both beside each other";
      const remedies: Readonly<Record<Obstacle, string>> = {
        clock: "a device or longer cells (a larger n) that this clock tells apart",
        machine: `${paired ? "" : `${duet}; `}a quieter machine`,
        brevity: `${paired ? "a longer --budget" : `longer runs (--budget), or ${duet}`}; a quieter machine`,
      };
      return `UNDECIDED: ${place}${andMore(more)} (${note}). What helps: ${remedies[obstacle]}; or a larger --threshold.`;
    },
    oneSided: (verdict: "NEW" | "GONE", place: string, more: number, note: string): string => `${verdict}: ${place}${andMore(more)} (${note}).`,
    otherKernels: (changed: number, all: number, place: string): string =>
      `Another kernel in head than in base in ${formatCount(changed)} of ${formatCount(all)} cells: ${place}${andMore(changed - 1)}.`,
    sameFolders: (held: string): string => `--kernels held the same for base and head: ${held}.`,
    /** `unchanged`: no kernel of a cell that both have */
    otherFolders: (base: string, head: string, unchanged: boolean): string =>
      `--kernels held ${base} for base and ${head} for head${unchanged ? ", which changed the kernel of no cell that both have" : ""}.`,
    blind: (least: number): string => `No slowdown of any cell would have been found, however large: ${blindness(least)}.`,
    /** shares; `blind` of `timed` cells would have shown none */
    findable: (typical: number, worst: number, threshold: number, blind: number, timed: number, least: number): string => {
      // A comparison that finds no tenfold change finds nothing that anyone would ask of it.
      const percent = (share: number): string => (share < 9 ? `${(100 * share).toFixed(1)} %` : "more than tenfold");
      const none = blind > 0 ? ` In ${formatCount(blind)} of ${formatCount(timed)} none would have been, however large: ${blindness(least)}.` : "";
      return `Smallest slowdown that would have been found in 95 of 100 such comparisons: ${percent(typical)} in the typical cell, ${percent(worst)} in the worst (threshold ${percent(threshold)}).${none}`;
    },
    advises: "Times on a CPU emulation advise and do not gate (--strict makes them): what is good for a GPU may slow an emulator.",

    /** why a number has the verdict that it has */
    notes: {
      neitherTells: "neither run tells it",
      sameSlopes: "the slopes do not differ enough to say that the law has changed",
      of: (side: DuetSide, why: string): string => `${side}: ${why}`,
      ofBoth: (base: string, head: string): string => `base: ${base}; head: ${head}`,
      neitherHas: (why: string): string => `neither has it: ${why}`,
      failedOtherwise: (why: string): string => `head: ${why}, and in base it did not fail so`,
      notPlanned: "not in its plan",
      notAsked: "not asked",
      noWorker: "no worker could be had",
      notReached: "not reached",
      outcome: (code: string, reason: string): string => `${code}: ${reason}`,
      notTimed: "not timed in both",
      notKnown: "not known of both",
      besideOthers: (factor: number): string => `beside the other cells, which took ${factor.toFixed(3)} times base's`,
      fewVisits: "measured too few times to say anything: at least two visits of each are needed",
      fewProcesses: (processes: number, least: number): string =>
        `measured in ${processes} ${plural(processes, "process", "processes")}, and times differ from one to the next: at least ${least} are needed`,
      steps: "the two differ by less than three steps of this clock",
      coarse: (share: number): string => `three steps of this clock are ${(100 * share).toFixed(1)} % of it, more than the threshold`,
      machine: (share: number): string =>
        `this machine moves by up to ±${(100 * share).toFixed(1)} % from run to run, more than the threshold: no number of turns would decide, measuring both beside each other would`,
      /** `times`: as many turns would decide; undefined where hardly any number would */
      wide: (half: number, rest: number, times: number | undefined): string => {
        const told = `its interval reaches ±${(100 * half).toFixed(1)} %, and the change lies ${(100 * rest).toFixed(1)} % from the threshold`;
        return times === undefined
          ? `${told}, which more turns alone would hardly decide`
          : `${told}: about ${times.toFixed(times < 10 ? 1 : 0)} times as many turns would decide`;
      },
    },
    /** words that only such notes have */
    known: {
      clock: "of this clock",
      noTurns: "no number of turns",
      hardly: "would hardly decide",
      besideOthers: "beside the other cells",
      notReached: "not reached",
    },

    /** what else sets them apart */
    difference: (of: DifferenceOf, text: string): string => `${differenceNames[of]}: ${text}`,
    /** a part of the experiment by its name in the file */
    partDiffers: (part: string, text: string): string => `${part}: ${text}`,
    against: (base: string, head: string): string => `${base} against ${head}`,
    keysAgainst: (keys: readonly { readonly key: string; readonly base: string; readonly head: string }[]): string =>
      keys.map(({ key, base, head }) => `${key} ${base} against ${head}`).join(", "),
    onlyIn: (side: DuetSide): string => `only in ${side}`,
    nothing: "none",
    cores: (model: string, cores: number): string => `${model}, ${cores} cores`,
    noneInCommon: "they have none in common",
    otherShape: (cell: string, more: number): string => `${cell}${more > 0 ? ` and ${more} more` : ""} of another shape`,

    /** what a reader must know of how they were measured */
    oneRun: "Base and head are one and the same run: nothing that became worse could be seen.",
    unfinished: (side: DuetSide, run: string, interrupted: boolean): string =>
      `${capital(side)} is not finished: run ${run} was ${interrupted ? "interrupted" : "broken off"}, and what it did not come to is not known.`,
    duetInterrupted: "This duet was interrupted: what follows is of the visits until then.",
    baseRefused: (why: string): string => `Base cannot be measured, so everything is NEW: ${why}`,
    workerLost: (side: DuetSide, cell: string, reason: string, more: number): string =>
      `A worker of ${side} was lost under a visit, and another made it again: ${cell} (${reason})${more > 0 ? `, and ${more} more` : ""}.`,
    unreadFile: (file: string): string => `What base's ${file} asked for cannot be read here, so whether head's asks for less is not known.`,
    dropped: (file: string, cells: number, first: string): string =>
      `Base's ${file} asks for ${counted(cells, "cell")} that head's does not, and nobody measured: ${first}${andMore(cells - 1)}.`,
    sharedKernels: (shared: SharedKernels): string => {
      const both = "base and head are measured with the same mechanisms of it, as they are now";
      switch (shared.kind) {
        case "outside":
          return `${shared.named} lies outside the repository: ${both}.`;
        case "untracked":
          return `${shared.named} is no part of what git has, since it is ignored or a repository of its own: ${both}.`;
        case "linked":
          return `${shared.named}: ${shared.files} is reached by a link that leads out of both states, so ${both}.`;
        case "newInHead":
          return `base has no ${shared.named}: what it holds is NEW.`;
        default:
          return shared satisfies never;
      }
    },

    page: {
      title: (experiment: string): string => `${experiment}: base against head`,
      against: "base against head",
      compared:
        "Base is what was there before, head is what is asked about: all that follows says how head differs from base. What gates decides whether this check is passed; what does not is shown for information.",
      gates: {
        pass: "✓ Passed: nothing that gates became worse",
        fail: "✕ Failed: something that gates became worse",
        undecided: "? Undecided: not all that gates is known",
        nothing: "? Nothing was measured in both runs",
        off: "Runs that differ in more than their code: nothing gates",
      } as Readonly<Record<Comparison["gate"], string>>,
      meanings: {
        SAME: (threshold) => `the 95 % interval of a time lies within ±${threshold}; bytes are equal, errors and laws alike`,
        FASTER: (threshold) => `better by ${threshold} or more, and not by chance; of bytes and errors less, of laws a lower order`,
        SLOWER: (threshold) => `worse by ${threshold} or more, and not by chance; of bytes and errors more, of laws a higher order`,
        UNDECIDED: () => "the interval is too wide to say either",
        NEW: () => "only head has it",
        GONE: () => "only base has it",
      } as Readonly<Record<Verdict, (threshold: string) => string>>,
      runs: "The two runs",
      andChanges: " and changes",
      ofRun: (run: string, at: string): string => `, run ${run}, ${at} UTC, on `,
      measured: "measured",
      how: (paired: boolean): string =>
        paired
          ? "turn by turn beside each other, so that what slowed the machine slowed both"
          : "one after the other: what the machine did in between is in no interval",
      differIn: "differ in",
      cells: "Cells",
      times: (paired: boolean): string =>
        `A time is that of undisturbed work: what a quarter of each visit's samples stay below, in the mean of ${paired ? "the turns that both were measured in" : "all visits"}, since whatever else a machine does only slows it. So it may lie below the median that a run's own report has. head ÷ base is the one over the other.`,
      besideOthers:
        "Where a note says “beside the other cells”, head ÷ base is divided by what those took too, as the note says: that much the machine changed, or all kernels alike.",
      noCell: "No cell has anything to compare.",
      ratio: "head ÷ base",
      strip: (threshold: string): string => `the same; ±${threshold} shaded`,
      scale: (low: string, high: string): string => `${low} to ${high}`,
      cellsCaption: "Cells, what changed first. Intervals are 95 %.",
      arms: "Arms",
      armsHead: "arms",
      /** `place`: the sizes that all are of; empty where they differ in them */
      armsCaption: (place: string): string => `Slopes, classes and n*${place === "" ? "" : ` at ${place}`}. n* is shown and gates nothing.`,
      noneTold: "none told",
      /** a note that stands in the row above too */
      asAbove: "as above",
      moreRows: (rows: number): string => `${formatCount(rows)} more rows are in comparison.json.`,
      madeBy: (version: string): string => `Made by attnbench ${version}. comparison.json has all of it, and each run's report its own charts.`,
    },

    markdown: {
      gates: {
        pass: "✅ passed",
        fail: "❌ failed",
        undecided: "❔ undecided",
        nothing: "⚠ nothing measured in both",
        off: "runs that differ, so nothing gates",
      } as Readonly<Record<Comparison["gate"], string>>,
      /** each part is Markdown already */
      heading: (experiment: string, gate: string): string => `${experiment}: ${gate}`,
      runs: (base: string, head: string, adapter: string): string => `${base} → ${head} on ${adapter}.`,
      run: (code: string, run: string): string => `${code} (run ${run})`,
      metrics: { time: "time", wallTime: "wallTime", stateBytes: "stateBytes", peakBytes: "peakBytes", error: "error" } as Readonly<Record<CellMetric, string>>,
      ofArm: (metric: "exponent" | "class", of: ArmComparison["of"]): string => `${metric} of ${of}`,
      moreRows: (rows: number): string => `${formatCount(rows)} more rows, all SAME or beyond what fits here, are in comparison.json.`,
    },

    /** a step of a workflow */
    checks: {
      worse: (experiment: string): string => `${experiment}: became worse`,
      notPassed: (experiment: string): string => `${experiment}: not passed`,
      nothing: "Nothing was measured in both, so nothing is known to be as it was.",
      open: "Something is undecided.",
      allNew: (experiment: string): string => `${experiment}: everything is NEW`,
      nothingCompared: (why: string | undefined): string => `Nothing was compared: ${why ?? "base has none of these cells"}`,
      cellFailed: (experiment: string): string => `${experiment}: a cell failed`,
      unmet: (experiment: string): string => `${experiment}: an expectation is not met`,
      more: (count: number): string => `${count} more`,
      inSummary: "The job summary lists them.",
    },
    cell: "cell",
  },

  /** What the page's script adds: names of buttons, a search above long tables, and what charts say of themselves. */
  script: {
    showRows: "Show rows with",
    wordsOfARow: "words of a row",
    rowsShown: (shown: string, all: string): string => `${shown} of ${all}`,
    measurements: "measurements (CSV)",
    samples: "samples (CSV)",
    run: "run (JSON)",
    runWithoutSamples: "run without samples (JSON)",
    experiment: "experiment (YAML)",
    zoom: "zoom",
    zoomHint: "While this is on, wheel or pinch zooms and a drag moves; + and − do so at any time where a chart has the focus.",
    showAll: "show all",
    showOrHide: "show or hide",
    points: (title: string): string => `Points of the chart: ${title}`,
    pointsHint: "arrow keys go from point to point",
  },

  /** the page that lists all reports */
  index: {
    question: "From which length on does linear attention beat softmax attention?",
    none: "No run yet. This makes one:",
    experiments: "Experiments",
    earlier: (count: number): string => counted(count, "earlier run"),
  },

  markdown: {
    /** `text` is Markdown already */
    expected: (verdict: "pass" | "fail" | "undecided", text: string): string =>
      `${{ pass: "met", fail: "**not met**", undecided: "undecided" }[verdict]}: ${text}`,
    device: (name: string, deviceClass: string, clock: string, cells: TallyNumbers, run: string): string =>
      `${name} (${deviceClass}), ${clock === "gpu" ? "GPU" : "wall"} clock, ${tally(cells)}, run ${run}.`,
    /** `text` is Markdown already */
    caption: (text: string): string => `${text}.`,
    /** each `what` and `brief` a sentence, Markdown already */
    limits: (heading: string, parts: readonly { readonly what: string; readonly brief: string }[]): string =>
      `**${heading}:** ${parts.map(({ what, brief }) => `${what} ${brief}`).join(" ")}`,
    timesAsFast: "times as fast (95 % interval)",
    /** `times`: of the second arm of a pair */
    speed: (arm: string, n: number, times: Estimate): string => `${arm} ${bracketed(times, formatTimes)} at n = ${formatCount(n)}`,
    attentionAlone: "attention alone",
    metric: { time: "time", stateBytes: "state bytes" } as Readonly<Record<Fit["metric"], string>>,
    law: (law: GrowthClass | "undecided"): string => law,
    fitVerdict: { agrees: "agrees", contradicted: "contradicted", undecided: "undecided" } as Readonly<Record<Fit["verdict"], string>>,
    status: { ok: "ok", failed: "failed", skipped: "skipped", censored: "censored", pending: "pending" } as Readonly<
      Record<CellRecord["outcome"]["status"], string>
    >,
  },
};
