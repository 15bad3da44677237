import type { Capabilities, Form, Refusal, Shape, Tiles } from "../mechanism.ts";
import { bufferBytes } from "../plan.ts";
import { softmaxBuffers } from "./buffers.ts";

const badShape = (reason: string): Refusal => ({ code: "badShape", reason });
const overLimit = (reason: string): Refusal => ({ code: "overLimit", reason });

/** What the kernels cannot be asked for, whatever the device. */
export const shapeRefusal = (shape: Shape): Refusal | undefined => {
  const { n, batch, heads, kvHeads, headDim, headDimV } = shape;
  if (shape.dtype !== "f32") return { code: "noFeature", reason: `dtype ${shape.dtype}: softmax has f32 kernels only` };
  if (shape.kvDtype !== "f32") return { code: "noFeature", reason: `kvDtype ${shape.kvDtype}: softmax has f32 caches only` };
  if (!(n >= 1 && batch >= 1 && heads >= 1 && kvHeads >= 1))
    return badShape(`n ${n}, batch ${batch}, heads ${heads} and kvHeads ${kvHeads} must all be at least 1`);
  if (headDim < 32 || headDim > 128 || headDim % 4 !== 0) return badShape(`headDim ${headDim}: softmax takes multiples of 4 from 32 to 128`);
  if (headDimV !== headDim) return badShape(`headDimV ${headDimV}: softmax takes headDimV = headDim = ${headDim} only`);
  if (heads % kvHeads !== 0) return badShape(`kvHeads ${kvHeads} does not divide heads ${heads}`);
  return undefined;
};

/** What does not fit this device: a buffer, or a dispatch with more than its workgroups per dimension. */
export const limitRefusal = (shape: Shape, form: Form, capabilities: Capabilities, tiles: Tiles): Refusal | undefined => {
  const { maxStorageBufferBindingSize, maxBufferSize, maxComputeWorkgroupsPerDimension } = capabilities;
  const limit = Math.min(maxStorageBufferBindingSize, maxBufferSize);
  const limitName = limit === maxStorageBufferBindingSize ? "maxStorageBufferBindingSize" : "maxBufferSize";
  for (const buffer of softmaxBuffers(shape, form, tiles)) {
    const bytes = bufferBytes(buffer);
    if (bytes > limit) return overLimit(`${form} ${shape.phase} needs ${bytes} bytes for ${buffer.name}, ${limitName} of this device is ${limit}`);
  }
  if (shape.batch * shape.heads > maxComputeWorkgroupsPerDimension) {
    return overLimit(`batch × heads is ${shape.batch * shape.heads}, maxComputeWorkgroupsPerDimension of this device is ${maxComputeWorkgroupsPerDimension}`);
  }
  return undefined;
};
