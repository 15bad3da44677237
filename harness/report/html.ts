import { unbroken } from "./unbroken.ts";

/** Markup that goes into a page as it is. Everything else is escaped on its way in. */
export interface Html {
  readonly markup: string;
}

export type HtmlValue = string | number | Html | undefined | false | readonly HtmlValue[];

// Directional marks, embeddings, overrides and isolates can turn the text around them; control characters and lone surrogates are not text.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed
const unprintable = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;

/** `text` without what cannot be seen and could change the meaning or the direction of its surroundings. */
export const printable = (text: string): string => text.replace(unprintable, "\ufffd");

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** `text` as it may stand between tags and inside quoted attributes. */
export const escaped = (text: string): string => printable(text).replace(/[&<>"']/g, (character) => entities[character] ?? character);

const rendered = (value: HtmlValue): string => {
  if (value === undefined || value === false) return "";
  if (typeof value === "string") return escaped(unbroken(value));
  if (typeof value === "number") return String(value);
  if ("markup" in value) return value.markup;
  return value.map(rendered).join("");
};

/** A template whose values are escaped unless they are Html themselves, and whose numbers keep their units beside them; arrays are joined, undefined and false vanish. */
export const html = (strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html => ({
  markup: strings.reduce((text, part, i) => text + part + (i < values.length ? rendered(values[i]) : ""), ""),
});

/** Markup from a trusted maker (our own SVG, CSS and fixed words); never from a record. */
export const raw = (markup: string): Html => ({ markup });

/** What is copied from a page, character by character: a command, a file. */
export const verbatim = (text: string): Html => ({ markup: `<code dir="ltr">${escaped(text)}</code>` });

/** At most `length` characters of `text`, not cutting one in two, with … where something was left out. */
export const shortened = (text: string, length: number): string => {
  const characters = Array.from(text.slice(0, 2 * length + 2));
  return characters.length > length ? `${characters.slice(0, length - 1).join("")}…` : characters.join("");
};

/** JSON that may stand inside a script element: no character of it can end the element or open a comment. */
export const scriptJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
