import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { isolated } from "../report/isolated.ts";
import { plainJson, plainLines } from "./plainText.ts";

/** The only console of attnbench: results on stdout, everything else on stderr. What is written is plain text but for what `styled` made. */
export const print = (text: string): void => {
  process.stdout.write(`${written(text)}\n`);
};

export const say = (text: string): void => {
  process.stderr.write(`${written(text)}\n`);
};

/** The one object that --json prints. */
export const printJson = (value: unknown): void => {
  process.stdout.write(`${plainJson(value)}\n`);
};

/** NO_COLOR wins over FORCE_COLOR, both over what the stream is (no-color.org). */
const colour = (): boolean => {
  if (process.env.NO_COLOR) return false;
  if (process.env.FORCE_COLOR) return process.env.FORCE_COLOR !== "0";
  return process.stderr.isTTY === true && process.env.TERM !== "dumb";
};

type Style = "bold" | "dim" | "green" | "yellow" | "red";

/** Styles are marked by what no file can hold, as it is drawn for this process, and become escape sequences where they are written: any other escape is somebody's text. */
const key = randomBytes(8).toString("hex");
const mark = (code: number): string => `<${key}:${code}>`;
const marks = new RegExp(`<${key}:(\\d+)>`);

/** Text in a style where stderr shows colours. The words must say it too: colour alone says nothing to many. */
export const styled = (style: Style, text: string): string => {
  const [begin, end] = inspect.colors[style] ?? [0, 0];
  return colour() ? `${mark(begin)}${text}${mark(end)}` : text;
};

/** The words alone. */
export const unstyled = (text: string): string =>
  text
    .split(marks)
    .filter((_, i) => i % 2 === 0)
    .join("");

/** As it is written: plain but for styles, and names that run from right to left apart from the numbers beside them. */
export const written = (text: string): string =>
  text
    .split(marks)
    .map((part, i) => (i % 2 === 0 ? isolated(plainLines(part)) : `\u001b[${part}m`))
    .join("");

/** Chinese characters and their punctuation, which a terminal sets two columns wide. */
const wide = /[\p{Script=Han}\u3001-\u303f\uff01-\uff60]/gu;
const columnsOf = (text: string): number => text.length + (text.match(wide) ?? []).length;

/** Columns of text, each as wide as its widest cell; numbers (`right`) flush right. */
export const table = (rows: readonly (readonly string[])[], right: readonly number[] = []): string => {
  const widths = rows.reduce<number[]>((found, row) => row.map((cell, i) => Math.max(found[i] ?? 0, columnsOf(cell))), []);
  const padding = (cell: string, i: number): string => " ".repeat(Math.max(0, (widths[i] ?? 0) - columnsOf(cell)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => (right.includes(i) ? `${padding(cell, i)}${cell}` : `${cell}${padding(cell, i)}`))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
};
