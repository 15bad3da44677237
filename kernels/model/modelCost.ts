import type { BytesByRole, ModelShape, StageCost } from "../mechanism.ts";
import { type Mixer, widthsOf } from "./layer.ts";
import { type ModelPlanning, takesUnitKeys } from "./modelPlan.ts";
import { feedForwardWeights, mixerWeights } from "./modelShape.ts";
import type { StageName } from "./stageNames.ts";

const weightBytes = ({ making }: ModelPlanning): number => (making.dtype === "f16" ? 2 : 4);

/**
 * What each stage costs, in the order in which a token meets them. FLOPs: of projections and what follows them by their weights, of mixing by the mixer's own count; those of norms, activations and
 * routing are left out, a few for each channel. Bytes that any implementation must move: every weight that any of the rows uses once (of experts as many as rows that choose by chance touch), the rows of the table that are looked up, what the mixers must move, and the scores.
 */
export const stageCosts = (planning: ModelPlanning): Readonly<Record<StageName, StageCost>> => {
  const { model, mixers, batch, making } = planning;
  const { width, vocab, layers } = model;
  const { rows } = making;
  const each = weightBytes(planning);
  const weighed = (weights: number, products: number): StageCost => ({ flops: { useful: products, executed: products }, leastBytes: weights * each });
  const norms = total(mixers.map((mixer) => widthsOf(mixer).outputNorm)) + 2 * layers * width;
  const projected = total(mixers.map((mixer) => mixerWeights(width, widthsOf(mixer)) - widthsOf(mixer).outputNorm));
  const { active, touched } = feedForwardWeights(width, model.feedForward, rows);
  const mixed = mixers.map(({ mechanism, shape, form, tiles }) => ({
    flops: mechanism.flops(shape, form, tiles),
    leastBytes: mechanism.leastBytes(shape, form),
  }));
  return {
    embed: weighed(rows * width, 0),
    norm: weighed(norms, 0),
    project: weighed(projected, 2 * rows * projected),
    mix: sumOf(mixed),
    feedForward: weighed(layers * touched, 2 * rows * layers * active),
    classify: weighed(width + vocab * width, 2 * batch * vocab * width),
    sample: { flops: { useful: 0, executed: 0 }, leastBytes: 4 * batch * vocab },
  };
};

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

const sumOf = (costs: readonly StageCost[]): StageCost => ({
  flops: { useful: total(costs.map(({ flops }) => flops.useful)), executed: total(costs.map(({ flops }) => flops.executed)) },
  leastBytes: total(costs.map(({ leastBytes }) => leastBytes)),
});

export const modelCost = (planning: ModelPlanning): StageCost => sumOf(Object.values(stageCosts(planning)));

/** Weights in all, the experts that no token chose among them. */
export const weightCount = (model: ModelShape, mixers: readonly Mixer[]): number =>
  model.vocab * model.width * (model.tied ? 1 : 2) +
  total(mixers.map((mixer) => mixerWeights(model.width, widthsOf(mixer)) + 2 * model.width + feedForwardWeights(model.width, model.feedForward).all)) +
  model.width;

/** What modelPlan allocates, from the shape alone. */
export const modelBytesByRole = (planning: ModelPlanning): BytesByRole => {
  const { model, mixers, batch, making } = planning;
  const { rows } = making;
  const { width, vocab, feedForward } = model;
  const gathers = rows > batch;
  const kinds = [...new Map(mixers.map((mixer) => [mixer.mechanism.name, mixer])).values()];
  const own = (mixer: Mixer): BytesByRole => mixer.mechanism.bytesByRole(mixer.shape, mixer.form, mixer.tiles);
  const flowing = (mixer: Mixer): number => {
    const { q, k, v, g, beta, o, outputNorm } = widthsOf(mixer);
    const caches = mixer.shape.phase === "prefill" && isSoftmaxCache(mixer) ? k + v : 0;
    return rows * (q + k + v + g + beta + o - caches + (takesUnitKeys(mixer) ? k : 0) + (outputNorm > 0 ? o : 0));
  };
  const given = (mixer: Mixer): number => {
    const { q, k, v, g, beta } = widthsOf(mixer);
    const cached = mixer.shape.phase === "prefill" && isSoftmaxCache(mixer);
    return own(mixer).input - 4 * rows * (q + (cached ? 0 : k + v) + g + beta);
  };
  const carries = mixers.every(({ shape }) => shape.phase !== "prefill");
  const isRotary = model.rotary && mixers.some(({ mechanism }) => mechanism.family === "softmax");
  const slots = feedForward.kind === "experts" ? feedForward.active : 1;
  const routed = feedForward.kind === "experts" ? rows * (feedForward.experts + 2 * slots) : 0;
  const numbers = rows + (isRotary ? rows * (mixers[0]?.shape.headDim ?? 0) : 0) + (gathers ? batch : 0);
  const scratch =
    rows * (2 * width + slots * feedForward.hidden) +
    routed +
    batch * width +
    (gathers ? batch * width : 0) +
    batch +
    total(kinds.map((mixer) => flowing(mixer)));
  return {
    input: weightCount(model, mixers) * weightBytes(planning) + 4 * numbers + total(mixers.map(given)),
    output: 4 * batch * vocab,
    state: carries ? total(mixers.map((mixer) => own(mixer).state)) : 0,
    scratch: 4 * scratch + total(kinds.map((mixer) => own(mixer).scratch + (carries ? 0 : own(mixer).state))),
    harness: 0,
  };
};

/** A prefill whose keys and values are its cache has them counted as state. */
const isSoftmaxCache = ({ mechanism, buffers }: Mixer): boolean => mechanism.family === "softmax" && !buffers.some(({ name }) => name === "k");
