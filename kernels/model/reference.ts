import { roundedToHalf } from "../half.ts";
import type { ExpectedRow, FeedForward, ModelShape, ReferenceTensors, Tensors } from "../mechanism.ts";
import { tensorOf } from "../tensors.ts";
import { finishes } from "./finish.ts";
import { keptConnection, keptName, type Mixer, ownTensors, widthsOf } from "./layer.ts";
import { isRotated, type ModelPlanning, takesUnitVectors } from "./modelPlan.ts";
import { feedForwardOf } from "./modelShape.ts";
import { type ChosenExperts, chosenExperts, sharesOf, sizeOf } from "./router.ts";

/** Rows of values in float64: [row][channel]. */
type Rows = readonly Float64Array[];

const epsilon = 1e-6;

/**
 * Each row times weights [outputs][row's width], from `offset` on. Four outputs of two rows at a time: a sum by itself waits for its own last addition at every step, and each weight is loaded once for
 * both rows. Each sum is still added up in order, so it is the same number to the last bit. The loop that a model's reference spends its time in.
 */
const times = (rows: Rows, weights: ArrayLike<number>, outputs: number, offset = 0): Rows => {
  const made = rows.map(() => new Float64Array(outputs));
  for (let r = 0; r < rows.length; r += 2) {
    const [first, second] = [rows[r] as Float64Array, rows[r + 1] ?? (rows[r] as Float64Array)];
    timesTwo(first, second, weights, offset, made[r] as Float64Array, made[r + 1] ?? (made[r] as Float64Array));
  }
  return made;
};

/** Two rows times weights, into `toA` and `toB`, which may be one. */
const timesTwo = (rowA: Float64Array, rowB: Float64Array, weights: ArrayLike<number>, offset: number, toA: Float64Array, toB: Float64Array): void => {
  const [width, outputs] = [rowA.length, toA.length];
  let o = 0;
  for (; o + 4 <= outputs; o += 4) {
    const [at0, at1, at2, at3] = [offset + o * width, offset + (o + 1) * width, offset + (o + 2) * width, offset + (o + 3) * width];
    let [a0, a1, a2, a3, b0, b1, b2, b3] = [0, 0, 0, 0, 0, 0, 0, 0];
    for (let i = 0; i < width; i++) {
      const a = rowA[i] as number;
      const b = rowB[i] as number;
      const w0 = weights[at0 + i] as number;
      const w1 = weights[at1 + i] as number;
      const w2 = weights[at2 + i] as number;
      const w3 = weights[at3 + i] as number;
      a0 += w0 * a;
      a1 += w1 * a;
      a2 += w2 * a;
      a3 += w3 * a;
      b0 += w0 * b;
      b1 += w1 * b;
      b2 += w2 * b;
      b3 += w3 * b;
    }
    toA[o] = a0;
    toA[o + 1] = a1;
    toA[o + 2] = a2;
    toA[o + 3] = a3;
    toB[o] = b0;
    toB[o + 1] = b1;
    toB[o + 2] = b2;
    toB[o + 3] = b3;
  }
  for (; o < outputs; o++) {
    let [a, b] = [0, 0];
    for (let i = 0; i < width; i++) {
      const weight = weights[offset + o * width + i] as number;
      a += weight * (rowA[i] as number);
      b += weight * (rowB[i] as number);
    }
    toA[o] = a;
    toB[o] = b;
  }
};

const added = (rows: Rows, more: Rows): Rows =>
  rows.map((row, r) => {
    const [made, other] = [Float64Array.from(row), more[r] as Float64Array];
    for (let i = 0; i < made.length; i++) made[i] = (made[i] as number) + (other[i] as number);
    return made;
  });

/** Each `width` channels of a row to a root mean square of 1 and times weights, or to length 1. */
const normed = (rows: Rows, width: number, weight: ArrayLike<number> | undefined): Rows =>
  rows.map((row) => {
    const made = new Float64Array(row.length);
    for (let at = 0; at < row.length; at += width) {
      let squares = 0;
      for (let i = 0; i < width; i++) squares += (row[at + i] ?? 0) ** 2;
      const scale = 1 / Math.sqrt((weight ? squares / width : squares) + epsilon);
      for (let i = 0; i < width; i++) made[at + i] = (row[at + i] ?? 0) * scale * (weight ? (weight[i] ?? Number.NaN) : 1);
    }
    return made;
  });

/** Each head of a row so many times, one behind another. */
const repeatedHeads = (rows: Rows, headDim: number, sharing: number): Rows =>
  rows.map((row) =>
    Float64Array.from({ length: row.length * sharing }, (_, i) => row[Math.floor(i / (headDim * sharing)) * headDim + (i % headDim)] ?? Number.NaN),
  );

const rotated = (rows: Rows, turns: ArrayLike<number>, headDim: number): Rows =>
  rows.map((row, r) => {
    const made = Float64Array.from(row);
    const half = headDim / 2;
    for (let head = 0; head < row.length; head += headDim) {
      for (let i = 0; i < half; i++) {
        const at = 2 * (r * half + i);
        const [cosine, sine] = [turns[at] ?? Number.NaN, turns[at + 1] ?? Number.NaN];
        const [x, y] = [row[head + i] ?? 0, row[head + half + i] ?? 0];
        made[head + i] = x * cosine - y * sine;
        made[head + half + i] = x * sine + y * cosine;
      }
    }
    return made;
  });

const finished = (rows: Rows, finish: keyof typeof finishes): Rows => rows.map((row) => row.map(finishes[finish].of));
const silu = (x: number): number => x / (1 + Math.exp(-x));

type Planned = Pick<ModelPlanning, "model" | "mixers" | "batch">;

/** What all layers but the mixers compute, plainly; the mixers by their own references. Covers the scores, the token of the largest, and what each layer keeps for the next one. */
export const modelReference = (planning: Planned, tensors: Tensors): readonly ExpectedRow[] => expectedOf(planning, tensors, lastRows(planning, tensors));

/** The same by way of another expert, for each of the nearest choices of a router that are as near as rounding, the nearest first. `leastLead`: see ThroughOptions. */
export function* modelAlternatives(planning: Planned, tensors: Tensors, leastLead: number): Generator<readonly ExpectedRow[]> {
  const { open } = lastRows(planning, tensors, { leastLead });
  const nearest = [...open].sort((one, other) => one.lead - other.lead).slice(0, mostAlternatives);
  for (const swapped of nearest) yield expectedOf(planning, tensors, lastRows(planning, tensors, { swapped }));
}

/** Of thousands of choices one or two are as near as rounding; each takes a reference anew. */
const mostAlternatives = 4;

/** What comes of the last token of each text. */
const lastRows = (planning: Planned, tensors: Tensors, options: ThroughOptions = {}): Through => {
  const tokens = tensorOf(tensors, "tokens");
  const each = tokens.length / planning.batch;
  const wanted = planning.model.remakes ? [] : Array.from({ length: planning.batch }, (_, text) => (text + 1) * each - 1);
  return throughLayers(planning, tensors, tokens, { ...options, wanted });
};

const expectedOf = (planning: Planned, tensors: Tensors, { rows, kept }: Through): readonly ExpectedRow[] => {
  const scores = scoresOf(planning, tensors, rows);
  return [...scores.map((values, row) => ({ buffer: "scores", offset: row * planning.model.vocab, values })), ...scores.flatMap(nextRow), ...kept];
};

/** The score of every token behind each of these rows. */
export const scoresOf = ({ model }: Planned, tensors: Tensors, rows: Rows): Rows =>
  times(normed(rows, model.width, tensorOf(tensors, "finalNorm")), tensorOf(tensors, model.tied ? "embedding" : "classifier"), model.vocab);

/** A router's choice for one row: which of the experts that it chose and left were the last and the next. */
interface Choice {
  readonly layer: number;
  readonly row: number;
}

/** What the last layer hands on. */
interface Through extends Mixed {
  /** choices among experts as near as rounding: such a row and all behind it in its text may have come through others */
  readonly open: readonly (Choice & { readonly lead: number })[];
}

interface ThroughOptions {
  /** by how much a router must prefer an expert to one that it leaves, over the size of its scores, for rounding not to choose */
  readonly leastLead?: number;
  /** where the next expert is taken in the place of the last one chosen */
  readonly swapped?: Choice;
  /** rows that are asked for, all unless given: of others the last layer takes keys and values alone */
  readonly wanted?: readonly number[];
  /** the experts that a row went through, where that is known: they are taken where rounding may have chosen them */
  readonly followed?: (layer: number, row: number) => readonly number[] | undefined;
}

/** From the numbers of tokens, text by text, to what the last layer hands on. */
export const throughLayers = (
  { model, mixers }: Planned,
  tensors: Tensors,
  tokens: ArrayLike<number>,
  { leastLead = 0, swapped, wanted, followed = () => undefined }: ThroughOptions = {},
): Through => {
  const { width } = model;
  const embedding = tensorOf(tensors, "embedding");
  let x: Rows = Array.from(tokens, (token) => Float64Array.from(embedding.subarray(token * width, (token + 1) * width)));
  const kept: ExpectedRow[] = [];
  const open: Through["open"][number][] = [];
  for (const [layer, mixer] of mixers.entries()) {
    const weight = (name: string): Float32Array | Uint32Array => tensorOf(tensors, `layer${layer}.${name}`);
    const asked = layer === mixers.length - 1 && wanted ? wanted : x.map((_, row) => row);
    const mixed = mixedRows(model, mixer, layer, normed(x, width, weight("mixNorm")), asked, tensors);
    kept.push(...mixed.kept);
    x = added(
      asked.map((row) => x[row] as Float64Array),
      times(mixed.rows, weight("wo"), width),
    );
    const fed = fedForward(width, feedForwardOf(model, layer), normed(x, width, weight("feedForwardNorm")), weight, (scores, active, r) => {
      const row = asked[r] ?? r;
      return chosenExperts(scores, active, { leastLead, swaps: swapped?.layer === layer && swapped.row === row, followed: followed(layer, row) });
    });
    for (const [i, lead] of fed.leads.entries()) if (lead <= leastLead) open.push({ layer, row: asked[i] ?? i, lead });
    x = added(x, fed.rows);
  }
  return { rows: x, kept, open };
};

/** Scores that lie nearer to the largest than this, relative to their size, may be the largest once they are rounded. */
const leastGap = 1e-2;

/** The next token of a row, where rounding cannot make it another. */
const nextRow = (scores: Float64Array, row: number): readonly ExpectedRow[] => {
  let best = 0;
  for (let token = 1; token < scores.length; token++) if ((scores[token] ?? 0) > (scores[best] ?? 0)) best = token;
  const size = sizeOf(scores);
  const isAlone = scores.every((score, token) => token === best || (scores[best] ?? 0) - score > leastGap * size);
  return isAlone ? [{ buffer: "next", offset: row, values: Float64Array.of(best) }] : [];
};

/** A layer's mixer: what flows on, of the rows asked for, and what it keeps for the next token. */
interface Mixed {
  readonly rows: Rows;
  readonly kept: readonly ExpectedRow[];
}

const storesHalf = ({ mechanism, shape }: Mixer): boolean => mechanism.family === "softmax" && shape.phase === "decode" && shape.kvDtype === "f16";

/** As the rows of a layer's matrix for its mixer lie. */
const inOrder = ["q", "k", "v", "g", "beta", "outputGate"] as const;

const mixedRows = (model: ModelShape, mixer: Mixer, layer: number, rows: Rows, asked: readonly number[], tensors: Tensors): Mixed => {
  const { mechanism, shape } = mixer;
  const widths = widthsOf(mixer);
  const weight = (name: string): Float32Array | Uint32Array => tensorOf(tensors, `layer${layer}.${name}`);
  const turns = model.rotary && isRotated(mixer) ? tensorOf(tensors, "turns") : undefined;
  const turned = (made: Rows): Rows => (turns ? rotated(made, turns, shape.headDim) : made);
  /** What of a layer's matrix for all that its mixer takes lies behind the rows of those before it. */
  const outputsOf = (name: (typeof inOrder)[number]): number => (name === "q" || name === "k" ? widths[name] / widths.sharing : widths[name]);
  const taken = (name: (typeof inOrder)[number]): Rows => {
    const before = inOrder.slice(0, inOrder.indexOf(name)).reduce((sum, one) => sum + outputsOf(one), 0);
    return times(rows, weight("wqkv"), outputsOf(name), before * model.width);
  };
  const shared = (made: Rows): Rows => (widths.sharing > 1 ? repeatedHeads(made, shape.headDim, widths.sharing) : made);
  const unit = (made: Rows): Rows => (takesUnitVectors(mixer) ? normed(made, shape.headDim, undefined) : made);
  const q = turned(unit(shared(taken("q"))));
  const k = turned(unit(shared(taken("k"))));
  // What a cache of f16 takes of the newest token is rounded before anyone reads it.
  const cached = (made: Rows): Float32Array | Float64Array => (storesHalf(mixer) ? roundedToHalf(Float32Array.from(flat(made))) : flat(made));
  const given: ReferenceTensors = {
    ...ownTensors(mixer, layer, tensors),
    q: flat(q),
    k: cached(k),
    v: cached(taken("v")),
    ...(widths.g > 0 ? { g: flat(finished(taken("g"), "logDecay")) } : {}),
    ...(widths.beta > 0 ? { beta: flat(finished(taken("beta"), "sigmoid")) } : {}),
  };
  const o = new Float64Array(rows.length * widths.o).fill(Number.NaN);
  // A decode step's caches hold those of all tokens, and its mechanism's own reference tells them.
  const kept: ExpectedRow[] =
    shape.phase === "prefill"
      ? (["k", "v"] as const).flatMap((name) => {
          const buffer = keptConnection(mixer, layer, name);
          const values = given[name];
          return buffer !== undefined && values ? [{ buffer, offset: 0, values: Float64Array.from(values) }] : [];
        })
      : [];
  const each = rows.length / shape.batch;
  for (let batch = 0; batch < shape.batch; batch++) {
    const tokens = asked.filter((row) => Math.floor(row / each) === batch).map((row) => row % each);
    for (let head = 0; head < shape.heads; head++) {
      const states: ExpectedRow[] = [];
      for (const row of mechanism.reference(shape, given, { batch, head, tokens })) {
        const name = keptName(mixer, layer, row.buffer);
        if (row.buffer === "o") o.set(row.values, row.offset);
        else if (name !== undefined) states.push({ ...row, buffer: name });
      }
      kept.push(...(shape.phase === "prefill" ? sizedTogether(states) : states));
    }
  }
  const mixed = asked.map((row) => o.subarray(row * widths.o, (row + 1) * widths.o));
  const left = widths.outputNorm > 0 ? normed(mixed, widths.outputNorm, weight("outputNorm")) : mixed;
  if (widths.outputGate === 0) return { rows: left, kept };
  const gates = finished(taken("outputGate"), "sigmoid");
  return { rows: left.map((row, i) => row.map((value, channel) => value * (gates[asked[i] ?? i]?.[channel] ?? Number.NaN))), kept };
};

/** What a state is a product of, each off by itself by as much as a projection may be: key, value, beta or decay, and the length that a key is divided by. */
const factors = 4;

/**
 * Rows of a head's state that are sums of keys times values. A key that a token's projections left is off by rounding of the size of all its channels, however small one of them happens to be, and so is the row of that channel; and a
 * product is off by as much as all its factors together. After few tokens nothing evens that out.
 */
const sizedTogether = (rows: readonly ExpectedRow[]): readonly ExpectedRow[] => {
  const rms = (some: readonly ExpectedRow[]): number => {
    const squares = some.map(({ values }) => (values as Float64Array).reduce((sum, value) => sum + value * value, 0));
    return Math.sqrt(squares.reduce((sum, one) => sum + one, 0) / some.reduce((count, { values }) => count + values.length, 0));
  };
  const sizes = new Map([...new Set(rows.map(({ buffer }) => buffer))].map((name) => [name, rms(rows.filter(({ buffer }) => buffer === name))] as const));
  return rows.map((row) => ({ ...row, size: factors * Math.max(row.size ?? 0, rms([row]), sizes.get(row.buffer) ?? 0) }));
};

/** One after another, as a mixer's reference takes them. */
const flat = (rows: Rows): Float64Array => {
  const width = rows[0]?.length ?? 0;
  const made = new Float64Array(rows.length * width);
  for (const [r, row] of rows.entries()) made.set(row, r * width);
  return made;
};

/** What a feed-forward network adds to each row; of one with experts, the lead of each row's choice. */
interface Fed {
  readonly rows: Rows;
  readonly leads: readonly number[];
}

/** `choose`: the experts of a row, by the scores that its router gives them. */
const fedForward = (
  width: number,
  feedForward: FeedForward,
  rows: Rows,
  weight: (name: string) => Float32Array | Uint32Array,
  choose: (scores: Float64Array, active: number, row: number) => ChosenExperts,
): Fed => {
  const { hidden } = feedForward;
  if (feedForward.kind === "gelu") return { rows: times(finished(times(rows, weight("up"), hidden), "gelu"), weight("down"), width), leads: [] };
  const network = (one: Rows, channels: number, [gateName, upName, downName]: readonly [string, string, string], at: number): Rows => {
    const gates = times(one, weight(gateName), channels, at);
    const made = times(one, weight(upName), channels, at);
    for (const [r, row] of made.entries()) {
      const gate = gates[r] as Float64Array;
      for (let i = 0; i < row.length; i++) row[i] = (row[i] as number) * silu(gate[i] as number);
    }
    return times(made, weight(downName), width, at);
  };
  const through = (one: Rows, expert: number): Rows => network(one, hidden, ["gate", "up", "down"], expert * hidden * width);
  if (feedForward.kind === "gated") return { rows: through(rows, 0), leads: [] };
  const { experts, active, shared = 0, sharedGate = false } = feedForward;
  const leads: number[] = [];
  const fed = times(rows, weight("router"), experts).map((scores, r) => {
    const { chosen, lead } = choose(scores, active, r);
    leads.push(lead);
    const weighed = sharesOf(
      chosen.map((expert) => scores[expert] ?? Number.NaN),
      feedForward,
    );
    const made = new Float64Array(width);
    for (const [slot, expert] of chosen.entries()) {
      const [out] = through([rows[r] ?? new Float64Array()], expert);
      for (let i = 0; i < width; i++) made[i] = (made[i] ?? 0) + (weighed[slot] ?? Number.NaN) * (out?.[i] ?? Number.NaN);
    }
    return made;
  });
  if (shared === 0) return { rows: fed, leads };
  const common = network(rows, shared, ["sharedGate", "sharedUp", "sharedDown"], 0);
  const shares = sharedGate ? finished(times(rows, weight("sharedShare"), 1), "sigmoid") : undefined;
  return { rows: fed.map((row, r) => row.map((value, i) => value + (shares?.[r]?.[0] ?? 1) * (common[r]?.[i] ?? Number.NaN))), leads };
};
