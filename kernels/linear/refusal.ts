import type { Capabilities, Form, Refusal, Shape } from "../mechanism.ts";
import { featureMaps } from "./featureMap.ts";
import { sizesOf } from "./sizes.ts";

const badShape = (reason: string): Refusal => ({ code: "badShape", reason });
const overLimit = (reason: string): Refusal => ({ code: "overLimit", reason });

/** Why this shape cannot run in this form on this device, or undefined. */
export const refusal = (shape: Shape, form: Form, capabilities: Capabilities): Refusal | undefined =>
  unsupported(shape) ?? misshapen(shape, form) ?? tooLarge(shape, form, capabilities);

const unsupported = ({ dtype, stateDtype }: Shape): Refusal | undefined => {
  if (dtype !== "f32") return { code: "noFeature", reason: `the linear family computes in f32 only, not dtype ${dtype}` };
  if (stateDtype !== "f32") return { code: "noFeature", reason: `the linear family keeps its state in f32 only, not stateDtype ${stateDtype}` };
  return undefined;
};

const misshapen = ({ headDim, headDimV, heads, kvHeads, n, batch, parameters }: Shape, form: Form): Refusal | undefined => {
  const { featureMap, normalized, chunk } = parameters;
  if (n < 1 || batch < 1 || heads < 1) return badShape(`n, batch and heads start at 1, given ${n}, ${batch} and ${heads}`);
  if (headDim % 4 !== 0 || headDim < 32 || headDim > 128) return badShape(`headDim is ${headDim}; the linear family takes multiples of 4 from 32 to 128`);
  if (headDimV !== headDim) return badShape(`headDimV is ${headDimV} and headDim ${headDim}; the linear family takes equal ones`);
  if (kvHeads !== heads) return badShape(`kvHeads is ${kvHeads} and heads ${heads}; the linear family has a state per head, so they are equal`);
  if (!(String(featureMap) in featureMaps)) return badShape(`featureMap is ${featureMap}; accepted: ${Object.keys(featureMaps).join(", ")}`);
  if (normalized === true && featureMap !== "elu+1") {
    return badShape(`normalized needs featureMap elu+1: with ${featureMap}, the denominator z·φ(q) changes sign and passes through zero`);
  }
  if (form === "chunk" && !(Number(chunk) >= 16 && Number(chunk) <= 256 && Number(chunk) % 16 === 0)) {
    return badShape(`chunk is ${chunk}; form chunk takes multiples of 16 from 16 to 256`);
  }
  return undefined;
};

/** The largest buffers and grids of any variant, by arithmetic: a plan of generate would be a list of n steps. */
const tooLarge = (shape: Shape, form: Form, capabilities: Capabilities): Refusal | undefined => {
  const { batch, heads, tokens, inputTokens, keys, values, chunks } = sizesOf(shape);
  const limit = Math.min(capabilities.maxBufferSize, capabilities.maxStorageBufferBindingSize);
  const perHead = { q: inputTokens * keys, o: tokens * values, state: keys * values, ...(form === "chunk" ? { chunkStates: chunks * keys * values } : {}) };
  for (const [name, elements] of Object.entries(perHead)) {
    const bytes = 4 * batch * heads * elements;
    if (bytes > limit) return overLimit(`buffer ${name} needs ${bytes} bytes; this device binds at most ${limit}`);
  }
  const most = capabilities.maxComputeWorkgroupsPerDimension;
  if (batch * heads > most) return overLimit(`batch × heads is ${batch * heads}, a workgroup each; this device takes ${most} per dimension`);
  if (form === "chunk" && chunks > most) return overLimit(`${tokens} tokens are ${chunks} chunks, a workgroup each; this device takes ${most} per dimension`);
  return undefined;
};
