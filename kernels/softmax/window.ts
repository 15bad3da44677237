import type { Phase, Ring, Shape } from "../mechanism.ts";

type Windowed = Pick<Shape, "parameters">;

/** Which keys a token sees beside itself: all before it (window 0), or the first `sinks` and the newest `window`, itself among them (StreamingLLM, arXiv 2309.17453). */
export const windowOf = ({ parameters }: Windowed): { readonly window: number; readonly sinks: number } => ({
  window: Number(parameters.window ?? 0),
  sinks: Number(parameters.sinks ?? 0),
});

export const isWindowed = (shape: Windowed): boolean => windowOf(shape).window > 0;

/** Keys that the newest of `tokens` tokens sees: rows of a cache that holds no others. */
export const visibleKeys = (shape: Windowed, tokens: number): number => {
  const { window, sinks } = windowOf(shape);
  return window === 0 ? tokens : Math.min(tokens, sinks + window);
};

/** Tokens that are in the cache when a repetition is over: n and the newest in decode, the whole text or prompt otherwise. */
export const cachedTokens = ({ phase, n }: { readonly phase: Phase; readonly n: number }): number => (phase === "decode" ? n + 1 : n);

/** Rows of the cache: one a token, or of a window the sinks and a ring behind them. */
export const cacheCapacity = (shape: Shape): number => visibleKeys(shape, cachedTokens(shape));

/** Row of the cache that a token is written to; in a ring it takes that of the oldest. */
export const rowOfToken = (shape: Windowed, token: number): number => {
  const { window, sinks } = windowOf(shape);
  return window === 0 || token < sinks ? token : sinks + ((token - sinks) % window);
};

/** The token in a row of the cache when `tokens` tokens have been written, the last to have come there. */
export const tokenInRow = (shape: Windowed, tokens: number, row: number): number => {
  const { window, sinks } = windowOf(shape);
  return window === 0 || row < sinks ? row : tokens - 1 - ((tokens - 1 - row) % window);
};

/** Where a window's cache has its tokens when a repetition is over. */
export const ringOf = (shape: Shape): Ring => ({
  sinks: Math.min(windowOf(shape).sinks, cacheCapacity(shape) - 1),
  newest: rowOfToken(shape, cachedTokens(shape) - 1),
});
