import type { Step } from "../mechanism.ts";
import quads from "./decayQuads.wgsl";
import scalars from "./decayScalars.wgsl";
import type { Sizes } from "./sizes.ts";

type Constants = Step["constants"];

/** Contraction steps staged at once in workgroup memory. */
export const panel = 16;

/** Rows of a chunk that the delta rule solves at a time, and chunkInvert.wgsl inverts. */
export const solvedRows = 16;

export const decays = ({ rule }: Sizes): boolean => rule.decay !== "none";

/** How a kernel reads sums of log decays: one a token, or four channels or one at a time where each channel has its own. Nothing without decay. */
export const decayAccess = (sizes: Sizes, channels: "quads" | "scalars"): string => {
  if (!decays(sizes)) return "";
  return sizes.rule.decay === "channel" && channels === "quads" ? quads : scalars;
};

/** What only some members bind, by the constant that says where it stands: DECAY_BINDING, INITIAL_BINDING, BETA_BINDING. */
export interface Optional {
  readonly DECAY?: readonly string[];
  readonly INITIAL?: readonly string[];
  readonly BETA?: readonly string[];
}

/** Bindings of a step: its own, then those of the optional ones that this member has, and where they stand. */
export const bound = (sizes: Sizes, own: readonly string[], optional: Optional): { bindings: readonly string[]; constants: Constants } => {
  const has = { DECAY: decays(sizes), INITIAL: sizes.continued, BETA: sizes.rule.delta };
  const bindings = [...own];
  const constants: Record<string, number> = {};
  for (const name of ["DECAY", "INITIAL", "BETA"] as const) {
    const names = optional[name];
    if (!names || !has[name]) continue;
    constants[`${name}_BINDING`] = bindings.length;
    bindings.push(...names);
  }
  return { bindings, constants };
};

/** What every kernel of the chunk form may ask. */
export const chunkConstants = (sizes: Sizes): Constants => {
  const { rule, heads, keys, values, chunk, normalized, continued } = sizes;
  return {
    HEADS: heads,
    KEYS: keys,
    KEY_QUADS: keys / 4,
    VALUES: values,
    VALUE_QUADS: values / 4,
    CHUNK: chunk,
    NORMALIZED: normalized,
    CONTINUED: continued,
    DECAYS: decays(sizes),
    PER_CHANNEL: rule.decay === "channel",
  };
};
