import { distance } from "fastest-levenshtein";

/** One thing that is wrong with an experiment file or a flag, with where it stands, what was given and what is accepted instead. */
export interface Problem {
  /** path of the file as the user wrote it, or the flag: `--set`, `--filter` */
  readonly file: string;
  /** 1-based; undefined for a flag, and where there is nothing to point at */
  readonly line: number | undefined;
  /** 1-based, counted in UTF-16 units of the line */
  readonly col: number | undefined;
  /** key path, e.g. `axes.n[2]`; empty for the file as a whole */
  readonly path: string;
  readonly message: string;
  readonly given: string | undefined;
  readonly accepted: string | undefined;
  /** what was probably meant, to be written in its place */
  readonly suggestion: string | undefined;
  /** the line that `col` points into */
  readonly excerpt: string | undefined;
}

/** A problem before its place in the text is looked up. */
export interface Draft {
  readonly path: readonly PropertyKey[];
  /** point at the key or at its value */
  readonly on: "key" | "value";
  readonly message: string;
  readonly given?: string | undefined;
  readonly accepted?: string | undefined;
  readonly suggestion?: string | undefined;
  /** characters into the value, for a mistake inside an expression */
  readonly offset?: number | undefined;
}

/** More than this helps nobody and hides the first. */
export const mostProblems = 20;

/** The candidate that differs from `given` by at most 2 letters or a third of its length, else undefined. Case does not count: `N` suggests `n`. */
export const nearest = (given: string, candidates: Iterable<string>): string | undefined => {
  const word = given.slice(0, 100).toLowerCase();
  let best: string | undefined;
  let least = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const letters = distance(word, candidate.toLowerCase());
    // A word replaced as a whole is no misspelling: f16 is not meant by d.
    if (letters < least && letters < Math.max(word.length, candidate.length)) {
      best = candidate;
      least = letters;
    }
  }
  return best;
};

/** A value as a user may have written it, cut to 60 characters. */
export const show = (value: unknown): string => {
  if (value === undefined || value === null) return "nothing";
  if (typeof value === "number") return Number.isNaN(value) ? ".nan" : String(value).replace("Infinity", ".inf");
  return cut(JSON.stringify(value) ?? String(value));
};

/** A text of the user's own, cut to `most` characters. */
export const cut = (text: string, most = 60): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** Of what was given, enough to tell a list of values; the frame shows where the rest stands. */
export const mostGiven = 300;

/** `axes.n[2]` from ["axes", "n", 2]. */
export const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    return text === "" ? cut(String(step)) : `${text}.${cut(String(step))}`;
  }, "");

/** A problem as shown in a terminal: file:line:col, the line with a caret, what was given, what is accepted. Several lines, no colour, no newline at the end. */
export const formatProblem = (problem: Problem): string => {
  const place = problem.line === undefined ? problem.file : `${problem.file}:${problem.line}:${problem.col ?? 1}`;
  const lines = [`${place}: ${printable(problem.path === "" ? problem.message : `${problem.path}: ${problem.message}`)}`];
  if (problem.excerpt !== undefined && problem.col !== undefined) lines.push(...frame(problem.excerpt, problem.line, problem.col));
  if (problem.given !== undefined) lines.push(`  given:    ${printable(problem.given)}`);
  if (problem.accepted !== undefined) lines.push(`  accepted: ${printable(problem.accepted)}`);
  if (problem.suggestion !== undefined) lines.push(`  did you mean ${printable(problem.suggestion)}?`);
  return lines.join("\n");
};

// A very long line is cut around the caret, so that the frame still shows it.
const frame = (excerpt: string, line: number | undefined, col: number): string[] => {
  const cut = Math.max(0, col - 60);
  const text = printable(excerpt.replaceAll("\t", " ").slice(cut, cut + 120));
  const gutter = line === undefined ? "" : String(line);
  const bar = line === undefined ? "  " : " | ";
  return [`  ${gutter}${bar}${text}`.trimEnd(), `  ${" ".repeat(gutter.length)}${bar}${" ".repeat(col - 1 - cut)}^`];
};

/** Escape sequences out of a file must not reach a terminal. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, "�");
