import { printable } from "./html.ts";
import { isolated } from "./isolated.ts";

/** Seen by nobody: parts what GitHub would make a mention, a link or a reference of. It looks for those in the rendered text, where no backslash is left. */
const gap = "&#8203;";

const written: Readonly<Record<string, string>> = { "<": "&lt;", "&": "&amp;", "@": `@${gap}` };

/** Text as itself: Markdown has no string literals, so whatever could start markup, a link, a mention, a formula or a table cell is escaped, and line breaks become spaces. */
export const markdownText = (value: string): string =>
  isolated(printable(value.replace(/\s+/g, " ")))
    .replace(/[\\`*_{}[\]<>|~#@$&]/g, (character) => written[character] ?? `\\${character}`)
    .replace(/\\#(?=\d)|\bGH-(?=\d)|\bwww(?=\.)/gi, (found) => `${found}${gap}`)
    .replaceAll("://", `:${gap}//`);

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** A table of cells that are Markdown already. */
export const markdownTable = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");
