import type { Capabilities, Form, Refusal, Shape } from "../mechanism.ts";
import { badShape, limitRefusal, shapeRefusal, storageRefusal } from "../refusal.ts";
import { softmaxBuffers } from "./buffers.ts";
import { noCacheBuffers, noCacheTiles } from "./noCachePlan.ts";
import { softmaxTiles } from "./tiles.ts";
import { windowOf } from "./window.ts";

/** Why this shape cannot run in this form on this device, or undefined. */
export const softmaxRefusal = (shape: Shape, form: Form, capabilities: Capabilities): Refusal | undefined =>
  shapeRefusal(shape) ??
  unfitHeads("softmax", shape) ??
  unfitWindow(shape) ??
  unfitCache(shape) ??
  storageRefusal(["dtype", "kvDtype"], shape, capabilities) ??
  tooLarge(shape, form, capabilities);

/** Why no cache is kept of this shape on this device, or undefined. */
export const noCacheRefusal = (shape: Shape, form: Form, capabilities: Capabilities): Refusal | undefined => {
  const who = "softmaxNoCache";
  const { dtype, kvDtype, dModel, heads, headDim } = shape;
  const unfit = shapeRefusal(shape) ?? unfitHeads(who, shape);
  if (unfit) return unfit;
  if (kvDtype !== dtype)
    return badShape(`kvDtype ${kvDtype} beside dtype ${dtype}: ${who} keeps no cache, so it takes kvDtype ${dtype}, as where none is given`);
  if (dModel !== heads * headDim) return badShape(`dModel ${dModel}: ${who} takes heads × headDim = ${heads * headDim}`);
  const unstored = storageRefusal(["dtype"], shape, capabilities);
  if (unstored) return unstored;
  return limitRefusal(`${form} ${shape.phase} without a cache`, noCacheBuffers(shape, noCacheTiles(shape, form, capabilities)[0] ?? {}), capabilities);
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

const unfitCache = ({ dtype, kvDtype }: Shape): Refusal | undefined =>
  dtype === "f16" && kvDtype !== "f16"
    ? badShape(
        `kvDtype ${kvDtype} beside dtype f16: keys and values that come in f16 get no more exact in a wider cache; accepted are kvDtype f16, as where none is given, or dtype f32`,
      )
    : undefined;

const tooLarge = (shape: Shape, form: Form, capabilities: Capabilities): Refusal | undefined =>
  limitRefusal(`${form} ${shape.phase}`, softmaxBuffers(shape, form, softmaxTiles(shape, form, capabilities)[0] ?? {}), capabilities);
