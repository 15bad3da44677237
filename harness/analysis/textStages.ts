import type { Estimate } from "../record/derived.ts";
import { mean } from "./statistics.ts";

/** Where the time of one token goes that is written after n others. */
export interface TokenStages {
  readonly n: number;
  /** of the whole token */
  readonly wholeMs: Estimate;
  readonly times: readonly { readonly stage: string; readonly ms: Estimate }[];
}

/** Where the time of a whole text of n tokens goes, each written after all before it. */
export interface TextStages {
  readonly n: number;
  readonly wholeMs: Estimate;
  /** `share`: of the stages' sum, 0..1 */
  readonly times: readonly { readonly stage: string; readonly ms: Estimate; readonly share: number }[];
}

/**
 * Texts as long as each of these contexts but the shortest, from their tokens: t(0) + t(1) + … + t(n − 1), t on parabolas through neighbouring n that were measured, and below the first of them on the line through
 * the first two. That is exact for times that are a line over n, and but for the first piece for those that are a square. Ends of intervals are sums of the tokens' own, as if all were off the same way: wider than 95 %. `all`: n ascending, of one arm at one shape, all with the same stages; of two at one n the first counts.
 */
export const textStages = (all: readonly TokenStages[]): readonly TextStages[] => {
  const tokens = all.filter(({ n }, i) => i === 0 || n > (all[i - 1]?.n ?? 0));
  return tokens.slice(1).map(({ n, times }) => {
    const upTo = tokens.filter((token) => token.n <= n);
    const ns = upTo.map((token) => token.n);
    const stages = times.map(({ stage }) => ({
      stage,
      ms: summed(
        ns,
        upTo.map((token) => token.times.find((time) => time.stage === stage)?.ms ?? nothing),
      ),
    }));
    const sum = stages.reduce((all, { ms }) => all + ms.value, 0);
    return {
      n,
      wholeMs: summed(
        ns,
        upTo.map(({ wholeMs }) => wholeMs),
      ),
      times: stages.map(({ stage, ms }) => ({ stage, ms, share: sum > 0 ? ms.value / sum : 0 })),
    };
  });
};

const nothing: Estimate = { value: 0, low: 0, high: 0 };

const summed = (ns: readonly number[], times: readonly Estimate[]): Estimate => {
  const of = (end: keyof Estimate): number =>
    sumOnParabolas(
      ns,
      times.map((time) => time[end]),
    );
  const value = of("value");
  return { value, low: Math.min(value, of("low")), high: Math.max(value, of("high")) };
};

/** Σ t(m), m from 0 up to the last n less 1, of t through (ns, ys); two or more, ascending. Never below 0. */
const sumOnParabolas = (ns: readonly number[], ys: readonly number[]): number => {
  const [x0 = 0, x1 = 1, y0 = 0, y1 = 0] = [ns[0], ns[1], ys[0], ys[1]];
  const first = Math.max(0, y0 - ((y1 - y0) / (x1 - x0)) * x0);
  const [xs, values] = [
    [0, ...ns],
    [first, ...ys],
  ];
  const bends = ns.slice(2).map((_, i) => bendOf(ns.slice(i, i + 3), ys.slice(i, i + 3)));
  return xs.slice(1).reduce((sum, x, i) => {
    // A piece between two n lies in up to two parabolas, that of its left and that of its right neighbour.
    const around = i === 0 ? [] : bends.slice(Math.max(0, i - 2), i);
    return sum + betweenTwo(xs[i] ?? 0, x, values[i] ?? 0, values[i + 1] ?? 0, around.length > 0 ? mean(around) : 0);
  }, 0);
};

/** Half the second derivative of the parabola through three points (second divided difference). */
const bendOf = ([x0 = 0, x1 = 0, x2 = 0]: readonly number[], [y0 = 0, y1 = 0, y2 = 0]: readonly number[]): number =>
  ((y2 - y1) / (x2 - x1) - (y1 - y0) / (x1 - x0)) / (x2 - x0);

/** Σ over whole m from `from` up to `to` less 1 of the line from `start` to `end`, bent: + bend · (m − from) · (m − to). Within what `count` of the smaller, and of the larger end take. */
const betweenTwo = (from: number, to: number, start: number, end: number, bend: number): number => {
  const count = to - from;
  if (count <= 0) return 0;
  const onLine = count * start + ((end - start) * (count - 1)) / 2;
  const bent = onLine - (bend * count * (count * count - 1)) / 6;
  return Math.min(count * Math.max(start, end), Math.max(count * Math.min(start, end), bent));
};
