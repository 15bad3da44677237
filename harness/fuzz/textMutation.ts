import type { Draw } from "./draw.ts";
import { hostileTexts } from "./hostile.ts";

/** One change of a YAML text, by lines or by characters. */
type Mutation = (text: string, draw: Draw) => string;

const withLines =
  (change: (lines: string[], draw: Draw) => void): Mutation =>
  (text, draw) => {
    const lines = text.split("\n");
    change(lines, draw);
    return lines.join("\n");
  };

const inserted =
  (pieceOf: (draw: Draw) => string): Mutation =>
  (text, draw) => {
    const at = draw.below(text.length + 1);
    return text.slice(0, at) + pieceOf(draw) + text.slice(at);
  };

/** What matches, somewhere, becomes something else. */
const replaced =
  (pattern: RegExp, pieceOf: (draw: Draw) => string): Mutation =>
  (text, draw) => {
    const match = draw.any([...text.matchAll(pattern)]);
    if (match === undefined) return text;
    return text.slice(0, match.index) + pieceOf(draw) + text.slice(match.index + match[0].length);
  };

const numbers = [
  "0",
  "-1",
  "1e308",
  "1e999",
  "-.inf",
  ".nan",
  "9007199254740993",
  "0x7fffffff",
  "0o17",
  "1_000",
  "2147483648",
  "134217729",
  "0.1",
  "1e-320",
] as const;
const values = [
  "null",
  "~",
  "true",
  "[]",
  "{}",
  "[[[]]]",
  "{ a: { b: 1 } }",
  "'text'",
  "2001-01-01",
  "!!binary aGk=",
  "!!js/function 'x'",
  "? x",
  "|\n  block",
  "12:30:45",
  '""',
] as const;
const unicode = ["\u202e", "\u200b", "\ufeff", "\u2028", "\ud800", "\u{1f4a9}", "é", "e\u0301", "ｎ", "\u00a0", "\u0085"] as const;
const controls = ["\u0007", "\u001b[2J", "\u0000", "\u0008", "\u007f", "\r", "\f", "\u009b"] as const;
const anchors = [
  "&a ",
  "*a",
  "<<: *a\n",
  "<<: { a: 1 }\n",
  "a: &a [*a]\n",
  "&a &b ",
  "*",
  "&",
  "!",
  "!<tag:x> ",
  "%YAML 1.2\n---\n",
  "---\n",
  "...\n",
  "<<: [*a, *a]\n",
] as const;
const deep = [
  (levels: number) => "[".repeat(levels),
  (levels: number) => "{a: ".repeat(levels),
  (levels: number) => "- ".repeat(levels),
  (levels: number) => Array.from({ length: Math.min(levels, 300) }, (_, level) => `${" ".repeat(level)}a:`).join("\n"),
  (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`,
  (levels: number) => `(${"(".repeat(levels)}`,
] as const;

const mutations = [
  withLines((lines, draw) => lines.splice(draw.below(lines.length), 1)),
  withLines((lines, draw) => {
    const at = draw.below(lines.length);
    lines.splice(draw.below(lines.length), 0, lines[at] ?? "");
  }),
  withLines((lines, draw) => {
    const [a, b] = [draw.below(lines.length), draw.below(lines.length)];
    [lines[a], lines[b]] = [lines[b] ?? "", lines[a] ?? ""];
  }),
  withLines((lines, draw) => {
    const at = draw.below(lines.length);
    lines[at] = draw.one(["\t", " ", "   ", "\t \t"]) + (lines[at] ?? "");
  }),
  withLines((lines, draw) => {
    const at = draw.below(lines.length);
    lines[at] = (lines[at] ?? "").trimStart();
  }),
  replaced(/\d[\d.e]*/g, (draw) => draw.one(numbers)),
  replaced(/(?<=: )[^\n]+/g, (draw) => draw.one(values)),
  replaced(/(?<=[[,] ?)[^\n,\]]+/g, (draw) => draw.one(values)),
  replaced(/[a-zA-Z]\w*/g, (draw) => draw.one(["n", "softmax", "linear", "form", "use", "label", "toString", "__proto__", "constructor", "hasOwnProperty"])),
  replaced(/(?<=name: )[^\n]+/g, (draw) => JSON.stringify(draw.one(hostileTexts))),
  replaced(/(?<=label: )[^\n,}]+/g, (draw) => JSON.stringify(draw.one(hostileTexts))),
  inserted((draw) => draw.one(unicode)),
  inserted((draw) => draw.one(controls)),
  inserted((draw) => draw.one(anchors)),
  inserted((draw) => draw.one(["\t", ":", "#", "- ", "{", "}", "[", "]", ",", "'", '"', "|", ">", "%", "@", "`", "\n", "\n\n---\n"])),
  inserted((draw) => draw.one(deep)(draw.one([10, 33, 1000, 20_000]))),
  inserted((draw) => draw.one(["x", "1", " ", "a b ", "n = 1 or "]).repeat(draw.one([100, 5000, 40_000]))),
  (text, draw) => text.slice(0, draw.below(text.length + 1)),
  (text, draw) => {
    const at = draw.below(text.length + 1);
    return text.slice(0, at) + text.slice(at + 1 + draw.below(40));
  },
  (text) => text + text,
] as const satisfies readonly Mutation[];

/** The text with one to four changes. */
export const mutatedText = (text: string, draw: Draw): string => {
  let changed = text;
  for (let left = 1 + draw.below(4); left > 0; left--) changed = draw.one<Mutation>(mutations)(changed, draw);
  return changed;
};
