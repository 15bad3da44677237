import { allocation, counters } from "../allocation.ts";
import type { ModelShape, Plan, PlanBuffer, Step, TextShape } from "../mechanism.ts";
import { groupingBuffers } from "./grouping.ts";
import { type Connection, connectionName, type Mixer, placedBuffers, placedSteps, widthsOf } from "./layer.ts";
import type { Making } from "./making.ts";
import { feedForwardOf } from "./modelShape.ts";
import { projectStep } from "./projection.ts";
import { routesName } from "./routes.ts";
import { embedStep, expertSteps, gateStep, normStep, rotateStep, sampleStep } from "./stages.ts";
import { weightBuffer, weightsOf } from "./weights.ts";

/** One token through a model: of `batch` texts at once, from their newest tokens or from all of them. */
export interface ModelPlanning {
  readonly model: ModelShape;
  /** one a layer */
  readonly mixers: readonly Mixer[];
  readonly batch: number;
  readonly making: Making;
}

/** The whole way of a token, from its number to the next one's. */
export const modelPlan = (planning: ModelPlanning): Plan => {
  const { model, mixers, batch, making } = planning;
  const { width } = model;
  const gathers = gathersRow(planning);
  const layers = mixers.flatMap((mixer, layer) => layerSteps(planning, mixer, layer));
  const last = gathers ? "last" : "x";
  const steps: readonly Step[] = [
    embedStep(making, "embed", width, ["tokens", "embedding", "x"]),
    ...layers,
    ...(gathers ? [embedStep({ ...making, dtype: "f32", rows: batch }, "classify", width, ["lastRows", "x", "last"])] : []),
    ...(model.remakes ? [] : nextSteps(planning, last)),
  ];
  return { buffers: modelBuffers(planning, gathers), setup: [], steps };
};

/** Of a whole text only the newest token's row is classified. */
export const gathersRow = ({ model, batch, making }: ModelPlanning): boolean => making.rows > batch && !model.remakes;

const likeliest = { temperature: 0, seed: 0 };

/** From the newest token's row to the number of the next one. */
export const nextSteps = (
  { model, batch, making }: ModelPlanning,
  last: string,
  choosing: Pick<TextShape, "temperature" | "seed"> = likeliest,
): readonly Step[] => [
  normStep(making, "norm", batch, model.width, last, "classified", "finalNorm"),
  projectStep({ ...making, rows: batch }, "classify", {
    from: "classified",
    to: "scores",
    weight: model.tied ? "embedding" : "classifier",
    inputs: model.width,
    outputs: model.vocab,
  }),
  sampleStep(making, batch, model.vocab, choosing),
];

export const modelBuffers = ({ model, mixers, batch, making }: ModelPlanning, gathers: boolean): readonly PlanBuffer[] => {
  const { width, vocab, feedForward } = model;
  const { rows, dtype } = making;
  const scratch = (name: string, sizes: Readonly<Record<string, number>>): PlanBuffer => allocation(name, "scratch", "poison", sizes);
  const numbers = (name: string, count: number): PlanBuffer => ({ ...allocation(name, "input", { tensor: name }, { row: count }), dtype: "u32" });
  const active = feedForward.kind === "experts" ? feedForward.active : 1;
  const own = [
    ...weightsOf(model, mixers.map(widthsOf)).map((weight) => weightBuffer(weight, dtype)),
    numbers("tokens", rows),
    ...(turnedChannels(model, mixers) > 0 ? [turnsBuffer(rows, turnedChannels(model, mixers))] : []),
    ...(gathers ? [numbers("lastRows", batch), scratch("last", { row: batch, channel: width })] : []),
    scratch("x", { row: rows, channel: width }),
    scratch("normed", { row: rows, channel: width }),
    scratch("hidden", { row: rows, slot: active, channel: feedForward.hidden }),
    ...(model.firstDense ? [scratch("denseHidden", { row: rows, channel: model.firstDense.hidden })] : []),
    ...(feedForward.kind === "experts"
      ? [
          ...(feedForward.shared ? [scratch("sharedHidden", { row: rows, channel: feedForward.shared })] : []),
          ...(feedForward.sharedGate ? [scratch("sharedShares", { row: rows })] : []),
          scratch("routerScores", { row: rows, expert: feedForward.experts }),
          counters("chosen", { row: rows, slot: active }),
          scratch("shares", { row: rows, slot: active }),
          ...groupingBuffers(rows, { width, hidden: feedForward.hidden, count: feedForward.experts, active }),
        ]
      : []),
    ...(model.remakes
      ? []
      : [
          scratch("classified", { row: batch, channel: width }),
          allocation("scores", "output", "poison", { row: batch, token: vocab }),
          counters("next", { row: batch }),
        ]),
    ...mixers.flatMap((mixer) => mixerScratch(mixer)),
    ...mixers.flatMap((mixer, layer) => placedBuffers(mixer, layer)),
  ];
  return [...new Map(own.map((buffer) => [buffer.name, buffer])).values()];
};

/** Cosine and sine of each place and pair of channels. */
export const turnsBuffer = (places: number, headDim: number): PlanBuffer =>
  allocation("turns", "input", { tensor: "turns" }, { place: places, pair: headDim / 2, cosineAndSine: 2 });

/** Softmax attention alone knows where a token stands by nothing but its keys. */
export const isRotated = ({ mechanism }: Mixer): boolean => mechanism.family === "softmax";
/** Channels of a head that turns by its position, 0 of a model without one; layers that turn are alike (tokenLoop.ts refuses others). */
export const turnedChannels = ({ rotary }: Pick<ModelShape, "rotary">, mixers: readonly Mixer[]): number =>
  rotary ? (mixers.find(isRotated)?.shape.headDim ?? 0) : 0;

/** The delta rules take keys of length 1, and the models that have them queries too (flash-linear-attention normalises both, then scales by 1/√headDim). */
export const takesUnitVectors = ({ buffers }: Mixer): boolean => buffers.some(({ name }) => name === "beta");

/** What a mixer's projections leave before its queries, keys or output are normalised. */
const mixerScratch = (mixer: Mixer): readonly PlanBuffer[] => {
  const { mechanism, rows } = mixer;
  const { q, k, o, outputNorm, outputGate } = widthsOf(mixer);
  return [
    ...(takesUnitVectors(mixer)
      ? [
          allocation(`${mechanism.name}.queries`, "scratch", "poison", { row: rows, channel: q }),
          allocation(`${mechanism.name}.keys`, "scratch", "poison", { row: rows, channel: k }),
        ]
      : []),
    ...(outputNorm > 0 ? [allocation(`${mechanism.name}.mixed`, "scratch", "poison", { row: rows, channel: o })] : []),
    ...(outputGate > 0 ? [allocation(`${mechanism.name}.gate`, "scratch", "poison", { row: rows, channel: o })] : []),
  ];
};

/** One layer of one token, or of all; `mixing`: the mixer's steps among them. */
export const layerSteps = ({ model, making }: ModelPlanning, mixer: Mixer, layer: number, mixing = mixer.steps): readonly Step[] => {
  const { width, rotary } = model;
  const feedForward = feedForwardOf(model, layer);
  // Layers before those of experts have channels of their own number.
  const hidden = feedForward === model.feedForward ? "hidden" : "denseHidden";
  const { mechanism, shape, rows } = mixer;
  const weight = (name: string): string => `layer${layer}.${name}`;
  const place = (name: Connection): string => connectionName(mixer, layer, name);
  const widths = widthsOf(mixer);
  const counted = shape.phase === "generate";
  const repeated = widths.sharing > 1 ? { repeated: { channels: shape.headDim, times: widths.sharing } } : {};
  const unit = takesUnitVectors(mixer);
  const unitStep = (from: string, name: "q" | "k"): Step => normStep(making, "norm", (rows * widths[name]) / shape.headDim, shape.headDim, from, place(name));
  const normed = widths.outputNorm > 0 ? `${mechanism.name}.mixed` : place("o");
  return [
    normStep(making, "norm", rows, width, "x", "normed", weight("mixNorm")),
    projectStep(making, "project", {
      from: "normed",
      weight: weight("wqkv"),
      inputs: width,
      to: unit ? `${mechanism.name}.queries` : place("q"),
      outputs: widths.q / widths.sharing,
      ...repeated,
      beside: [
        { to: unit ? `${mechanism.name}.keys` : place("k"), outputs: widths.k / widths.sharing, ...repeated },
        { to: place("v"), outputs: widths.v },
        ...(widths.g > 0 ? [{ to: place("g"), outputs: widths.g, finish: "logDecay" as const }] : []),
        ...(widths.beta > 0 ? [{ to: place("beta"), outputs: widths.beta, finish: "sigmoid" as const }] : []),
        ...(widths.outputGate > 0 ? [{ to: `${mechanism.name}.gate`, outputs: widths.outputGate, finish: "sigmoid" as const }] : []),
      ],
    }),
    ...(unit ? [unitStep(`${mechanism.name}.queries`, "q"), unitStep(`${mechanism.name}.keys`, "k")] : []),
    ...(rotary && isRotated(mixer) ? [rotateStep(making, [place("q"), place("k")], shape, counted)] : []),
    ...placedSteps(mixer, layer, mixing),
    ...(widths.outputNorm > 0 ? [normStep(making, "norm", (rows * widths.o) / shape.headDimV, shape.headDimV, place("o"), normed, weight("outputNorm"))] : []),
    ...(widths.outputGate > 0 ? [gateStep(making, normed, `${mechanism.name}.gate`, widths.o)] : []),
    projectStep(making, "output", { from: normed, to: "x", weight: weight("wo"), inputs: widths.o, outputs: width, adds: true }),
    normStep(making, "norm", rows, width, "x", "normed", weight("feedForwardNorm")),
    ...(feedForward.kind === "experts"
      ? expertSteps(
          making,
          { width, hidden: feedForward.hidden, count: feedForward.experts, active: feedForward.active },
          { from: "normed", to: "x", weights: weight },
          feedForward,
          model.text && { to: routesName(layer), counted },
        )
      : [
          projectStep(making, "feedForward", {
            from: "normed",
            to: hidden,
            weight: weight("up"),
            inputs: width,
            outputs: feedForward.hidden,
            ...(feedForward.kind === "gated" ? { gate: weight("gate") } : { finish: "gelu" as const }),
          }),
          projectStep(making, "feedForward", { from: hidden, to: "x", weight: weight("down"), inputs: feedForward.hidden, outputs: width, adds: true }),
        ]),
  ];
};
