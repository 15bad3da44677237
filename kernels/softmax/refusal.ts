import type { Capabilities, Form, Refusal, Shape } from "../mechanism.ts";
import { badShape, limitRefusal, noFeature, shapeRefusal } from "../refusal.ts";
import { softmaxBuffers } from "./buffers.ts";
import { noCacheBuffers, noCacheTiles } from "./noCachePlan.ts";
import { softmaxTiles } from "./tiles.ts";
import { windowOf } from "./window.ts";

/** Why this shape cannot run in this form on this device, or undefined. */
export const softmaxRefusal = (shape: Shape, form: Form, capabilities: Capabilities): Refusal | undefined =>
  shapeRefusal("softmax", shape) ??
  unfitHeads("softmax", shape) ??
  unfitWindow(shape) ??
  featureless(shape, capabilities) ??
  tooLarge(shape, form, capabilities);

/** Why no cache is kept of this shape on this device, or undefined. */
export const noCacheRefusal = (shape: Shape, form: Form, capabilities: Capabilities): Refusal | undefined => {
  const who = "softmaxNoCache";
  const { kvDtype, dModel, heads, headDim } = shape;
  const unfit = shapeRefusal(who, shape) ?? unfitHeads(who, shape);
  if (unfit) return unfit;
  if (kvDtype !== "f32") return noFeature(`kvDtype ${kvDtype}: ${who} keeps no cache, and has f32 kernels only`);
  if (dModel !== heads * headDim) return badShape(`dModel ${dModel}: ${who} takes heads × headDim = ${heads * headDim}`);
  return limitRefusal(`${form} ${shape.phase} without a cache`, shape, noCacheBuffers(shape, noCacheTiles(shape, form, capabilities)[0] ?? {}), capabilities);
};

/** Head sizes that the kernels do not take; `who` is the subject of the reason. */
const unfitHeads = (who: string, { heads, kvHeads, ...sizes }: Shape): Refusal | undefined => {
  for (const name of ["headDim", "headDimV"] as const) {
    const size = sizes[name];
    if (size < 16 || size > 256 || size % 4 !== 0) return badShape(`${name} ${size}: ${who} takes multiples of 4 from 16 to 256`);
  }
  return heads % kvHeads === 0 ? undefined : badShape(`kvHeads ${kvHeads} does not divide heads ${heads}`);
};

const unfitWindow = (shape: Shape): Refusal | undefined => {
  const { window, sinks } = windowOf(shape);
  return window === 0 && sinks > 0 ? badShape(`sinks ${sinks} without a window: softmax keeps sinks beside a window of 1 or more`) : undefined;
};

const featureless = ({ kvDtype }: Shape, { f16 }: Capabilities): Refusal | undefined =>
  kvDtype === "f16" && !f16 ? noFeature("kvDtype f16 needs shader-f16, which this device does not have: kvDtype f32 runs here") : undefined;

const tooLarge = (shape: Shape, form: Form, capabilities: Capabilities): Refusal | undefined =>
  limitRefusal(`${form} ${shape.phase}`, shape, softmaxBuffers(shape, form, softmaxTiles(shape, form, capabilities)[0] ?? {}), capabilities);
