import { printable, shortened } from "./html.ts";

/** what a row has room for */
const longestLabel = 60;

/** Labels as they are shown, each in one way: on one line, of a length that a page or a row can hold. One that would then read as another already does is numbered, so that two arms never become one. */
export const shortLabels = (longest = longestLabel): ((label: string) => string) => {
  const shown = new Map<string, string>();
  const taken = new Set<string>();
  return (label) => {
    const known = shown.get(label);
    if (known !== undefined) return known;
    const clean = printable(label.replace(/\s+/g, " "));
    const whole = shortened(clean, longest);
    const short = taken.has(whole) ? `${shortened(clean, longest - 6)} (${shown.size + 1})` : whole;
    shown.set(label, short);
    taken.add(short);
    return short;
  };
};
