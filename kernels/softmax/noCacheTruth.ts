import type { ExpectedRow, ReferenceAt, ReferenceTensors, Shape, Tensors } from "../mechanism.ts";
import { normals } from "../random.ts";
import { scaleOf } from "../scale.ts";
import { drawnAs } from "../storage.ts";
import { inputTokens, outputTokens } from "../stream.ts";
import { turnLoudQueries } from "./loudQueries.ts";
import { type Floats, floats } from "./reference.ts";
import { attend, cyclic, dot, type Run } from "./rowRuns.ts";

/**
 * q [batch, token, head, channel], in decode a third of its rows loud (loudQueries.ts), and x [batch, token, dModel] ~ N(0, 1), one token in decode and a stream of 64 in generate; wK and wV [dModel, kvHead ×
 * channel] ~ N(0, 1/dModel), so that keys and values are of unit variance, as those of a cache are drawn. Decode adds hidden [batch, n + 1, dModel] ~ N(0, 1),
 * NaN in row n until the step appends x. All are what dtype holds.
 */
export const noCacheInputs = (shape: Shape, seed: number): Tensors => {
  const { phase, batch, n, heads, kvHeads, headDim, headDimV, dModel, dtype } = shape;
  const tokens = inputTokens(shape);
  const draw = (name: string, count: number): Float32Array => drawnAs(dtype, normals(count, seed, name));
  const spread = Math.sqrt(dModel);
  const weights = (name: string, channels: number): Float32Array =>
    drawnAs(
      dtype,
      normals(dModel * kvHeads * channels, seed, name).map((x) => x / spread),
    );
  const arriving = {
    q: draw("q", batch * tokens * heads * headDim),
    x: draw("x", batch * tokens * dModel),
    wK: weights("wK", headDim),
    wV: weights("wV", headDimV),
  };
  if (phase !== "decode") return arriving;
  const hidden = draw("hidden", batch * (n + 1) * dModel);
  for (let entry = 1; entry <= batch; entry++) hidden.fill(Number.NaN, (entry * (n + 1) - 1) * dModel, entry * (n + 1) * dModel);
  const keyAt = (entry: number, token: number, kvHead: number): Float64Array => {
    const state = token === n ? arriving.x.subarray(entry * dModel) : hidden.subarray((entry * (n + 1) + token) * dModel);
    const key = new Float64Array(headDim);
    for (let line = 0; line < dModel; line++) {
      for (let c = 0; c < headDim; c++)
        key[c] = (key[c] ?? 0) + (state[line] ?? Number.NaN) * (arriving.wK[(line * kvHeads + kvHead) * headDim + c] ?? Number.NaN);
    }
    return key;
  };
  return { ...arriving, q: drawnAs(dtype, turnLoudQueries(shape, seed, arriving.q, keyAt)), hidden };
};

/**
 * Softmax attention in float64 over k_j = x_j W_k and v_j = x_j W_v, of the newest token in decode and of tokens of a text in generate. Sums are taken in the
 * order that costs least, which is the same in exact numbers: q·k_j = x_j·(W_k q), Σ p_j v_j = (Σ p_j x_j) W_v. Then the hidden states of that batch entry in
 * full.
 */
export const noCacheReference = (shape: Shape, inputs: ReferenceTensors, at: ReferenceAt): readonly ExpectedRow[] => {
  const { n, heads, kvHeads, headDim, headDimV, dModel } = shape;
  const decodes = shape.phase === "decode";
  const tokens = inputTokens(shape);
  const [q, x, wK, wV] = ["q", "x", "wK", "wV"].map((name) => floats(inputs, name)) as [Floats, Floats, Floats, Floats];
  const row = (tensor: Floats, length: number, index: number): Floats => tensor.subarray(index * length, (index + 1) * length);
  const lines = (tensor: Floats, before: number, [from, to]: readonly [number, number]): Run => ({
    tensor,
    first: (before + from) * dModel,
    stride: dModel,
    rows: to - from,
  });
  // Hidden states that token t sees: they are kept from before, or arrive.
  const states = (t: number): readonly Run[] =>
    decodes
      ? [lines(floats(inputs, "hidden"), at.batch * (n + 1), [0, n]), lines(x, at.batch, [0, 1])]
      : cyclic(0, t + 1, tokens).map((span) => lines(x, at.batch * tokens, span));
  const kvHead = Math.floor(at.head / (heads / kvHeads));
  const weights = (tensor: Floats, channels: number, line: number): Floats => row(tensor, channels, line * kvHeads + kvHead);

  const outputs = at.tokens.map((t): ExpectedRow => {
    const query = row(q, headDim, (at.batch * tokens + (t % tokens)) * heads + at.head);
    const projected = Float64Array.from({ length: dModel }, (_, line) => dot(weights(wK, headDim, line), query));
    const mixed = attend(projected, scaleOf(shape), dModel, states(t), states(t));
    const values = new Float64Array(headDimV);
    for (let line = 0; line < dModel; line++) {
      const weight = weights(wV, headDimV, line);
      for (let c = 0; c < headDimV; c++) values[c] = (values[c] ?? 0) + (mixed[line] ?? Number.NaN) * (weight[c] ?? Number.NaN);
    }
    return { buffer: "o", offset: ((at.batch * outputTokens(shape) + t) * heads + at.head) * headDimV, values };
  });
  return [...outputs, ...keptStates(shape, inputs, at.batch)];
};

/** Hidden states of one batch entry when the steps are over, in runs of rows that are neighbours in what they come from: what was there and the newest, or the stream over and over. */
const keptStates = (shape: Shape, inputs: ReferenceTensors, batch: number): ExpectedRow[] => {
  const { phase, n, dModel } = shape;
  const tokens = inputTokens(shape);
  const x = floats(inputs, "x").subarray(batch * tokens * dModel, (batch + 1) * tokens * dModel);
  if (phase === "decode") {
    const first = batch * (n + 1) * dModel;
    const kept = { buffer: "hidden", offset: first, values: floats(inputs, "hidden").subarray(first, first + n * dModel) };
    return [...(n > 0 ? [kept] : []), { buffer: "hidden", offset: first + n * dModel, values: x }];
  }
  return Array.from({ length: Math.ceil(n / tokens) }, (_, turn) => ({
    buffer: "hidden",
    offset: (batch * n + turn * tokens) * dModel,
    values: x.subarray(0, (n - turn * tokens) * dModel),
  }));
};
