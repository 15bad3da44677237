import type { Capabilities, Form, Mechanism, ModelShape, PlanBuffer, Shape, Step, Tensors, Tiles } from "../mechanism.ts";
import { elementCount } from "../plan.ts";
import type { MixerWidths } from "./modelShape.ts";
import { mixing } from "./stageNames.ts";

/** One layer's mixer, as a mechanism runs it at one of its own shapes. */
export interface Mixer {
  readonly mechanism: Mechanism;
  /** prefill of all tokens, or decode of the newest */
  readonly shape: Shape;
  readonly form: Form;
  readonly tiles: Tiles;
  readonly buffers: readonly PlanBuffer[];
  readonly steps: readonly Step[];
  /** tokens that go through together: batch, or batch × n */
  readonly rows: number;
  /** Is what it keeps there when all layers are through? Of a prefill only where that is what it is for. */
  readonly keeps: boolean;
  /** Is its output weighed by a gate of the token? */
  readonly gated: boolean;
  /** heads that take the same q and k */
  readonly sharing: number;
}

export const mixerOf = (
  mechanism: Mechanism,
  shape: Shape,
  form: Form,
  capabilities: Capabilities,
  tiles: Tiles,
  { keeps, outputGate, mixers }: Pick<Mixer, "keeps"> & Pick<ModelShape, "outputGate" | "mixers">,
): Mixer => {
  const { buffers, steps } = mechanism.plan(shape, form, capabilities, tiles);
  const gated = outputGate === "all" || outputGate === mechanism.family;
  const sharing = shape.heads / (mixers?.[mechanism.name]?.keyHeads ?? shape.heads);
  return { mechanism, shape, form, tiles, buffers, steps, rows: shape.batch * (shape.phase === "prefill" ? shape.n : 1), keeps, gated, sharing };
};

const connections = ["q", "k", "v", "g", "beta", "o"] as const;
/** What a layer computes from its tokens and hands to its mixer, and what it takes back. All else that a mixer has is its own. */
export type Connection = (typeof connections)[number];

/** Which connection a buffer is. A prefill's KV cache is k and v themselves; decays that belong to the mechanism are no gates of tokens. */
const connectionOf = ({ name, init, fixed }: PlanBuffer): Connection | undefined => {
  if (fixed) return undefined;
  const tensor = name === "o" ? name : typeof init === "object" ? init.tensor : undefined;
  return connections.find((one) => one === tensor);
};

const bufferOf = ({ buffers }: Mixer, connection: Connection): PlanBuffer | undefined => buffers.find((buffer) => connectionOf(buffer) === connection);

/** Unless it is for that, a prefill of all tokens leaves nothing for a later one here: its keys, values and states are made anew each time. */
const isCarried = ({ keeps }: Mixer, { role }: PlanBuffer): boolean => role === "state" && keeps;

/** Name of a mixer's buffer in a model: what flows, and what a repetition works in, is shared by all layers with that mixer; a cache, a state and decays are a layer's. */
const placedName = (mixer: Mixer, layer: number, buffer: PlanBuffer): string => {
  // Counters say how far a layer is.
  const passes = (connectionOf(buffer) !== undefined || buffer.role === "scratch" || buffer.role === "state") && buffer.dtype !== "u32";
  return passes && !isCarried(mixer, buffer) ? `${mixer.mechanism.name}.${buffer.name}` : `layer${layer}.${buffer.name}`;
};

/** Where a connection lies in a model. Throws where the mixer has none of that name. */
export const connectionName = (mixer: Mixer, layer: number, connection: Connection): string => {
  const buffer = bufferOf(mixer, connection);
  if (!buffer) throw new Error(`${mixer.mechanism.name} has no ${connection} to connect`);
  return placedName(mixer, layer, buffer);
};

/** Name in a model of what a mixer keeps for the next token, by the mixer's own name for it; undefined where a repetition leaves none. */
export const keptName = (mixer: Mixer, layer: number, name: string): string | undefined => {
  const buffer = mixer.buffers.find((one) => one.name === name);
  return buffer && mixer.shape.phase !== "generate" && isCarried(mixer, buffer) ? placedName(mixer, layer, buffer) : undefined;
};

/** The same of what a layer's projections leave where it is kept: a prefill's keys and values are its cache. */
export const keptConnection = (mixer: Mixer, layer: number, connection: Connection): string | undefined => {
  const buffer = bufferOf(mixer, connection);
  return buffer && keptName(mixer, layer, buffer.name);
};

/** What a mixer of phase generate goes on from, and what one of prefill left of it, by their own names: as much of each, or the beginning of a longer cache. Undefined where the two do not fit. */
export const keptState = (mixer: Mixer, left: Mixer): readonly { readonly from: PlanBuffer; readonly to: PlanBuffer }[] | undefined => {
  const pairs = mixer.buffers
    .filter(({ role }) => role === "state")
    .map((to) => ({ to, from: left.buffers.find(({ name, role, dtype }) => name === to.name && role === "state" && dtype === "f32") }));
  const fits = pairs.flatMap(({ from, to }) =>
    from && elementCount(from) <= elementCount(to) && elementCount(from) % (4 * mixer.shape.batch) === 0 ? [{ from, to }] : [],
  );
  return fits.length === pairs.length ? fits : undefined;
};

/** Widths of what goes in and out of a mixer, a token. */
export const widthsOf = (mixer: Mixer): MixerWidths => {
  const width = (connection: Connection): number => {
    const buffer = bufferOf(mixer, connection);
    return buffer ? elementCount(buffer) / mixer.rows : 0;
  };
  const [q, k, v, g, beta, o] = connections.map(width) as [number, number, number, number, number, number];
  return {
    q,
    k,
    v,
    sharing: mixer.sharing,
    g,
    beta,
    o,
    outputNorm: mixer.mechanism.family === "linear" ? mixer.shape.headDimV : 0,
    outputGate: mixer.gated ? o : 0,
  };
};

/** A mixer's buffers in a model. */
export const placedBuffers = (mixer: Mixer, layer: number): readonly PlanBuffer[] =>
  mixer.buffers.map((buffer): PlanBuffer => {
    const name = placedName(mixer, layer, buffer);
    const role = buffer.role === "state" && !isCarried(mixer, buffer) ? "scratch" : buffer.role;
    if (connectionOf(buffer) !== undefined) return { ...buffer, name, role: isCarried(mixer, buffer) ? "state" : "scratch", init: "poison" };
    return { ...buffer, name, role, init: typeof buffer.init === "object" ? { tensor: name } : buffer.init };
  });

/** Steps of a mixer in a model; `steps`: some of its own. */
export const placedSteps = (mixer: Mixer, layer: number, steps = mixer.steps): readonly Step[] => {
  const names = new Map(mixer.buffers.map((buffer) => [buffer.name, placedName(mixer, layer, buffer)]));
  return steps.map((step) => ({ ...step, stage: mixing, bindings: step.bindings.map((name) => names.get(name) ?? name) }));
};

/** What a layer's mixer has of its own before a token comes: by its names in a model, and drawn for that layer alone. */
export const layerTensors = (mixer: Mixer, layer: number, seed: number): Tensors => {
  const drawn = mixer.mechanism.inputs(mixer.shape, layerSeed(seed, layer));
  return Object.fromEntries(
    mixer.buffers.flatMap((buffer) => {
      const values = typeof buffer.init === "object" && connectionOf(buffer) === undefined ? drawn[buffer.init.tensor] : undefined;
      return values ? [[placedName(mixer, layer, buffer), values] as const] : [];
    }),
  );
};

/** The same by the mixer's own names: what its reference asks for. */
export const ownTensors = (mixer: Mixer, layer: number, tensors: Tensors): Tensors =>
  Object.fromEntries(
    mixer.buffers.flatMap((buffer) => {
      const values = tensors[placedName(mixer, layer, buffer)];
      return values && typeof buffer.init === "object" ? [[buffer.init.tensor, values] as const] : [];
    }),
  );

const layerSeed = (seed: number, layer: number): number => seed + 7919 * (layer + 1);
