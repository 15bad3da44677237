import type { Capabilities, Form, Refusal, Shape } from "../mechanism.ts";
import { badShape, limitRefusal, noFeature, shapeRefusal } from "../refusal.ts";
import { softmaxBuffers } from "./buffers.ts";
import { softmaxTiles } from "./tiles.ts";
import { windowOf } from "./window.ts";

/** Why this shape cannot run in this form on this device, or undefined. */
export const softmaxRefusal = (shape: Shape, form: Form, capabilities: Capabilities): Refusal | undefined =>
  shapeRefusal("softmax", shape) ?? unfit(shape) ?? featureless(shape, capabilities) ?? tooLarge(shape, form, capabilities);

/** What the kernels or a cache do not take. */
const unfit = ({ heads, kvHeads, parameters, ...sizes }: Shape): Refusal | undefined => {
  for (const name of ["headDim", "headDimV"] as const) {
    const size = sizes[name];
    if (size < 16 || size > 256 || size % 4 !== 0) return badShape(`${name} ${size}: softmax takes multiples of 4 from 16 to 256`);
  }
  const { window, sinks } = windowOf({ parameters });
  if (window === 0 && sinks > 0) return badShape(`sinks ${sinks} without a window: softmax keeps sinks beside a window of 1 or more`);
  return heads % kvHeads === 0 ? undefined : badShape(`kvHeads ${kvHeads} does not divide heads ${heads}`);
};

const featureless = ({ kvDtype }: Shape, { f16 }: Capabilities): Refusal | undefined =>
  kvDtype === "f16" && !f16 ? noFeature("kvDtype f16 needs shader-f16, which this device does not have: kvDtype f32 runs here") : undefined;

const tooLarge = (shape: Shape, form: Form, capabilities: Capabilities): Refusal | undefined =>
  limitRefusal(`${form} ${shape.phase}`, shape, softmaxBuffers(shape, form, softmaxTiles(shape, form, capabilities)[0] ?? {}), capabilities);
