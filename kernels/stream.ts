import type { Shape } from "./mechanism.ts";

/** A generated text reads its q, k and v in a circle of this many tokens, so that inputs stay small however long it gets. */
export const streamTokens = 64;

/** Tokens of q, k and v by phase: n in prefill, 1 in decode, the stream in generate. */
export const inputTokens = ({ phase, n }: Pick<Shape, "phase" | "n">): number => (phase === "decode" ? 1 : phase === "generate" ? streamTokens : n);

/** Tokens of o: 1 in decode, n otherwise. */
export const outputTokens = ({ phase, n }: Pick<Shape, "phase" | "n">): number => (phase === "decode" ? 1 : n);
