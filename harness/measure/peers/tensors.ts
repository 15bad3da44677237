import type { Tensors } from "../../../kernels/mechanism.ts";
import { tensorOf } from "../../../kernels/tensors.ts";

/** The f32 tensor of that name. Throws where it is missing or of another type. */
export const floats = (tensors: Tensors, name: string): Float32Array => {
  const tensor = tensorOf(tensors, name);
  if (!(tensor instanceof Float32Array)) throw new Error(`tensor ${name} is not of f32`);
  return tensor;
};
