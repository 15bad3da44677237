import { styleText } from "node:util";

/** The only console of attnbench: results on stdout, everything else on stderr. */
export const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

export const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/** NO_COLOR wins over FORCE_COLOR, both over what the stream is (no-color.org). */
const colour = (): boolean => {
  if (process.env.NO_COLOR) return false;
  if (process.env.FORCE_COLOR) return process.env.FORCE_COLOR !== "0";
  return process.stderr.isTTY === true && process.env.TERM !== "dumb";
};

type Style = "bold" | "dim" | "green" | "yellow" | "red";

/** Text in a style where stderr shows colours. The words must say it too: colour alone says nothing to many. */
export const styled = (style: Style, text: string): string => (colour() ? styleText(style, text, { validateStream: false }) : text);

/** Columns of text, each as wide as its widest cell; numbers (`right`) flush right. */
export const table = (rows: readonly (readonly string[])[], right: readonly number[] = []): string => {
  const widths = rows.reduce<number[]>((found, row) => row.map((cell, i) => Math.max(found[i] ?? 0, cell.length)), []);
  return rows
    .map((row) =>
      row
        .map((cell, i) => (right.includes(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
};
