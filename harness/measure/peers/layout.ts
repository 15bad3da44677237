/** Sizes of a tensor of three or four dimensions, slowest first. */
export type Dims = readonly [number, number, number, ...number[]];

/** [a, b, c, d] as [a, c, b, d]: our caches hold a row per token, ONNX Runtime's one block per head. Its own inverse, with b and c changed. */
export const swapMiddle = (values: Float32Array, [a, b, c, d]: readonly [number, number, number, number]): Float32Array => {
  const swapped = new Float32Array(values.length);
  for (let i = 0; i < a; i++) {
    for (let j = 0; j < b; j++) {
      for (let k = 0; k < c; k++) {
        const from = ((i * b + j) * c + k) * d;
        swapped.set(values.subarray(from, from + d), ((i * c + k) * b + j) * d);
      }
    }
  }
  return swapped;
};
