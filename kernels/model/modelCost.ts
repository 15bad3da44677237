import type { BytesByRole, FeedForward, ModelShape, StageCost } from "../mechanism.ts";
import { groupingOf } from "./grouping.ts";
import { type Mixer, widthsOf } from "./layer.ts";
import { gathersRow, isRotated, type ModelPlanning, takesUnitVectors, turnedChannels } from "./modelPlan.ts";
import { feedForwardTotals, mixerWeights, routerWeights } from "./modelShape.ts";
import { routesBytes } from "./routes.ts";
import type { StageName } from "./stageNames.ts";
import { spanFor, type TextPlanning } from "./textPlan.ts";

const weightBytes = ({ making }: ModelPlanning): number => (making.dtype === "f16" ? 2 : 4);

/**
 * What each stage costs, in the order in which a token meets them; of rotary positions and routers only where a model has them. FLOPs: of projections, routers and what follows them by their weights, of mixing by the mixer's own count, of norms
 * four a channel, of keys brought to length 1 three, of rotary turns three a channel, of the choice of a token or of experts one comparison a score; looking up is none, and those of activations are left out, a few for each channel. Bytes that any implementation must move, which keeps what flows between two steps to itself: every weight that any of the rows uses once (of experts as many as rows that choose by chance touch), the rows of the table that are looked up, what the mixers must move, and the scores.
 */
export const stageCosts = (planning: ModelPlanning): Readonly<Partial<Record<StageName, StageCost>>> => {
  const { model, mixers, batch, making } = planning;
  const { width, vocab, layers } = model;
  const { rows } = making;
  const each = weightBytes(planning);
  const weighed = (weights: number, flops: number): StageCost => ({ flops: { useful: flops, executed: flops }, leastBytes: weights * each });
  const classified = model.remakes ? 0 : width;
  const norms = total(mixers.map((mixer) => widthsOf(mixer).outputNorm)) + 2 * layers * width + classified;
  // Each head's output by the same weights.
  const normed = rows * total(mixers.map((mixer) => (widthsOf(mixer).outputNorm > 0 ? widthsOf(mixer).o : 0) + 2 * width));
  const unitVectors = rows * total(mixers.filter(takesUnitVectors).map((mixer) => widthsOf(mixer).q + widthsOf(mixer).k));
  const put = width * total(mixers.map((mixer) => widthsOf(mixer).o));
  const projected = total(mixers.map((mixer) => mixerWeights(width, widthsOf(mixer)) - widthsOf(mixer).outputNorm)) - put;
  const turned = model.rotary ? rows * total(mixers.filter(isRotated).map((mixer) => widthsOf(mixer).q + widthsOf(mixer).k)) : 0;
  const routers = routerWeights(model);
  const compared = rows * (routers / width);
  const { active, touched } = feedForwardTotals(model, rows);
  const mixed = mixers.map(({ mechanism, shape, form, tiles }) => ({
    flops: mechanism.flops(shape, form, tiles),
    leastBytes: mechanism.leastBytes(shape, form),
  }));
  return {
    embed: weighed(rows * width, 0),
    norm: weighed(norms, flopsOfNorm * (normed + batch * classified) + flopsOfLength * unitVectors),
    project: weighed(projected, 2 * rows * projected),
    ...(turned > 0 ? { rotate: weighed(0, flopsOfTurn * turned) } : {}),
    mix: sumOf(mixed),
    output: weighed(put, 2 * rows * put),
    ...(routers > 0 ? { route: weighed(routers, 2 * rows * routers + compared) } : {}),
    feedForward: weighed(touched - routers, 2 * rows * (active - routers)),
    classify: model.remakes ? nothing : weighed(vocab * width, batch * 2 * vocab * width),
    sample: model.remakes ? nothing : { flops: { useful: batch * vocab, executed: batch * vocab }, leastBytes: 4 * batch * vocab },
  };
};

/** A channel's square on its sum, and the channel times the row's scale and its weight. */
const flopsOfNorm = 4;
/** A channel's square on its sum, and the channel times the row's scale. */
const flopsOfLength = 3;
/** Of two channels each becomes a sum of two products. */
const flopsOfTurn = 3;

const nothing: StageCost = { flops: { useful: 0, executed: 0 }, leastBytes: 0 };

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

const sumOf = (costs: readonly StageCost[]): StageCost => ({
  flops: { useful: total(costs.map(({ flops }) => flops.useful)), executed: total(costs.map(({ flops }) => flops.executed)) },
  leastBytes: total(costs.map(({ leastBytes }) => leastBytes)),
});

export const modelCost = (planning: ModelPlanning): StageCost => sumOf(Object.values(stageCosts(planning)));

/** Weights in all, the experts that no token chose among them. */
export const weightCount = (model: ModelShape, mixers: readonly Mixer[]): number =>
  model.vocab * model.width * (model.tied ? 1 : 2) +
  total(mixers.map((mixer) => mixerWeights(model.width, widthsOf(mixer)) + 2 * model.width)) +
  feedForwardTotals(model).all +
  model.width;

/** What flows and what is worked in while tokens go through, f32 and numbers alike in elements of four bytes, and what the mixers have of their own, in bytes. */
interface Working {
  /** elements of scratch between embedding and the last layer */
  readonly through: number;
  /** bytes of scratch of the mixers' own, and of states that are not kept */
  readonly mixers: number;
  /** bytes given to the mixers of all layers beside what flows */
  readonly given: number;
  /** bytes that are kept from token to token */
  readonly state: number;
}

const workingOf = ({ model, mixers, making }: ModelPlanning): Working => {
  const { rows } = making;
  const { width, feedForward } = model;
  const kinds = [...new Map(mixers.map((mixer) => [mixer.mechanism.name, mixer])).values()];
  const own = (mixer: Mixer): BytesByRole => mixer.mechanism.bytesByRole(mixer.shape, mixer.form, mixer.tiles);
  const flowing = (mixer: Mixer): number => {
    const { q, k, v, g, beta, o, outputNorm, outputGate } = widthsOf(mixer);
    const caches = mixer.shape.phase === "prefill" && isSoftmaxCache(mixer) ? k + v : 0;
    return rows * (q + k + v + g + beta + o - caches + (takesUnitVectors(mixer) ? q + k : 0) + (outputNorm > 0 ? o : 0) + outputGate);
  };
  const given = (mixer: Mixer): number => {
    const { q, k, v, g, beta } = widthsOf(mixer);
    const cached = mixer.shape.phase === "prefill" && isSoftmaxCache(mixer);
    return own(mixer).input - 4 * rows * (q + (cached ? 0 : k + v) + g + beta);
  };
  const carries = mixers.every(({ keeps }) => keeps);
  // How far a layer is, each counts for itself.
  const counted = ({ mechanism, shape, form, tiles }: Mixer): number => mechanism.countersBytes?.(shape, form, tiles) ?? 0;
  const slots = feedForward.kind === "experts" ? feedForward.active : 1;
  const shared = feedForward.kind === "experts" ? (feedForward.shared ?? 0) + (feedForward.sharedGate ? 1 : 0) : 0;
  const routed = feedForward.kind === "experts" ? rows * (feedForward.experts + 2 * slots) + groupedOf(rows, width, feedForward) : 0;
  return {
    through: rows * (2 * width + slots * feedForward.hidden + shared + (model.firstDense?.hidden ?? 0)) + routed + total(kinds.map(flowing)),
    mixers: total(kinds.map((mixer) => own(mixer).scratch - counted(mixer) + (carries ? 0 : own(mixer).state))) + total(mixers.map(counted)),
    given: total(mixers.map(given)),
    state: carries ? total(mixers.map((mixer) => own(mixer).state)) : 0,
  };
};

/** Values beside those of each row's choices, where rows are grouped by their experts. */
const groupedOf = (rows: number, width: number, { experts: count, active }: Extract<FeedForward, { readonly kind: "experts" }>): number => {
  const grouping = groupingOf(rows, { count, active });
  return grouping ? rows * active * width + grouping.groups * (1 + grouping.rows) : 0;
};

/** What modelPlan allocates, from the shape alone. */
export const modelBytesByRole = (planning: ModelPlanning): BytesByRole => {
  const { model, mixers, batch, making } = planning;
  const { rows } = making;
  const { width, vocab } = model;
  const gathers = gathersRow(planning);
  const working = workingOf(planning);
  const numbers = rows + rows * turnedChannels(model, mixers) + (gathers ? batch : 0);
  return {
    input: weightCount(model, mixers) * weightBytes(planning) + 4 * numbers + working.given,
    output: model.remakes ? 0 : 4 * batch * vocab,
    state: working.state,
    scratch: 4 * (working.through + (model.remakes ? 0 : batch * width + batch) + (gathers ? batch * width : 0)) + working.mixers,
    harness: 0,
  };
};

/** What textPlan allocates. */
export const textBytesByRole = ({ written, spans, prompt, text, length }: TextPlanning): BytesByRole => {
  const { model, mixers, batch } = written;
  const { width, vocab } = model;
  const places = length - 1;
  const token = workingOf(written);
  // What works in buffers of its own.
  const apart = [...(prompt ? [prompt] : []), ...spans.slice(0, -1)].map(workingOf);
  const turns = places * turnedChannels(model, mixers);
  // What is given to a layer's mixer is the same for prompt and tokens.
  const given = Math.max(token.given, ...apart.map((part) => part.given));
  const numbers = batch * ((prompt ? 1 : places) + 2 + (text.stop === undefined ? 0 : 1)) + routesBytes(model, places) / 4;
  return {
    input: weightCount(model, mixers) * weightBytes(written) + 4 * (batch * text.prompt.length + turns) + given,
    output: 4 * batch * (vocab + length),
    state: token.state,
    scratch:
      4 * (token.through + total(apart.map((part) => part.through)) + batch * width * (prompt ? 1 : 2) + batch + numbers) +
      token.mixers +
      total(apart.map((part) => part.mixers)),
    harness: 0,
  };
};

/** What a whole text costs that is as long as it may be. */
export const textCost = (planning: TextPlanning): StageCost => {
  const { written, prompt, text, length } = planning;
  const tokens = length - text.prompt.length;
  if (!prompt) return sumOf(Array.from({ length: tokens }, (_, i) => modelCost(spanFor(planning, text.prompt.length + i))));
  const { mix: _, ...others } = stageCosts(written);
  const mixed = written.mixers.map(({ mechanism, shape, form, tiles }) => {
    const [whole, before] = [shape, { ...shape, n: text.prompt.length }];
    const [flops, flopsBefore] = [mechanism.flops(whole, form, tiles), mechanism.flops(before, form, tiles)];
    return {
      flops: { useful: flops.useful - flopsBefore.useful, executed: flops.executed - flopsBefore.executed },
      leastBytes: mechanism.leastBytes(whole, form) - mechanism.leastBytes(before, form),
    };
  });
  return sumOf([modelCost(prompt), repeated(sumOf(Object.values(others)), tokens - 1), ...mixed]);
};

const repeated = ({ flops, leastBytes }: StageCost, times: number): StageCost => ({
  flops: { useful: flops.useful * times, executed: flops.executed * times },
  leastBytes: leastBytes * times,
});

/** A prefill whose keys and values are its cache has them counted as state. */
const isSoftmaxCache = ({ mechanism, buffers }: Mixer): boolean => mechanism.family === "softmax" && !buffers.some(({ name }) => name === "k");
