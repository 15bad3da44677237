import type { ExpectedRow, ReferenceAt, Shape, Tensors } from "../mechanism.ts";
import { normals } from "../random.ts";
import { scaleOf } from "../scale.ts";
import { drawnAs } from "../storage.ts";
import { attend, dot, floats } from "./reference.ts";

/**
 * q [batch, 1, head, channel], x [batch, 1, dModel] and hidden [batch, n + 1, dModel] ~ N(0, 1), NaN in row n until the step appends x; wK and wV [dModel,
 * kvHead × channel] ~ N(0, 1/dModel), so that keys and values are of unit variance, as those of a cache are drawn. All are what dtype holds.
 */
export const noCacheInputs = (shape: Shape, seed: number): Tensors => {
  const { batch, n, heads, kvHeads, headDim, headDimV, dModel, dtype } = shape;
  const draw = (name: string, count: number): Float32Array => drawnAs(dtype, normals(count, seed, name));
  const hidden = draw("hidden", batch * (n + 1) * dModel);
  for (let entry = 1; entry <= batch; entry++) hidden.fill(Number.NaN, (entry * (n + 1) - 1) * dModel, entry * (n + 1) * dModel);
  const spread = Math.sqrt(dModel);
  const weights = (name: string, channels: number): Float32Array =>
    drawnAs(
      dtype,
      normals(dModel * kvHeads * channels, seed, name).map((x) => x / spread),
    );
  return {
    q: draw("q", batch * heads * headDim),
    x: draw("x", batch * dModel),
    wK: weights("wK", headDim),
    wV: weights("wV", headDimV),
    hidden,
  };
};

/**
 * Softmax attention of the newest token in float64 over k_j = x_j W_k and v_j = x_j W_v. Sums are taken in the order that costs least, which is the same
 * in exact numbers: q·k_j = x_j·(W_k q), Σ p_j v_j = (Σ p_j x_j) W_v. Then the hidden states of that batch entry in full, the newest among them.
 */
export const noCacheReference = (shape: Shape, inputs: Tensors, at: ReferenceAt): readonly ExpectedRow[] => {
  const { n, heads, kvHeads, headDim, headDimV, dModel } = shape;
  const [q, x, wK, wV, hidden] = ["q", "x", "wK", "wV", "hidden"].map((name) => floats(inputs, name)) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const kvHead = Math.floor(at.head / (heads / kvHeads));
  const newest = x.subarray(at.batch * dModel, (at.batch + 1) * dModel);
  const first = at.batch * (n + 1) * dModel;
  const state = (j: number): Float32Array => (j === n ? newest : hidden.subarray(first + j * dModel, first + (j + 1) * dModel));
  const weights = (tensor: Float32Array, channels: number, line: number): Float32Array =>
    tensor.subarray((line * kvHeads + kvHead) * channels, (line * kvHeads + kvHead + 1) * channels);
  const lines = Array.from({ length: dModel }, (_, line) => line);

  const queryAt = (at.batch * heads + at.head) * headDim;
  const query = Float64Array.from(lines, (line) => dot(weights(wK, headDim, line), q.subarray(queryAt, queryAt + headDim)));
  const keys = Array.from({ length: n + 1 }, (_, j) => j);
  const mixed = attend(query, scaleOf(shape), dModel, keys, state, state);
  const values = new Float64Array(headDimV);
  for (const line of lines) {
    const row = weights(wV, headDimV, line);
    for (let c = 0; c < headDimV; c++) values[c] = (values[c] ?? 0) + (mixed[line] ?? Number.NaN) * (row[c] ?? Number.NaN);
  }
  const kept = { buffer: "hidden", offset: first, values: hidden.subarray(first, first + n * dModel) };
  return [
    ...at.tokens.map(() => ({ buffer: "o", offset: (at.batch * heads + at.head) * headDimV, values })),
    ...(n > 0 ? [kept] : []),
    { buffer: "hidden", offset: first + n * dModel, values: newest },
  ];
};
