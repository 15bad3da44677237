import type { GrowthClass } from "../../../kernels/mechanism.ts";

/** What is wrong in an expression; `at` counts characters from its start. */
export interface Flaw {
  readonly at: number;
  readonly message: string;
  readonly given?: string | undefined;
  readonly accepted?: string | undefined;
  readonly suggestion?: string | undefined;
}

/** Thrown inside the parsers, caught by `parsed`. */
export class ExpressionFlaw extends Error {
  readonly flaw: Flaw;
  constructor(flaw: Flaw) {
    super(flaw.message);
    this.flaw = flaw;
  }
}

export type Parsed<Value> = { readonly value: Value; readonly flaw?: undefined } | { readonly value?: undefined; readonly flaw: Flaw };

/** Run a parser that throws ExpressionFlaw; any other error passes. */
export const parsed = <Value>(parse: () => Value): Parsed<Value> => {
  try {
    return { value: parse() };
  } catch (error) {
    if (error instanceof ExpressionFlaw) return { flaw: error.flaw };
    throw error;
  }
};

export type Comparator = "=" | "!=" | "<" | "<=" | ">" | ">=";

export type Token =
  | { readonly kind: "word" | "text"; readonly at: number; readonly text: string }
  | { readonly kind: "number"; readonly at: number; readonly text: string; readonly value: number }
  | { readonly kind: "comparator"; readonly at: number; readonly text: Comparator }
  | { readonly kind: "class"; readonly at: number; readonly text: GrowthClass }
  | { readonly kind: "mark"; readonly at: number; readonly text: "(" | ")" | "," | "." }
  | { readonly kind: "end"; readonly at: number; readonly text: "" };

/** Longer ones are a mistake, and parentheses within this many characters nest harmlessly. */
export const longestExpression = 500;

const classes: Readonly<Record<string, GrowthClass>> = {
  "1": "O(1)",
  logn: "O(log n)",
  n: "O(n)",
  nlogn: "O(n log n)",
  "n²": "O(n²)",
  "n^2": "O(n²)",
  "n³": "O(n³)",
  "n^3": "O(n³)",
};
const classNames = [...new Set(Object.values(classes))].join(", ");

const shapes = [
  ["class", /O\(([^()]*)\)/y],
  ["number", /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y],
  // Inner + and - belong to the word: elu+1.
  ["word", /[\p{L}_][\p{L}\p{N}_]*(?:[+-][\p{L}\p{N}_]+)*/uy],
  ["comparator", /!=|<=|>=|==|=|<|>/y],
  ["mark", /[(),.]/y],
  ["text", /"[^"]*"|'[^']*'/y],
] as const;

/** Tokens of an expression, `end` last. Throws ExpressionFlaw. */
export const tokenize = (text: string): readonly Token[] => {
  if (text.length > longestExpression) {
    throw new ExpressionFlaw({ at: 0, message: "too long for an expression", given: `${text.length} characters`, accepted: `at most ${longestExpression}` });
  }
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const blank = /\s+/y;
    blank.lastIndex = at;
    at += blank.exec(text)?.[0].length ?? 0;
    if (at >= text.length) break;
    const token = tokenAt(text, at);
    tokens.push(token.token);
    at = token.end;
  }
  return [...tokens, { kind: "end", at: text.length, text: "" }];
};

const tokenAt = (text: string, at: number): { token: Token; end: number } => {
  for (const [kind, shape] of shapes) {
    shape.lastIndex = at;
    const match = shape.exec(text);
    if (match) return { token: tokenOf(kind, at, match[0], match[1], text), end: at + match[0].length };
  }
  const given = [...text.slice(at)][0] ?? "";
  const suggestion = { "&": "and", "|": "or", "!": "not", "≤": "<=", "≥": ">=", "≠": "!=" }[given];
  const message = given === '"' || given === "'" ? "this quote has no end" : "not part of an expression";
  throw new ExpressionFlaw({ at, message, given, suggestion, accepted: "names, numbers, = != < <= > >=, and, or, not, parentheses" });
};

const tokenOf = (kind: (typeof shapes)[number][0], at: number, text: string, inner: string | undefined, whole: string): Token => {
  switch (kind) {
    case "class": {
      const known = classes[(inner ?? "").replaceAll(/\s/g, "")];
      if (known === undefined) throw new ExpressionFlaw({ at, message: "not a class of growth", given: text, accepted: classNames });
      return { kind, at, text: known };
    }
    case "number": {
      const after = /[\p{L}_%]+/uy;
      after.lastIndex = at + text.length;
      const suffix = after.exec(whole)?.[0];
      if (suffix !== undefined)
        throw new ExpressionFlaw({ at, message: "a number with a unit", given: text + suffix, accepted: "a plain number, e.g. 4096 or 1e-4" });
      return { kind, at, text, value: Number(text) };
    }
    case "comparator":
      return { kind, at, text: text === "==" ? "=" : (text as Comparator) };
    case "mark":
      return { kind, at, text: text as "(" | ")" | "," | "." };
    case "text":
      return { kind, at, text: text.slice(1, -1) };
    case "word":
      return { kind, at, text };
  }
};
