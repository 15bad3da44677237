import { en } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { Frame, Layer, LogScale } from "./frame.ts";
import { type PlacedText, textLayers, xInPx } from "./placed.ts";
import { textWidth } from "./textWidth.ts";
import { theme } from "./theme.ts";

/** Lengths that a reader knows, in tokens, about: at three quarters of an English word a token. */
const familiar = [
  { tokens: 50, length: "message" },
  { tokens: 500, length: "page" },
  { tokens: 10_000, length: "paper" },
  { tokens: 130_000, length: "novel" },
] as const;

/** Px under the axis title that the ruler takes. */
export const rulerPx = 20;

const fontPx = 10.5;
/** From the plot's lower edge: below ticks and axis title. */
const topPx = 44;
const gapPx = 6;

/** Those that lie within the axis and have room for their word, in px. */
export const lengthsOn = (
  { low, high, toPx }: LogScale,
  { charts: { ruler } }: Messages = en,
): readonly { readonly word: string; readonly tokens: number; readonly px: number }[] => {
  const kept: { word: string; tokens: number; px: number; right: number }[] = [];
  for (const { tokens, length } of familiar) {
    const word = ruler[length];
    const px = toPx(tokens);
    const half = textWidth(word, fontPx) / 2;
    if (tokens >= low && tokens <= high && px - half >= (kept.at(-1)?.right ?? Number.NEGATIVE_INFINITY) + gapPx)
      kept.push({ word, tokens, px, right: px + half });
  }
  return kept;
};

/** How long n is in words: a mark and a word each under the axis. */
export const rulerLayers = (scale: LogScale, { plotWidth, plotHeight }: Frame, t: Messages): readonly Layer[] => {
  const values = lengthsOn(scale, t);
  if (values.length === 0) return [];
  const follows = (x: number) => ({ x, fromPx: 0, toPx: plotWidth });
  const at = (px: number) => ({ value: plotHeight + px });
  return [
    {
      data: { values: values.map(({ tokens, px }) => ({ px, follows: follows(tokens) })) },
      mark: { type: "rule", color: theme.muted.light, strokeWidth: 1 },
      encoding: { x: xInPx, y: at(topPx), y2: at(topPx + 5) },
    },
    ...textLayers(
      values.map(({ word, tokens, px }): PlacedText => ({ text: word, px, py: plotHeight + topPx + 12, follows: follows(tokens) })),
      { fontSize: fontPx, color: theme.muted.light },
    ),
  ];
};
