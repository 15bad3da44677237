/**
 * Rows at equal distances in a tensor: row r begins at element first + r × stride. A verified row of o sees thousands of keys, and a cell has hundreds of such
 * rows: loops over a flat tensor take a tenth of what a subarray a key does.
 */
export interface Run {
  readonly tensor: Float32Array | Float64Array;
  readonly first: number;
  readonly stride: number;
  readonly rows: number;
}

/** Spans of a stream of `period` rows that repeat: those that tokens from, …, to − 1 have, in order. */
export const cyclic = (from: number, to: number, period: number): readonly (readonly [from: number, to: number])[] => {
  const spans: (readonly [number, number])[] = [];
  for (let token = from; token < to; ) {
    const first = token % period;
    const length = Math.min(to - token, period - first);
    spans.push([first, first + length]);
    token += length;
  }
  return spans;
};

/**
 * Σ_j softmax_j(scale · query·k_j) v_j in float64, over all rows of `keys` and of `values` (as many, in the same order); `channels` of a value. A key has as many
 * as the query.
 */
export const attend = (query: Float64Array, scale: number, channels: number, keys: readonly Run[], values: readonly Run[]): Float64Array => {
  const scores = new Float64Array(keys.reduce((sum, { rows }) => sum + rows, 0));
  let key = 0;
  for (const run of keys) key = score(query, scale, run, scores, key);
  let largest = Number.NEGATIVE_INFINITY;
  for (const x of scores) if (!(x <= largest)) largest = x;
  const output = new Float64Array(channels);
  let sum = 0;
  let value = 0;
  for (const { tensor, first, stride, rows } of values) {
    const weigh = (): number => {
      const weight = Math.exp((scores[value++] ?? Number.NaN) - largest);
      sum += weight;
      return weight;
    };
    let row = 0;
    // Four rows at a time: totals are loaded and stored once for all of them, and still added up in order.
    for (; row + 4 <= rows; row += 4) {
      const [w0, w1, w2, w3] = [weigh(), weigh(), weigh(), weigh()];
      const at0 = first + row * stride;
      const [at1, at2, at3] = [at0 + stride, at0 + 2 * stride, at0 + 3 * stride];
      for (let c = 0; c < channels; c++)
        output[c] =
          (output[c] as number) +
          w0 * (tensor[at0 + c] as number) +
          w1 * (tensor[at1 + c] as number) +
          w2 * (tensor[at2 + c] as number) +
          w3 * (tensor[at3 + c] as number);
    }
    for (; row < rows; row++) {
      const weight = weigh();
      const at = first + row * stride;
      for (let c = 0; c < channels; c++) output[c] = (output[c] as number) + weight * (tensor[at + c] as number);
    }
  }
  return output.map((total) => total / sum);
};

/** scale · query·k of each row of `keys` into `scores` from `to` on; where the next goes. Four sums a row: a sum waits for the one before. */
const score = (query: Float64Array, scale: number, { tensor, first, stride, rows }: Run, scores: Float64Array, to: number): number => {
  const channels = query.length;
  const whole = channels - (channels % 4);
  for (let row = 0; row < rows; row++) {
    const at = first + row * stride;
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    for (let c = 0; c < whole; c += 4) {
      s0 += (query[c] as number) * (tensor[at + c] as number);
      s1 += (query[c + 1] as number) * (tensor[at + c + 1] as number);
      s2 += (query[c + 2] as number) * (tensor[at + c + 2] as number);
      s3 += (query[c + 3] as number) * (tensor[at + c + 3] as number);
    }
    for (let c = whole; c < channels; c++) s0 += (query[c] as number) * (tensor[at + c] as number);
    scores[to + row] = scale * (s0 + s1 + (s2 + s3));
  }
  return to + rows;
};

export const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let c = 0; c < a.length; c++) sum += (a[c] ?? Number.NaN) * (b[c] ?? Number.NaN);
  return sum;
};
