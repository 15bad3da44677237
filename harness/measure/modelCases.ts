import type { Mechanism, ModelShape } from "../../kernels/mechanism.ts";
import { smallShape } from "../../kernels/testShape.ts";
import type { Cell } from "../experiment/experiment.ts";

/** For tests: what lies around the mixers of a small model. */
export const smallModel: ModelShape = {
  layers: 2,
  width: 64,
  vocab: 100,
  feedForward: { kind: "gated", hidden: 96 },
  rotary: true,
  tied: false,
  recomputes: false,
};

const experts = { kind: "experts", hidden: 32, experts: 7, active: 3 } as const;

/** Qwen3-Next's layers in small, wider heads in softmax layers, fewer heads of keys in linear ones; and a window on the former. */
export const unlikeLayers: Partial<ModelShape> = {
  layers: 4,
  outputGate: "all",
  pattern: ["gatedDeltaNet", "gatedDeltaNet", "gatedDeltaNet", "softmax"],
  mixers: {
    softmax: { heads: 2, kvHeads: 1, headDim: 32, parameters: { window: 8, sinks: 2 } },
    gatedDeltaNet: { heads: 4, kvHeads: 4, headDim: 16, keyHeads: 2 },
  },
};

/** Four heads of 16 channels: as wide as two of 32, and half as long to compile. */
const narrowHeads = { heads: 4, kvHeads: 4, headDim: 16, headDimV: 16 } as const;
/** What else heads of a model are: what its layers say of theirs is not what its cell says. */
const wideHeads = { heads: 4, kvHeads: 2, headDim: 32, headDimV: 32 } as const;

/** For tests: one token's whole way through a small model of this mechanism, n tokens before it; `change` of the cell and `around` of its model. */
export const modelCell = (mechanism: Mechanism, form: string, n: number, change: Partial<Cell> = {}, around: Partial<ModelShape> = {}): Cell => {
  const { name } = mechanism;
  const shape = {
    mechanism: name,
    label: name,
    form,
    phase: "tokenLoop",
    n,
    ...smallShape(mechanism),
    ...narrowHeads,
    model: { ...smallModel, recomputes: form === "recompute", ...around },
    ...change,
  } as const;
  return { ...shape, id: JSON.stringify([name, form, n, change, around]) };
};

/** Cells that meet every kernel of a whole model: each mechanism in each form, and with the first of them every kind of layer, head and vocabulary. `mechanisms`: those with a phase tokenLoop. */
export const modelCells = (mechanisms: readonly Mechanism[]): readonly Cell[] => {
  const of = (name: string, ...rest: readonly [form: string, n: number, change?: Partial<Cell>, around?: Partial<ModelShape>]): readonly Cell[] =>
    mechanisms.filter((one) => one.name === name).map((mechanism) => modelCell(mechanism, ...rest));
  return [
    ...mechanisms.flatMap((mechanism) => (mechanism.forms.tokenLoop ?? []).flatMap((form) => [5, 70].map((n) => modelCell(mechanism, form, n)))),
    ...mechanisms.flatMap((mechanism) =>
      (mechanism.forms.tokenLoop ?? []).map((form) => modelCell(mechanism, form, 9, { batch: 2, heads: 2, kvHeads: 2, headDim: 32, headDimV: 32 })),
    ),
    ...["cached", "recompute"].flatMap((form) => of("softmax", form, 33, { batch: 2, kvHeads: 2 })),
    // Of a hybrid's layers some group heads and some cannot.
    ...["recurrent", "recompute"].flatMap((form) =>
      of(
        "gatedDeltaNet",
        form,
        70,
        { batch: 2, kvHeads: 2 },
        { layers: 5, outputGate: "linear", pattern: ["gatedDeltaNet", "gatedDeltaNet", "gatedDeltaNet", "softmax"] },
      ),
    ),
    // Heads of their own in the layers of each mixer, q and k for pairs of heads.
    ...["recurrent", "recompute"].flatMap((form) => [
      ...of("gatedDeltaNet", form, 33, { batch: 2, ...wideHeads }, unlikeLayers),
      ...of("gated", form, 9, wideHeads, { layers: 2, mixers: { gated: { heads: 4, kvHeads: 4, headDim: 16, keyHeads: 2 } } }),
    ]),
    ...["cached", "recompute"].flatMap((form) => [
      ...of("softmax", form, 9, {}, { feedForward: { kind: "gelu", hidden: 128 }, tied: true, rotary: false }),
      ...of("softmax", form, 9, { batch: 2 }, { feedForward: experts }),
      // Experts, some beside one that all tokens go through, behind a layer that has none.
      ...of("softmax", form, 9, { batch: 2 }, { feedForward: { ...experts, shared: 40, sharedGate: true }, firstDense: { layers: 1, hidden: 72 } }),
      ...of("softmax", form, 33, {}, { feedForward: { ...experts, shared: 64, router: "sigmoid", routedScale: 2.5 } }),
      ...of("softmax", form, 9, { batch: 2 }, { outputGate: "all" }),
      ...of("softmax", form, 9, {}, { width: 36, vocab: 67 }),
      ...of("softmax", form, 9, {}, { layers: 4, pattern: ["linear", "gatedDeltaNet", "linear", "softmax"] }),
    ]),
  ];
};

/** Texts that meet the kernels that a token's way alone does not: of softmax, with a cache and without, greedy and drawn, with a stop token. */
export const modelTexts = (mechanisms: readonly Mechanism[]): readonly Cell[] => {
  const prompt = [17, 3, 99, 3, 58];
  const text = { prompt, temperature: 0.7, seed: 11, stop: 7 };
  return mechanisms
    .filter(({ name }) => name === "softmax")
    .flatMap((mechanism) =>
      (mechanism.forms.tokenLoop ?? []).map(
        (form): Cell => ({ ...modelCell(mechanism, form, 24, {}, { recomputes: form === "recompute", vocab: 300, text }), phase: "generate" }),
      ),
    );
};
