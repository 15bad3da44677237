/** The tensor of that name. Throws where it is missing: inputs of another shape or mechanism. */
export const tensorOf = <T extends Float32Array | Float64Array | Uint32Array>(tensors: Readonly<Record<string, T>>, name: string): T => {
  const found = tensors[name];
  if (!found) throw new Error(`tensor ${name} is missing; given: ${Object.keys(tensors).join(", ")}`);
  return found;
};
