/**
 * Mulberry32 (Tommy Ettinger, public domain) read as a counter generator: its i-th output is a mix of seed + i·0x6d2b79f5, so any
 * draw can be had by its index. Resampling uses that to give all cells of a run the same draws of workers and turns.
 */
export const uniformAt = (seed: number, index: number): number => {
  let z = (seed + Math.imul(index + 1, 0x6d2b79f5)) | 0;
  z = Math.imul(z ^ (z >>> 15), z | 1);
  z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
  return ((z ^ (z >>> 14)) >>> 0) / 0x1_0000_0000;
};

/** A stream of uniforms in [0, 1). */
export const uniforms = (seed: number): (() => number) => {
  let index = 0;
  return () => uniformAt(seed, index++);
};

/** A stream of N(0, 1), by Box and Muller's transform (Ann. Math. Statist. 29, 1958). */
export const normals = (seed: number): (() => number) => {
  const uniform = uniforms(seed);
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
};

/** A seed of its own for each name under one seed (FNV-1a, 32 bits). */
export const seedFor = (seed: number, name: string): number => {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash | 0;
};
