/**
 * Text as a terminal may show it. Labels, reasons and names come out of YAML, run.json, CSV, drivers and file names: none of them may move the cursor, change colours, turn the direction of what stands
 * beside it, or look like a line of ours.
 */

/** Control and format characters (marks of direction, escapes, what cannot be seen), but for those that join or part letters of one word. */
const unshown = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\u2028\u2029]/gu;
const unshownInLines = /(?![\n\u200c\u200d])[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Several lines of which every one is plain. */
export const plainLines = (text: string): string => text.replaceAll("\r\n", "\n").replaceAll("\t", "  ").replace(unshownInLines, "\ufffd");

/** One plain line of at most `most` characters, with … where something was left out. */
export const plainLine = (text: string, most = 800): string => {
  const characters = Array.from(text.slice(0, 2 * most + 2).replace(/[\n\r\t\v\f\u0085\u2028\u2029]+/g, " "));
  const shown = characters.length > most ? `${characters.slice(0, most - 1).join("")}…` : characters.join("");
  return shown.replace(unshown, "\ufffd");
};

/** What a compiler or a driver said, which may be many lines: at most `most` characters, and each further line set in, so that none looks like one of ours. */
export const plainBlock = (text: string, most = 2000): string =>
  plainLines(text.length > most ? `${text.slice(0, most - 1)}…` : text).replaceAll("\n", "\n    ");

/** JSON on one line, the same values: what a terminal would obey stands in it by number. */
export const plainJson = (value: unknown): string =>
  JSON.stringify(value).replace(unshown, (characters) =>
    Array.from({ length: characters.length }, (_, i) => `\\u${characters.charCodeAt(i).toString(16).padStart(4, "0")}`).join(""),
  );
