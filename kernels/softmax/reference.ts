import type { ExpectedRow, ReferenceAt, ReferenceTensors, Shape } from "../mechanism.ts";
import { scaleOf } from "../scale.ts";
import { inputTokens, outputTokens } from "../stream.ts";
import { tensorOf } from "../tensors.ts";
import { attend, cyclic, type Run } from "./rowRuns.ts";
import { cacheCapacity, isWindowed, rowOfToken, tokenInRow, windowOf } from "./window.ts";

/**
 * Causal softmax attention in float64, from the definition (Vaswani et al., arXiv 1706.03762, eq. 1): o_t = Σ_j softmax_j(q_t·k_j / √headDim) v_j
 * over j ≤ t, with a window over those of them with j > t − window or j < sinks. Rows of o for `at`, and wherever a cache is apart from k and v
 * that batch entry's caches in full: what was there, and what was written.
 */
export const softmaxReference = (shape: Shape, inputs: ReferenceTensors, at: ReferenceAt): readonly ExpectedRow[] => {
  const { n, heads, kvHeads, headDim, headDimV } = shape;
  const kvHead = Math.floor(at.head / (heads / kvHeads));
  const tokens = inputTokens(shape);
  const q = floats(inputs, "q");
  const decodes = shape.phase === "decode";
  const keysOrValues = (name: "k" | "v", channels: number, t: number): readonly Run[] => {
    const lines = (tensor: string, rows: number, from: number, to: number): Run => ({
      tensor: floats(inputs, tensor),
      first: ((at.batch * rows + from) * kvHeads + kvHead) * channels,
      stride: kvHeads * channels,
      rows: to - from,
    });
    if (!decodes) return seenBy(shape, t).flatMap(([from, to]) => cyclic(from, to, tokens).map((run) => lines(name, tokens, ...run)));
    // The newest key is not in the cache yet.
    const capacity = cacheCapacity(shape);
    const newest = rowOfToken(shape, n);
    const kept = (from: number, to: number): Run => lines(`${name}Cache`, capacity, from, to);
    return [kept(0, newest), lines(name, 1, 0, 1), kept(newest + 1, capacity)];
  };

  const outputRows = outputTokens(shape);
  const expected: ExpectedRow[] = at.tokens.map((t) => {
    const line = ((at.batch * tokens + (t % tokens)) * heads + at.head) * headDim;
    const query = Float64Array.from(q.subarray(line, line + headDim));
    const values = attend(query, scaleOf(shape), headDimV, keysOrValues("k", headDim, t), keysOrValues("v", headDimV, t));
    return { buffer: "o", offset: ((at.batch * outputRows + t) * heads + at.head) * headDimV, values };
  });
  if (decodes) return [...expected, ...decodedCache(shape, inputs, at.batch)];
  return shape.phase === "prefill" && !isWindowed(shape) ? expected : [...expected, ...writtenCache(shape, inputs, at.batch)];
};

/** from, …, to − 1 */
const count = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, i) => from + i);

type Span = readonly [from: number, to: number];

/** Tokens that token t sees, ascending, as spans. */
const seenBy = (shape: Shape, t: number): readonly Span[] => {
  const { window, sinks } = windowOf(shape);
  const oldest = window === 0 ? 0 : Math.max(0, t - window + 1);
  return [
    [0, Math.min(sinks, oldest)],
    [oldest, t + 1],
  ];
};

const cacheNames = ["k", "v"] as const;

const rowElements = ({ kvHeads, headDim, headDimV }: Shape, name: "k" | "v"): number => kvHeads * (name === "k" ? headDim : headDimV);

/** The caches of one batch entry after a decoded token, all heads: what was there, but for the row of the newest token. */
const decodedCache = (shape: Shape, inputs: ReferenceTensors, batch: number): ExpectedRow[] => {
  const capacity = cacheCapacity(shape);
  const newestRow = rowOfToken(shape, shape.n);
  return cacheNames.flatMap((name) => {
    const buffer = `${name}Cache`;
    const elements = rowElements(shape, name);
    const at = (row: number): number => (batch * capacity + row) * elements;
    const kept = (from: number, to: number): ExpectedRow => ({ buffer, offset: at(from), values: floats(inputs, buffer).subarray(at(from), at(to)) });
    const arriving = floats(inputs, name).subarray(batch * elements, (batch + 1) * elements);
    const rows = [kept(0, newestRow), { buffer, offset: at(newestRow), values: arriving }, kept(newestRow + 1, capacity)];
    return rows.filter(({ values }) => values.length > 0);
  });
};

/** The caches of one batch entry that steps have filled, all heads, in runs of rows whose tokens are neighbours in k and v too: a text's come from the stream, over and over. */
const writtenCache = (shape: Shape, inputs: ReferenceTensors, batch: number): ExpectedRow[] => {
  const capacity = cacheCapacity(shape);
  const tokens = inputTokens(shape);
  const sourceOf = (row: number): number => tokenInRow(shape, shape.n, row) % tokens;
  const starts = count(0, capacity).filter((row) => row === 0 || sourceOf(row) !== sourceOf(row - 1) + 1);
  return cacheNames.flatMap((name) => {
    const elements = rowElements(shape, name);
    return starts.map((row, run): ExpectedRow => {
      const source = batch * tokens + sourceOf(row);
      const values = floats(inputs, name).subarray(source * elements, (source + (starts[run + 1] ?? capacity) - row) * elements);
      return { buffer: `${name}Cache`, offset: (batch * capacity + row) * elements, values };
    });
  });
};

/** Given, or computed by a model before it. */
export type Floats = Float32Array | Float64Array;

/** The tensor of that name, of f32 or float64. Throws where it is missing or of another type. */
export const floats = (inputs: ReferenceTensors, name: string): Floats => {
  const tensor = tensorOf(inputs, name);
  if (tensor instanceof Uint32Array) throw new Error(`tensor ${name} is of whole numbers`);
  return tensor;
};
