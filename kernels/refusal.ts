import type { Capabilities, PlanBuffer, Refusal, Shape } from "./mechanism.ts";
import { bufferBytes } from "./plan.ts";

export const badShape = (reason: string): Refusal => ({ code: "badShape", reason });
export const overLimit = (reason: string): Refusal => ({ code: "overLimit", reason });
export const noFeature = (reason: string): Refusal => ({ code: "noFeature", reason });

/** What no kernel here can be asked for, whatever the device; `who` is the subject of the reason. */
export const shapeRefusal = (who: string, { phase, n, batch, heads, kvHeads, dtype }: Shape): Refusal | undefined => {
  if (dtype !== "f32") return noFeature(`dtype ${dtype}: ${who} has f32 kernels only`);
  // A first token has no context.
  const least = phase === "decode" ? 0 : 1;
  if (!(n >= least && batch >= 1 && heads >= 1 && kvHeads >= 1))
    return badShape(`n ${n} must be at least ${least}, batch ${batch}, heads ${heads} and kvHeads ${kvHeads} at least 1`);
  return undefined;
};

/** headDim outside what both families' kernels take; `who` is the subject of the reason. */
export const headRefusal = (who: string, { headDim, headDimV }: Shape): Refusal | undefined => {
  if (headDim < 32 || headDim > 128 || headDim % 4 !== 0) return badShape(`headDim ${headDim}: ${who} takes multiples of 4 from 32 to 128`);
  if (headDimV !== headDim) return badShape(`headDimV ${headDimV}: ${who} takes headDimV = headDim = ${headDim} only`);
  return undefined;
};

/** What does not fit this device: a buffer, or a workgroup per head where it has no room for so many. `what` is the subject of the reason. */
export const limitRefusal = (what: string, shape: Shape, buffers: readonly PlanBuffer[], capabilities: Capabilities): Refusal | undefined => {
  const { maxStorageBufferBindingSize, maxBufferSize, maxComputeWorkgroupsPerDimension: most } = capabilities;
  const limit = Math.min(maxStorageBufferBindingSize, maxBufferSize);
  const limitName = limit === maxStorageBufferBindingSize ? "maxStorageBufferBindingSize" : "maxBufferSize";
  for (const buffer of buffers) {
    const bytes = bufferBytes(buffer);
    if (bytes > limit) return overLimit(`${what} needs ${bytes} bytes for ${buffer.name}, ${limitName} of this device is ${limit}`);
  }
  if (shape.batch * shape.heads > most)
    return overLimit(`batch × heads is ${shape.batch * shape.heads}, maxComputeWorkgroupsPerDimension of this device is ${most}`);
  return undefined;
};
