import type { Capabilities, PlanBuffer, Refusal, Shape } from "./mechanism.ts";
import { bufferBytes } from "./plan.ts";

export const badShape = (reason: string): Refusal => ({ code: "badShape", reason });
export const overLimit = (reason: string): Refusal => ({ code: "overLimit", reason });
export const noFeature = (reason: string): Refusal => ({ code: "noFeature", reason });

/** What no kernel here can be asked for, whatever the device. */
export const shapeRefusal = ({ phase, n, batch, heads, kvHeads }: Shape): Refusal | undefined => {
  // A first token has no context.
  const least = phase === "decode" ? 0 : 1;
  if (!(n >= least && batch >= 1 && heads >= 1 && kvHeads >= 1))
    return badShape(`n ${n} must be at least ${least}, batch ${batch}, heads ${heads} and kvHeads ${kvHeads} at least 1`);
  return undefined;
};

/** A number type that this device cannot store, the first of `names`. */
export const storageRefusal = (names: readonly ("dtype" | "kvDtype")[], shape: Shape, { f16 }: Capabilities): Refusal | undefined => {
  const missing = f16 ? undefined : names.find((name) => shape[name] === "f16");
  return missing && noFeature(`${missing} f16 needs shader-f16, which this device does not have: ${missing} f32 runs here`);
};

/** headDim outside what both families' kernels take; `who` is the subject of the reason. */
export const headRefusal = (who: string, { headDim, headDimV }: Shape): Refusal | undefined => {
  if (headDim < 32 || headDim > 128 || headDim % 4 !== 0) return badShape(`headDim ${headDim}: ${who} takes multiples of 4 from 32 to 128`);
  if (headDimV !== headDim) return badShape(`headDimV ${headDimV}: ${who} takes headDimV = headDim = ${headDim} only`);
  return undefined;
};

/** A buffer that this device has no room for. `what` is the subject of the reason. */
export const limitRefusal = (
  what: string,
  buffers: readonly PlanBuffer[],
  { maxStorageBufferBindingSize, maxBufferSize }: Capabilities,
): Refusal | undefined => {
  const limit = Math.min(maxStorageBufferBindingSize, maxBufferSize);
  const limitName = limit === maxStorageBufferBindingSize ? "maxStorageBufferBindingSize" : "maxBufferSize";
  for (const buffer of buffers) {
    const bytes = bufferBytes(buffer);
    if (bytes > limit) return overLimit(`${what} needs ${bytes} bytes for ${buffer.name}, ${limitName} of this device is ${limit}`);
  }
  return undefined;
};
