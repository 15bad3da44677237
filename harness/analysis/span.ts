import type { Span } from "../messages/en.ts";

/** The least and the most of what is told of several shapes, as `write` has them. At least one value. */
export const spanOf = (values: readonly number[], write: (value: number) => string): Span => [write(Math.min(...values)), write(Math.max(...values))];
