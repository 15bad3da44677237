import { wrapped } from "../charts/textWidth.ts";

/**
 * A first screen of 1280 × 800 px beside a figure, in px, as style.ts lays it out: where the answer's first line begins under a question of one line, what each more line takes, and what lies between the
 * answer and the first bullet under it. Measured in Chromium; a browser's test holds pages to it.
 */
const screen = {
  heightPx: 792,
  answerTopPx: 170,
  question: { widthPx: 1000, fontPx: 30.4, linePx: 36.5 },
  modelLinePx: 28,
  lead: { widthPx: 572, fontPx: 17.6, linePx: 25, gapPx: 7 },
  boxTopPx: 57,
  bullet: { widthPx: 272, fontPx: 15.2, linePx: 21.6, gapPx: 5 },
} as const;

/** Fonts of systems run narrower than those that the widths of charts allow for, which must never be cut. */
const narrower = 0.93;

const linesOf = (text: string, { widthPx, fontPx }: { readonly widthPx: number; readonly fontPx: number }): number =>
  text === "" ? 0 : Math.max(1, wrapped(text, widthPx / narrower, fontPx).length);

/** Characters of a question that leave the answer on the first screen. */
export const longestQuestion = 140;

export interface AboveBullets {
  readonly question: string;
  /** a line under the question says which model was measured */
  readonly hasModel: boolean;
  readonly leads: readonly string[];
}

/** How high bullets may stand together under this answer, px. */
export const roomFor = ({ question, hasModel, leads }: AboveBullets): number =>
  screen.heightPx -
  screen.answerTopPx -
  (linesOf(question, screen.question) - 1) * screen.question.linePx -
  (hasModel ? screen.modelLinePx : 0) -
  leads.reduce((sum, lead) => sum + linesOf(lead, screen.lead) * screen.lead.linePx + screen.lead.gapPx, 0) -
  screen.boxTopPx;

const heightOf = (text: string): number => linesOf(text, screen.bullet) * screen.bullet.linePx + screen.bullet.gapPx;

/** Bullets, the most important first, parted into those that are seen without scrolling and those that are folded: the last ones, but none that `stays`. */
export const partedInSight = <One extends { readonly text: string; readonly stays: boolean }>(
  bullets: readonly One[],
  roomPx: number,
): { readonly seen: readonly One[]; readonly folded: readonly One[] } => {
  const folded = new Set<One>();
  const height = (): number => bullets.reduce((sum, one) => sum + (folded.has(one) ? 0 : heightOf(one.text)), 0);
  for (const one of bullets.toReversed()) if (!one.stays && height() > roomPx) folded.add(one);
  return { seen: bullets.filter((one) => !folded.has(one)), folded: bullets.filter((one) => folded.has(one)) };
};
