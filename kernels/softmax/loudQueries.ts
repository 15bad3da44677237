import type { Shape } from "../mechanism.ts";
import { uniformStream } from "../random.ts";
import { inputTokens } from "../stream.ts";
import { cacheCapacity, windowOf } from "./window.ts";

/** Score of a loud query at its key. e^x leaves f32 at x = 88.7, so what is subtracted from its row's scores had better be their maximum. */
const loudScore = 256;

/**
 * A key is pointed at if its squared length is this or more. Then another one would have to lie 5.7 standard deviations out to score as much (8e-9 a
 * key), and the row comes down to one key: where two share it, what rounds a score of 256 would show.
 */
const leastSquare = 32;

/** A third of the rows, each head and each position within a tile among them, and not the only head of a decode. */
const isLoud = (batch: number, token: number, head: number): boolean => (batch + token + head) % 3 === 1;

/** Keys that row `token` of q sees, sinks left out: rows of the cache in decode, tokens otherwise. */
const seenBy = (shape: Shape, token: number): { readonly first: number; readonly count: number } => {
  if (shape.phase === "decode") return { first: 0, count: cacheCapacity(shape) };
  const { window } = windowOf(shape);
  const first = window === 0 || window >= shape.n ? 0 : Math.max(0, token + 1 - window);
  return { first, count: token + 1 - first };
};

/**
 * Rows of q [batch, token, head, channel], N(0, 1) as given, a third of them turned in place to a key that they see, for a score of 256 there: a quarter to
 * the first, a quarter to the last, the others to any. A row that sees one key alone is turned away from it, for −256, of which nothing is left where a
 * maximum begins at 0; not in generate, where the query comes again among other keys, and two of those might share it. A row whose key is too short stays
 * as it is. `keyAt` gives a key [channel] by row of the cache in decode, by token otherwise.
 */
export const turnLoudQueries = (
  shape: Shape,
  seed: number,
  q: Float32Array,
  keyAt: (batch: number, place: number, kvHead: number) => ArrayLike<number>,
): Float32Array => {
  const { phase, batch: batches, heads, kvHeads, headDim } = shape;
  const uniform = uniformStream(seed, "loud queries");
  const tokens = inputTokens(shape);
  for (let line = 0; line < batches * tokens * heads; line++) {
    const [batch, token, head] = [Math.floor(line / (tokens * heads)), Math.floor(line / heads) % tokens, line % heads];
    if (!isLoud(batch, token, head)) continue;
    const { first, count } = seenBy(shape, token);
    const place = first + Math.min(Math.max(Math.floor((2 * uniform() - 0.5) * count), 0), count - 1);
    const key = Float64Array.from(keyAt(batch, place, Math.floor((head * kvHeads) / heads)));
    const square = key.reduce((sum, x) => sum + x * x, 0);
    if (square < leastSquare) continue;
    const score = count === 1 && phase !== "generate" ? -loudScore : loudScore;
    const factor = (score * Math.sqrt(headDim)) / square;
    q.set(
      key.map((x) => x * factor),
      line * headDim,
    );
  }
  return q;
};
