import type { ExpectedRow, ReferenceAt, Shape, Tensors } from "../mechanism.ts";
import { scaleOf } from "../scale.ts";
import { inputTokens, outputTokens } from "../stream.ts";
import { tensorOf } from "../tensors.ts";
import { cacheCapacity } from "./buffers.ts";

type Row = ArrayLike<number>;

/**
 * Causal softmax attention in float64, from the definition (Vaswani et al., arXiv 1706.03762, eq. 1): o_t = Σ_j softmax_j(q_t·k_j / √headDim) v_j
 * over j ≤ t. Rows of o for `at`, and for decode and generate that batch entry's caches in full: what was there, and what was appended.
 */
export const softmaxReference = (shape: Shape, inputs: Tensors, at: ReferenceAt): readonly ExpectedRow[] => {
  const { n, heads, kvHeads, headDim, headDimV } = shape;
  const kvHead = Math.floor(at.head / (heads / kvHeads));
  const row = (name: string, tokens: number, lines: number, token: number, line: number): Row => {
    const channels = name.startsWith("v") ? headDimV : headDim;
    const start = ((at.batch * tokens + token) * lines + line) * channels;
    return tensorOf(inputs, name).subarray(start, start + channels);
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
      scaleOf(shape),
      headDimV,
      length,
      (j) => keyValue("k", j),
      (j) => keyValue("v", j),
    );
    return { buffer: "o", offset: ((at.batch * outputRows + t) * heads + at.head) * headDimV, values };
  });
  return shape.phase === "prefill" ? expected : [...expected, ...cacheRows(shape, inputs, at.batch)];
};

/** The caches of one batch entry, all heads: the context of decode and its newest token; in generate the stream, over and over. */
const cacheRows = (shape: Shape, inputs: Tensors, batch: number): ExpectedRow[] => {
  const { n, kvHeads } = shape;
  const capacity = cacheCapacity(shape);
  const tokens = inputTokens(shape);
  return (["k", "v"] as const).flatMap((name): ExpectedRow[] => {
    const buffer = `${name}Cache`;
    const row = kvHeads * (name === "k" ? shape.headDim : shape.headDimV);
    const at = (token: number): number => (batch * capacity + token) * row;
    const arriving = floats(inputs, name).subarray(batch * tokens * row, (batch + 1) * tokens * row);
    if (shape.phase === "decode") {
      const context = { buffer, offset: at(0), values: floats(inputs, buffer).subarray(at(0), at(n)) };
      return [...(n > 0 ? [context] : []), { buffer, offset: at(n), values: arriving }];
    }
    return Array.from({ length: Math.ceil(n / tokens) }, (_, turn) => ({
      buffer,
      offset: at(turn * tokens),
      values: arriving.subarray(0, Math.min(tokens, n - turn * tokens) * row),
    }));
  });
};

const floats = (inputs: Tensors, name: string): Float32Array => {
  const tensor = tensorOf(inputs, name);
  if (!(tensor instanceof Float32Array)) throw new Error(`tensor ${name} is not of f32`);
  return tensor;
};

const attend = (query: Row, scale: number, channels: number, length: number, key: (j: number) => Row, value: (j: number) => Row): Float64Array => {
  const scores = new Float64Array(length);
  let largest = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < length; j++) {
    scores[j] = scale * dot(query, key(j));
    largest = Math.max(largest, scores[j] ?? Number.NaN);
  }
  const output = new Float64Array(channels);
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
