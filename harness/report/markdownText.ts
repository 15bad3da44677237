import { printable } from "./html.ts";

/** Text as itself: Markdown has no string literals, so whatever could start markup, a link, a mention or a table cell is escaped, and line breaks become spaces. */
export const markdownText = (value: string): string =>
  printable(value)
    .replace(/\s+/g, " ")
    .replace(/[\\`*_{}[\]<>|~#@]/g, (character) => (character === "<" ? "&lt;" : character === "@" ? "&#64;" : `\\${character}`));

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** A table of cells that are Markdown already. */
export const markdownTable = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");
