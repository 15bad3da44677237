import type { Capabilities, Form, Refusal, Shape } from "../mechanism.ts";
import { badShape, limitRefusal, noFeature, shapeRefusal, storageRefusal } from "../refusal.ts";
import { linearBuffers } from "./buffers.ts";
import { featureMaps } from "./featureMap.ts";
import type { Rule } from "./rule.ts";
import { asOneChunk, sizesOf } from "./sizes.ts";
import { variants } from "./variants.ts";

/** Why this shape cannot run in this form on this device, or undefined. */
export const refusal = (rule: Rule, shape: Shape, form: Form, capabilities: Capabilities): Refusal | undefined =>
  shapeRefusal(shape) ?? unfit(shape, form) ?? storageRefusal(["dtype"], shape, capabilities) ?? tooLarge(rule, shape, form, capabilities);

/** What the recurrence or a form of it does not take. */
const unfit = ({ phase, stateDtype, heads, kvHeads, headDim, headDimV, scale, parameters }: Shape, form: Form): Refusal | undefined => {
  for (const [name, size] of Object.entries({ headDim, headDimV })) {
    if (size < 16 || size > 256 || size % 4 !== 0) return badShape(`${name} ${size}: the linear family takes multiples of 4 from 16 to 256`);
  }
  const { featureMap = "identity", normalized, chunk } = parameters;
  if (stateDtype !== "f32") return noFeature(`stateDtype ${stateDtype}: the linear family has f32 states only`);
  if (kvHeads !== heads) return badShape(`kvHeads ${kvHeads} differs from heads ${heads}: the linear family has a state per head`);
  if (!(String(featureMap) in featureMaps)) return badShape(`featureMap ${featureMap}: accepted are ${Object.keys(featureMaps).join(", ")}`);
  if (normalized === true && featureMap !== "elu+1") {
    return badShape(`normalized needs featureMap elu+1: with ${featureMap}, the denominator z·φ(q) changes sign and passes through zero`);
  }
  if (normalized === true && scale !== undefined) {
    return badShape(`scale ${scale}: normalized takes none, since dividing by z·φ(q) cancels whatever q is multiplied by; leave the scale out`);
  }
  if (parameters.initialState === true && phase === "generate")
    return badShape("initialState: generate begins from none, prefill and decode can go on from a state");
  if (form === "chunk" && !(Number(chunk) >= 16 && Number(chunk) <= 256 && Number(chunk) % 16 === 0)) {
    return badShape(`chunk ${chunk}: form chunk takes multiples of 16 from 16 to 256`);
  }
  return undefined;
};

const tooLarge = (rule: Rule, shape: Shape, form: Form, capabilities: Capabilities): Refusal | undefined => {
  const sizes = form === "parallel" ? asOneChunk(sizesOf(shape, rule)) : sizesOf(shape, rule);
  const tiles = variants(sizes, form, capabilities)[0] ?? {};
  return limitRefusal(`${form} ${shape.phase}`, linearBuffers(sizes, form, tiles), capabilities);
};
