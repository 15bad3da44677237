import type { Shape } from "./mechanism.ts";

/** A generated text reads its q, k and v in a circle of this many tokens, so that inputs stay small however long it gets. */
const streamTokens = 64;

type Streamed = Pick<Shape, "phase" | "n" | "stream">;

/** Tokens of q, k and v by phase: n in prefill, 1 in decode, the stream in generate. */
export const inputTokens = ({ phase, n, stream = streamTokens }: Streamed): number => (phase === "decode" ? 1 : phase === "generate" ? stream : n);

/** Tokens of o: 1 in decode, n otherwise, unless a stream is asked for: o goes round in it too. */
export const outputTokens = ({ phase, n, stream }: Streamed): number => (phase === "decode" ? 1 : phase === "generate" ? (stream ?? n) : n);
