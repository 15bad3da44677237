/**
 * Seeded inputs. A 32-bit counter hash (xorshift-multiply, constants of Chris Wellons' lowbias32) makes the stream the same on every machine;
 * tensors of one seed differ by name, so q and k are independent.
 */
const hash32 = (value: number): number => {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
};

const nameHash = (name: string): number => [...name].reduce((hash, letter) => hash32(hash ^ letter.charCodeAt(0)), 0x9e3779b9);

/** A stream of uniforms in (0, 1). */
export const uniformStream = (seed: number, name: string): (() => number) => {
  const key = hash32(seed) ^ nameHash(name);
  let counter = 0;
  return () => {
    counter = (counter + 0x9e3779b9) | 0;
    return (hash32(hash32(counter ^ key) + key) + 0.5) / 0x1_0000_0000;
  };
};

/** `count` values of N(0, 1) as f32, by Box and Muller's transform (Ann. Math. Statist. 29, 1958). */
export const normals = (count: number, seed: number, name: string): Float32Array => {
  const uniform = uniformStream(seed, name);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    const angle = 2 * Math.PI * uniform();
    values[i] = radius * Math.cos(angle);
    if (i + 1 < count) values[i + 1] = radius * Math.sin(angle);
  }
  return values;
};
