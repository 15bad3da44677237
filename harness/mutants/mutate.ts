import { computingIndices, pastBrackets, type Token, tokensOf } from "./token.ts";

/** What is changed. */
export type MutantKind = "arithmetic" | "comparison" | "logic" | "number" | "component" | "minMax" | "select" | "barrier";

/** One small change to a WGSL module: `from`, which stands at `offset` (line and column from 1), becomes `to`. */
export interface Mutant {
  readonly kind: MutantKind;
  readonly offset: number;
  readonly line: number;
  readonly column: number;
  readonly from: string;
  readonly to: string;
}

const operators: Readonly<Record<string, readonly [MutantKind, string]>> = {
  "+": ["arithmetic", "-"],
  "-": ["arithmetic", "+"],
  "*": ["arithmetic", "/"],
  "/": ["arithmetic", "*"],
  "%": ["arithmetic", "/"],
  "+=": ["arithmetic", "-="],
  "-=": ["arithmetic", "+="],
  "*=": ["arithmetic", "/="],
  "/=": ["arithmetic", "*="],
  "++": ["arithmetic", "--"],
  "<<": ["arithmetic", ">>"],
  ">>": ["arithmetic", "<<"],
  "&": ["arithmetic", "|"],
  "|": ["arithmetic", "&"],
  "<": ["comparison", "<="],
  "<=": ["comparison", "<"],
  ">": ["comparison", ">="],
  ">=": ["comparison", ">"],
  "==": ["comparison", "!="],
  "!=": ["comparison", "=="],
  "&&": ["logic", "||"],
  "||": ["logic", "&&"],
};

/** All but `!`, a sign and an address stand between two operands. */
const signs: Readonly<Record<string, MutantKind>> = { "-": "arithmetic", "!": "logic" };

const names: Readonly<Record<string, readonly [MutantKind, string]>> = {
  true: ["logic", "false"],
  false: ["logic", "true"],
  min: ["minMax", "max"],
  max: ["minMax", "min"],
  subgroupMin: ["minMax", "subgroupMax"],
  subgroupMax: ["minMax", "subgroupMin"],
};

// Each becomes one that every vector with it has.
const components: Readonly<Record<string, string>> = { x: "y", y: "x", z: "y", w: "z" };

const barriers = new Set(["workgroupBarrier", "storageBarrier"]);

/**
 * Every mutant of a module, in the order of the text. Only what computes is changed (token.ts): operators, ±1 at numbers, components, `min` and `max`,
 * what `select` chooses from, and barriers, which are dropped. One token each, but for a `select`, whose first two arguments change places.
 */
export const mutantsOf = (text: string): readonly Mutant[] => {
  const tokens = tokensOf(text);
  return computingIndices(tokens).flatMap((index) => mutantsAt(text, tokens, index));
};

/** The module with the change made. Throws where something else stands there: a mutant of another module. */
export const mutated = (text: string, { offset, from, to }: Pick<Mutant, "offset" | "from" | "to">): string => {
  if (!text.startsWith(from, offset)) throw new Error(`${from} does not stand at ${offset} of this module`);
  return `${text.slice(0, offset)}${to}${text.slice(offset + from.length)}`;
};

const mutantsAt = (text: string, tokens: readonly Token[], index: number): readonly Mutant[] => {
  const token = tokens[index];
  if (token === undefined) return [];
  const { offset, line, column } = token;
  const mutant = (kind: MutantKind, to: string, from = token.text): Mutant => ({ kind, offset, line, column, from, to });
  if (token.kind === "number") return neighbours(token.text).map((to) => mutant("number", to));
  if (token.kind === "mark") return markChange(tokens, index).map(([kind, to]) => mutant(kind, to));
  const component = tokens[index - 1]?.text === "." ? components[token.text] : undefined;
  if (component !== undefined) return [mutant("component", component)];
  if (tokens[index + 1]?.text === "(" && barriers.has(token.text)) return [mutant("barrier", "", textOf(text, tokens, index, pastBrackets(tokens, index + 1)))];
  if (tokens[index + 1]?.text === "(" && token.text === "select") return selectChange(text, tokens, index).map(([from, to]) => mutant("select", to, from));
  const change = names[token.text];
  return change ? [mutant(...change)] : [];
};

const textOf = (text: string, tokens: readonly Token[], from: number, past: number): string => {
  const last = tokens[past - 1];
  return text.slice(tokens[from]?.offset, last && last.offset + last.text.length);
};

const markChange = (tokens: readonly Token[], index: number): readonly (readonly [MutantKind, string])[] => {
  const text = tokens[index]?.text ?? "";
  const before = tokens[index - 1];
  const binary = before !== undefined && (before.kind !== "mark" || ")]".includes(before.text)) && before.text !== "return";
  const sign = signs[text];
  if (!binary) return sign === undefined ? [] : [[sign, ""]];
  const change = operators[text];
  return change ? [change] : [];
};

/** A number ±1, written as it was; only +1 where one less would be negative, and nothing where a float is too large or small to feel it. */
const neighbours = (text: string): readonly string[] => {
  const [, digits = "", suffix = ""] = /^(.*?)([iufh]?)$/.exec(text) ?? [];
  if (/^0[xX]/.test(text)) return [];
  const value = Number(digits);
  if (!(value === 0 || (value >= 2 ** -10 && value < 2 ** 20))) return [];
  const written = (changed: number): string => `${/[.eE]/.test(digits) && Number.isInteger(changed) ? changed.toFixed(1) : changed}${suffix}`;
  return [value + 1, ...(value >= 1 ? [value - 1] : [])].map(written);
};

/** `select(a, b, …` and `select(b, a, …`; nothing where an argument is not found. */
const selectChange = (text: string, tokens: readonly Token[], index: number): readonly (readonly [string, string])[] => {
  const commas: number[] = [];
  const past = pastBrackets(tokens, index + 1);
  for (let at = index + 2, depth = 0; at < past - 1; at++) {
    const mark = tokens[at]?.text ?? "";
    if ("([{".includes(mark)) depth++;
    if (")]}".includes(mark)) depth--;
    if (mark === "," && depth === 0) commas.push(at);
  }
  const [first, second] = commas;
  if (first === undefined || second === undefined) return [];
  const from = textOf(text, tokens, index, second);
  return [[from, `select(${textOf(text, tokens, first + 1, second)}, ${textOf(text, tokens, index + 2, first)}`]];
};
