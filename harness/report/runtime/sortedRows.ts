import { quantityIn } from "./quantity.ts";

export type Direction = "ascending" | "descending" | "none";

/** What comes after a click on a column's head. */
export const nextDirection: Readonly<Record<Direction, Direction>> = { none: "ascending", ascending: "descending", descending: "none" };

/** Texts of a column by which rows are put in order, as their places; equal ones keep theirs, and those without a value ("–") come last either way. */
export const orderOf = (texts: readonly string[], numeric: boolean, direction: Direction): readonly number[] => {
  const places = texts.map((_, place) => place);
  if (direction === "none") return places;
  const sign = direction === "ascending" ? 1 : -1;
  const collator = new Intl.Collator(undefined, { numeric: true });
  const keys = texts.map((text) => (text === "–" || text === "" ? undefined : numeric ? quantityIn(text) : text));
  return places.sort((a, b) => {
    const [one, other] = [keys[a], keys[b]];
    if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined);
    return sign * (typeof one === "number" && typeof other === "number" ? one - other : collator.compare(String(one), String(other)));
  });
};

/** "4,096" as people type it: without what parts its thousands. */
const ungrouped = (text: string): string => text.replace(/(?<=\d),(?=\d{3}(?!\d))/g, "");

/** Whether a row's text has every word that is asked for, in any order and case, with its numbers written either way. */
export const holds = (text: string, asked: string): boolean => {
  const lower = text.toLowerCase();
  const plain = ungrouped(lower);
  return asked
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word) || plain.includes(ungrouped(word)));
};
