import type { Capabilities, Form, Refusal, Shape } from "../mechanism.ts";
import { badShape, headRefusal, limitRefusal, noFeature, shapeRefusal } from "../refusal.ts";
import { softmaxBuffers } from "./buffers.ts";
import { softmaxTiles } from "./tiles.ts";

/** Why this shape cannot run in this form on this device, or undefined. */
export const softmaxRefusal = (shape: Shape, form: Form, capabilities: Capabilities): Refusal | undefined =>
  shapeRefusal("softmax", shape) ?? headRefusal("softmax", shape) ?? unfit(shape) ?? tooLarge(shape, form, capabilities);

/** What a cache does not take. */
const unfit = ({ kvDtype, heads, kvHeads }: Shape): Refusal | undefined => {
  if (kvDtype !== "f32") return noFeature(`kvDtype ${kvDtype}: softmax has f32 caches only`);
  return heads % kvHeads === 0 ? undefined : badShape(`kvHeads ${kvHeads} does not divide heads ${heads}`);
};

const tooLarge = (shape: Shape, form: Form, capabilities: Capabilities): Refusal | undefined =>
  limitRefusal(`${form} ${shape.phase}`, shape, softmaxBuffers(shape, form, softmaxTiles(shape, form, capabilities)[0] ?? {}), capabilities);
