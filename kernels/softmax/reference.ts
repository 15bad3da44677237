import type { ExpectedRow, ReferenceAt, Shape, Tensors } from "../mechanism.ts";
import { inputTokens, outputTokens } from "../stream.ts";
import { tensorOf } from "../tensors.ts";

type Row = ArrayLike<number>;
const cacheRowsChecked = 64;

/**
 * Causal softmax attention in float64, from the definition (Vaswani et al., arXiv 1706.03762, eq. 1): o_t = Σ_j softmax_j(q_t·k_j / √headDim) v_j
 * over j ≤ t. Rows of o for `at`, and for decode and generate rows of that head's caches: the appended ones, and a spread of 64 where there are more.
 */
export const softmaxReference = (shape: Shape, inputs: Tensors, at: ReferenceAt): readonly ExpectedRow[] => {
  const { n, heads, kvHeads, headDim } = shape;
  const kvHead = Math.floor(at.head / (heads / kvHeads));
  const row = (name: string, tokens: number, lines: number, token: number, line: number): Row => {
    const start = ((at.batch * tokens + token) * lines + line) * headDim;
    return tensorOf(inputs, name).subarray(start, start + headDim);
  };
  // Query of output row t, and key or value of token j, by phase.
  const decodes = shape.phase === "decode";
  const tokens = inputTokens(shape);
  const query = (t: number): Row => row("q", tokens, heads, t % tokens, at.head);
  const keyValue = (name: "k" | "v", j: number): Row =>
    decodes && j < n ? row(`${name}Cache`, n + 1, kvHeads, j, kvHead) : row(name, tokens, kvHeads, j % tokens, kvHead);

  const outputRows = outputTokens(shape);
  const expected: ExpectedRow[] = at.tokens.map((t) => {
    const length = decodes ? n + 1 : t + 1;
    const values = attend(
      query(t),
      length,
      (j) => keyValue("k", j),
      (j) => keyValue("v", j),
    );
    return { buffer: "o", offset: ((at.batch * outputRows + t) * heads + at.head) * headDim, values };
  });
  if (shape.phase === "prefill") return expected;

  const capacity = decodes ? n + 1 : n;
  const checked = Math.min(capacity, cacheRowsChecked);
  for (let i = 0; i < checked; i++) {
    const j = checked === 1 ? 0 : Math.round((i * (capacity - 1)) / (checked - 1));
    for (const name of ["k", "v"] as const) {
      expected.push({ buffer: `${name}Cache`, offset: ((at.batch * capacity + j) * kvHeads + kvHead) * headDim, values: Float64Array.from(keyValue(name, j)) });
    }
  }
  return expected;
};

const attend = (query: Row, length: number, key: (j: number) => Row, value: (j: number) => Row): Float64Array => {
  const scale = 1 / Math.sqrt(query.length);
  const scores = new Float64Array(length);
  let largest = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < length; j++) {
    scores[j] = scale * dot(query, key(j));
    largest = Math.max(largest, scores[j] ?? Number.NaN);
  }
  const output = new Float64Array(query.length);
  let sum = 0;
  for (let j = 0; j < length; j++) {
    const weight = Math.exp((scores[j] ?? Number.NaN) - largest);
    const row = value(j);
    sum += weight;
    for (let c = 0; c < output.length; c++) output[c] = (output[c] ?? 0) + weight * (row[c] ?? Number.NaN);
  }
  return output.map((total) => total / sum);
};

const dot = (a: Row, b: Row): number => {
  let sum = 0;
  for (let c = 0; c < a.length; c++) sum += (a[c] ?? Number.NaN) * (b[c] ?? Number.NaN);
  return sum;
};
