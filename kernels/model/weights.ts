import type { Dtype, ModelShape, PlanBuffer, Tensors } from "../mechanism.ts";
import { normals } from "../random.ts";
import { drawnAs } from "../storage.ts";
import { feedForwardOf, type MixerWidths, projectedOutputs } from "./modelShape.ts";

/** One tensor of weights, [rows, columns] with columns fastest; of a norm one row. */
export interface Weight {
  readonly name: string;
  readonly kind: "table" | "matrix" | "norm";
  readonly rows: number;
  readonly columns: number;
}

const matrix = (name: string, rows: number, columns: number): readonly Weight[] => (rows > 0 ? [{ name, kind: "matrix", rows, columns }] : []);
const norm = (name: string, columns: number): readonly Weight[] => (columns > 0 ? [{ name, kind: "norm", rows: 1, columns }] : []);

/** All weights of a model whose layers mix with these widths, in the order in which a token meets them. */
export const weightsOf = (model: ModelShape, mixers: readonly MixerWidths[]): readonly Weight[] => [
  { name: "embedding", kind: "table", rows: model.vocab, columns: model.width },
  ...mixers.flatMap((mixer, layer) => {
    const own = (name: string): string => `layer${layer}.${name}`;
    const { width } = model;
    const feedForward = feedForwardOf(model, layer);
    const { hidden } = feedForward;
    const { experts, shared = 0, sharedGate = false } = feedForward.kind === "experts" ? feedForward : { experts: 1 };
    return [
      ...norm(own("mixNorm"), width),
      // Of q, k and v, and where there are, of g, beta and the output's gate, one behind another: they are made together of one input.
      ...matrix(own("wqkv"), projectedOutputs(mixer), width),
      ...norm(own("outputNorm"), mixer.outputNorm),
      ...matrix(own("wo"), width, mixer.o),
      ...norm(own("feedForwardNorm"), width),
      ...(feedForward.kind === "experts" ? matrix(own("router"), feedForward.experts, width) : []),
      ...(feedForward.kind === "gelu" ? [] : matrix(own("gate"), experts * hidden, width)),
      ...matrix(own("up"), experts * hidden, width),
      ...matrix(own("down"), experts * width, hidden),
      ...matrix(own("sharedGate"), shared, width),
      ...matrix(own("sharedUp"), shared, width),
      ...matrix(own("sharedDown"), shared > 0 ? width : 0, shared),
      ...matrix(own("sharedShare"), sharedGate ? 1 : 0, width),
    ];
  }),
  ...norm("finalNorm", model.width),
  ...(model.tied ? [] : matrix("classifier", model.vocab, model.width)),
];

export const weightBuffer = ({ name, rows, columns }: Weight, dtype: Dtype): PlanBuffer => ({
  name,
  role: "input",
  dtype,
  dims: [
    ["output", rows],
    ["input", columns],
  ],
  init: { tensor: name },
});

/** Every projection keeps a row's size: N(0, 1/columns). A norm's weights lie around 1, so that leaving them out is seen; embeddings are N(0, 1). */
export const weightTensors = (weights: readonly Weight[], dtype: Dtype, seed: number): Tensors =>
  Object.fromEntries(
    weights.map(({ name, kind, rows, columns }) => {
      const values = normals(rows * columns, seed, name);
      if (kind === "norm") for (let i = 0; i < values.length; i++) values[i] = 1 + 0.1 * (values[i] ?? 0);
      if (kind === "matrix") for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) / Math.sqrt(columns);
      return [name, drawnAs(dtype, values)] as const;
    }),
  );
