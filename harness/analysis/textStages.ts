import type { Estimate } from "../record/derived.ts";

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
 * Texts as long as each of these contexts but the shortest, from their tokens: t(0) + t(1) + … + t(n − 1), t on straight lines between the n that were measured and the first line carried on to 0. That is exact for times in proportion
 * to n, and too much by a few hundredths for those that grow as its square. Ends of intervals are sums of the tokens' own, as if all were off the same way: wider than 95 %. `all`: n ascending, of one arm at one shape, all with the same stages; of two at one n the first counts.
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
    sumOnLines(
      ns,
      times.map((time) => time[end]),
    );
  const value = of("value");
  return { value, low: Math.min(value, of("low")), high: Math.max(value, of("high")) };
};

/** Σ t(m), m from 0 up to the last n less 1, of t on lines through (ns, ys); two or more, ascending. Never below 0. */
const sumOnLines = (ns: readonly number[], ys: readonly number[]): number => {
  const [x0 = 0, x1 = 1, y0 = 0, y1 = 0] = [ns[0], ns[1], ys[0], ys[1]];
  const first = Math.max(0, y0 - ((y1 - y0) / (x1 - x0)) * x0);
  const [xs, values] = [
    [0, ...ns],
    [first, ...ys],
  ];
  return xs.slice(1).reduce((sum, x, i) => sum + betweenTwo(xs[i] ?? 0, x, values[i] ?? 0, values[i + 1] ?? 0), 0);
};

/** Σ over whole m from `from` up to `to` less 1 of the line from `start` to `end`. */
const betweenTwo = (from: number, to: number, start: number, end: number): number => {
  const count = to - from;
  return count > 0 ? count * start + ((end - start) * (count - 1)) / 2 : 0;
};
