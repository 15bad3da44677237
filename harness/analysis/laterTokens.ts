import type { LaterToken } from "../messages/en.ts";
import type { Messages } from "../messages/messages.ts";
import type { Fit } from "../record/derived.ts";
import type { Analysed } from "./answer.ts";
import { formatTimes } from "./format.ts";
import { spanOf } from "./span.ts";

/** Growth that nobody would notice. */
const noticed = 1.05;

/** A factor that is known less well than to this is not told. */
const widest = 2;

/**
 * Does the next token take longer, the more came before it? Of each arm: that it does, by its law or as measured over the range, and what twice as many tokens take, that it does not, that no growth was seen but none is ruled out, or that it is open.
 * Arms that do come first. Part of a sentence; undefined in other phases than decode, and where an arm has no curve. `spoken`: arms by their names in a sentence.
 */
export const laterTokens = (record: Analysed, labels: readonly string[], t: Messages, spoken: (label: string) => string): string | undefined => {
  if (record.experiment.phase !== "decode" || labels.length === 0) return undefined;
  const arms = labels.map((label) => {
    const fits = record.fits.filter((fit) => fit.label === label && fit.metric === "time" && fit.variable === "n" && fit.points.length > 1);
    return { arm: spoken(label), fits };
  });
  if (arms.some(({ fits }) => fits.length === 0)) return undefined;
  const told = arms.map(
    ({ arm, fits }): LaterToken => ({ arm, growth: growthOf(fits), factor: factorOf(fits), n: Math.max(...fits.map(({ points }) => points.at(-1)?.x ?? 0)) }),
  );
  const order: readonly LaterToken["growth"][] = ["grows", "none", "unseen", "open"];
  return t.headline.later(told.toSorted((one, other) => order.indexOf(one.growth) - order.indexOf(other.growth)));
};

const growthOf = (fits: readonly Fit[]): LaterToken["growth"] => {
  if (fits.every(({ class: law }) => law === "O(1)")) return "none";
  if (fits.every(({ candidates, points }) => (candidates.length > 0 && !candidates.includes("O(1)")) || leastOverRange(points) >= noticed)) return "grows";
  return fits.every(({ class: law, points }) => law === "O(1)" || leastOverRange(points) < noticed) ? "unseen" : "open";
};

/** How many times as long the longest text takes as the shortest at the least: the lower end of its 95 % interval, both times' in quadrature of logs. */
const leastOverRange = (points: Fit["points"]): number => {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return 0;
  return (last.y / first.y) * Math.exp(-Math.hypot(Math.log(last.y / last.low), Math.log(first.high / first.y)));
};

/** How many times as long the longest texts take as those of half as many tokens, or where none has such a length as the shortest, over all shapes; undefined where these differ or a time is known too widely. */
const factorOf = (fits: readonly Fit[]): LaterToken["factor"] => {
  const ends = fits.flatMap(({ points }) => {
    const whole = points.at(-1);
    const half = points.find(({ x }) => whole && Math.abs(2 * x - whole.x) < 1e-9 * whole.x);
    const part = half ?? points[0];
    const isKnown = whole && part && (whole.high / whole.low) * (part.high / part.low) <= widest;
    return isKnown ? [{ times: whole.y / part.y, from: half ? undefined : part.x, to: half ? undefined : whole.x }] : [];
  });
  const [first] = ends;
  const alike = ends.every(({ from, to }) => from === first?.from && to === first?.to);
  const known = ends.map(({ times }) => times);
  if (!first || ends.length < fits.length || !alike || Math.min(...known) < noticed) return undefined;
  const range = first.from === undefined || first.to === undefined ? undefined : ([first.from, first.to] as const);
  return { times: spanOf(known, (times) => (range ? formatTimes(times) : times.toFixed(1))), range };
};
