import type { Tensors } from "./mechanism.ts";

/** The tensor of that name. Throws where it is missing: inputs of another shape or mechanism. */
export const tensorOf = (tensors: Tensors, name: string): Float32Array | Uint32Array => {
  const found = tensors[name];
  if (!found) throw new Error(`tensor ${name} is missing; given: ${Object.keys(tensors).join(", ")}`);
  return found;
};
