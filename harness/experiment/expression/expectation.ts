import type { GrowthClass } from "../../../kernels/mechanism.ts";
import type { Arm } from "../experiment.ts";
import { type Condition, parseCondition, type TokenStream, unexpected } from "./condition.ts";
import { unknownName } from "./predicate.ts";
import { type Comparator, ExpressionFlaw, type Parsed, parsed, type Token } from "./tokens.ts";

export type GrowthMetric = "time" | "stateBytes";

export const growthMetrics: readonly GrowthMetric[] = ["time", "stateBytes"];

/** wallTime: with submitting and waiting, where the device has a clock of its own */
export const crossoverMetrics = ["time", "wallTime", "stateBytes"] as const;
export type CrossoverMetric = (typeof crossoverMetrics)[number];

/** What an arm may be asked for. `exponent`: local slope of log time over log n; the others are columns of measurements.csv. */
export const armMeasures = [
  "exponent",
  "medianMs",
  "wallMs",
  "compileMs",
  "tokensPerSecond",
  "gflops",
  "gbps",
  "ceilingShare",
  "stateBytes",
  "peakBytes",
  "maxError",
] as const;
export type ArmMeasure = (typeof armMeasures)[number];

export const ratioMetrics = ["time", "stateBytes", "peakBytes"] as const;
export type RatioMetric = (typeof ratioMetrics)[number];

/** Sizes that pick cells: `at n = 4096, heads = 8`. Empty: every cell (series, for an exponent or crossover) must hold. */
export type At = Readonly<Record<string, number>>;

export type Quantity =
  | { readonly kind: "number"; readonly value: number }
  /** a measure of the arm of this label */
  | { readonly kind: "measure"; readonly arm: string; readonly measure: ArmMeasure; readonly at: At }
  /** n* in tokens, between the labels [softmax family, linear family], or [computed anew, brought back] */
  | { readonly kind: "crossover"; readonly between: readonly [string, string]; readonly metric: CrossoverMetric; readonly at: At }
  /** the first label's metric divided by the second's, at equal shape */
  | { readonly kind: "ratio"; readonly between: readonly [string, string]; readonly metric: RatioMetric; readonly at: At };

/** One thing expected of results, before and, or and not. */
export type Expected =
  | { readonly kind: "growth"; readonly arm: string; readonly metric: GrowthMetric; readonly class: GrowthClass; readonly negated: boolean }
  | { readonly kind: "comparison"; readonly left: Quantity; readonly operator: Comparator; readonly right: Quantity };

/** A line of `expect`, parsed: `linear.time is O(1)`, `crossover(softmax, linear) < 1024`. Decide it with `evaluateCondition`. */
export type Expectation = Condition<Expected>;

/** Who an expectation may speak of: arms by label, or by mechanism where that names only one; `sizes` are the names `at` takes. */
export interface ExpectationNames {
  readonly arms: readonly Pick<Arm, "label" | "mechanism">[];
  readonly sizes: readonly string[];
}

/** Parse a line of `expect`. Names are resolved to labels; unknown ones are flaws. */
export const parseExpectation = (text: string, names: ExpectationNames): Parsed<Expectation> =>
  parsed(() => parseCondition(text, (tokens) => expected(tokens, names)));

const quantityForms = "ARM.time is O(n), ARM.exponent, crossover(ARM, ARM), ratio(ARM, ARM) at n = N, or a number";

const expected = (tokens: TokenStream, names: ExpectationNames): Expected => {
  const growth = growthOf(tokens, names);
  if (growth) return growth;
  const left = quantity(tokens, names);
  const operator = tokens.take();
  if (operator.kind !== "comparator") throw unexpected(operator, "= != < <= > >=");
  const right = quantity(tokens, names);
  return { kind: "comparison", left, operator: operator.text, right };
};

// `linear.time is O(1)` and `linear.stateBytes < 5000` begin alike: the word after the metric tells.
const growthOf = (tokens: TokenStream, names: ExpectationNames): Expected | undefined => {
  const [name, dot, metricToken, verb] = [tokens.peek(), tokens.peek(1), tokens.peek(2), tokens.peek(3)];
  if (!isName(name) || dot.text !== "." || metricToken.kind !== "word" || verb.kind !== "word" || verb.text !== "is") return undefined;
  const arm = armOf(tokens.take(), names);
  tokens.take();
  const metric = growthMetrics.find((known) => known === metricToken.text);
  if (metric === undefined) throw unknownName(metricToken, "this has no class of growth", growthMetrics);
  tokens.take();
  tokens.take();
  const negated = tokens.accept("word", "not");
  const growthClass = tokens.take();
  if (growthClass.kind !== "class") throw unexpected(growthClass, "O(1), O(log n), O(n), O(n log n), O(n²) or O(n³)");
  return { kind: "growth", arm, metric, class: growthClass.text, negated };
};

const isName = (token: Token): boolean => token.kind === "word" || token.kind === "text";

const quantity = (tokens: TokenStream, names: ExpectationNames): Quantity => {
  const first = tokens.take();
  if (first.kind === "number") return { kind: "number", value: first.value };
  if (!isName(first)) throw unexpected(first, quantityForms);
  if (tokens.peek().text === "(" && tokens.peek().kind === "mark") {
    if (first.text === "crossover") {
      const [between, metric] = pairOf(tokens, names, crossoverMetrics);
      return { kind: "crossover", between, metric, at: atOf(tokens, names) };
    }
    if (first.text === "ratio") {
      const [between, metric] = pairOf(tokens, names, ratioMetrics);
      return { kind: "ratio", between, metric, at: atOf(tokens, names) };
    }
    throw unknownName(first, "not a function", ["crossover", "ratio"]);
  }
  const arm = armOf(first, names);
  if (tokens.peek().text !== ".") throw unexpected(tokens.peek(), `.${armMeasures.join(", .")}, or .time is O(…)`);
  tokens.take();
  const measureToken = tokens.take();
  const measure = armMeasures.find((known) => known === measureToken.text);
  if (measure === undefined) throw unknownName(measureToken, "an arm has no such measure", [...armMeasures, "time is O(…)"]);
  return { kind: "measure", arm, measure, at: atOf(tokens, names) };
};

/** `(A, B)` or `(A, B, metric)`. */
const pairOf = <Metric extends string>(tokens: TokenStream, names: ExpectationNames, metrics: readonly Metric[]): [[string, string], Metric] => {
  tokens.expect("mark", "(");
  const first = armOf(tokens.take(), names);
  tokens.expect("mark", ",");
  const secondToken = tokens.take();
  const second = armOf(secondToken, names);
  if (first === second) throw new ExpressionFlaw({ at: secondToken.at, message: "an arm against itself", given: second, accepted: "two arms" });
  let metric = metrics[0];
  if (tokens.accept("mark", ",")) {
    const token = tokens.take();
    metric = metrics.find((known) => known === token.text);
    if (metric === undefined) throw unknownName(token, "not a metric here", metrics);
  }
  tokens.expect("mark", ")");
  if (metric === undefined) throw new Error("a pair without metrics");
  return [[first, second], metric];
};

const atOf = (tokens: TokenStream, names: ExpectationNames): At => {
  const at: Record<string, number> = {};
  if (!tokens.accept("word", "at")) return at;
  do {
    const name = tokens.take();
    if (name.kind !== "word" || !names.sizes.includes(name.text)) throw unknownName(name, "not a size", names.sizes);
    tokens.expect("comparator", "=");
    const value = tokens.take();
    if (value.kind !== "number") throw unexpected(value, "a number");
    at[name.text] = value.value;
  } while (tokens.accept("mark", ","));
  return at;
};

const armOf = (token: Token, { arms }: ExpectationNames): string => {
  const labels = arms.map((arm) => arm.label);
  if (!isName(token)) throw unexpected(token, labels.map(quoted).join(", "));
  if (labels.includes(token.text)) return token.text;
  const [only, ...others] = arms.filter((arm) => arm.mechanism === token.text);
  if (only === undefined) throw unknownName(token, "no arm has this name", labels.map(quoted));
  if (others.length > 0) {
    const accepted = [only, ...others].map((arm) => quoted(arm.label)).join(", ");
    throw new ExpressionFlaw({ at: token.at, message: "several arms have this mechanism", given: token.text, accepted });
  }
  return only.label;
};

const quoted = (label: string): string => (/^[\p{L}_][\p{L}\p{N}_]*$/u.test(label) ? label : `"${label.replaceAll('"', "'")}"`);
