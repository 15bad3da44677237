import { unbroken } from "../unbroken.ts";

/**
 * Widths of the printable ASCII characters of Helvetica in 1/1000 em, from the Adobe font metrics (AFM). Without a canvas Vega takes every
 * character as 0.8 em (vega/vega#2940), which cuts legends and pads axes.
 */
const widths = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584,
  556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278,
  469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260,
  334, 584,
] as const;

/** How much wider than Helvetica the fonts run that system-ui stands for: DejaVu Sans by a sixth. */
const stretch = 1.15;

/** Chinese, Japanese and Korean characters, their punctuation and full-width forms: square in every font. */
const square = /[\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3ffff}]/u;

/** Width in px of one line of text. Square characters are 1 em wide, emoji a little more. */
export const textWidth = (text: string, fontSizePx: number): number => {
  let [thousandths, squares] = [0, 0];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 32;
    if (square.test(character)) squares++;
    else
      thousandths +=
        code < 32 || code === 0x2068 || code === 0x2069 ? 0 : code === 0xa0 ? widths[0] : code < 127 ? (widths[code - 32] ?? 556) : code < 0x2e80 ? 600 : 1000;
  }
  return (thousandths / 1000) * fontSizePx * stretch + squares * fontSizePx;
};

/** `text` cut so that it fits into `limitPx`, ending in … if it was cut. */
export const fitted = (text: string, limitPx: number, fontSizePx: number): string => {
  if (textWidth(text.slice(0, 4096), fontSizePx) <= limitPx) return text;
  let kept = "";
  let width = textWidth("…", fontSizePx);
  for (const character of text) {
    width += textWidth(character, fontSizePx);
    if (width > limitPx) break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
};

/** How labels of an axis make room for each other: every second of them where that leaves several, on a narrow chart as many as fit, since every second of wide ones leaves the ends alone. */
export const labelOverlapOf = ({ name }: { readonly name: "wide" | "narrow" }): "parity" | "greedy" => (name === "wide" ? "parity" : "greedy");

const mostLabelLines = 3;

/** A name that stands beside a plot, or a title above it: in lines of at most `limitPx`, `most` at most, the last cut where it has to be. */
export const labelLines = (text: string, limitPx: number, fontSizePx: number, most = mostLabelLines): readonly string[] => {
  const lines = wrapped(text.slice(0, 4096), limitPx, fontSizePx);
  const [shown, rest] = [lines.slice(0, most - 1), lines.slice(most - 1)];
  return rest.length === 0 ? shown : [...shown, fitted(rest.join(" "), limitPx, fontSizePx)];
};

/** Where a line may end behind a square character: not behind one that opens (a bracket, a quotation), nor before one that closes (the rules of GB/T 15834). */
const mayBreak =
  /(?<=[\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3ffff}])(?<![\uff08\u300a\u300c\u300e\u3010\u3008])(?![\uff0c\u3002\uff1b\uff1a\uff1f\uff01\uff09\u300b\u300d\u300f\u3011\u3009\u3001\u2026]|$)/u;

/** Lines of at most `limitPx`, broken at spaces, and in Chinese text between characters. */
export const wrapped = (text: string, limitPx: number, fontSizePx: number): readonly string[] => {
  const lines: string[] = [];
  for (const word of unbroken(text).split(" ")) {
    const pieces = word.split(mayBreak);
    for (const [i, piece] of pieces.entries()) {
      const longer = lines.length === 0 ? piece : `${lines.at(-1)}${i === 0 ? " " : ""}${piece}`;
      if (lines.length > 0 && textWidth(longer, fontSizePx) <= limitPx) lines[lines.length - 1] = longer;
      else lines.push(fitted(piece, limitPx, fontSizePx));
    }
  }
  return lines;
};
