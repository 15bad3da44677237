/**
 * Seeded inputs. A 32-bit counter hash (xorshift-multiply, constants of Chris Wellons' lowbias32) makes the stream the same on every machine;
 * tensors of one seed differ by name, so q and k are independent.
 */
export const hash32 = (value: number): number => {
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

const tableSize = 1 << 16;

/** 65,536 values of N(0, 1) by Box and Muller's transform (Ann. Math. Statist. 29, 1958). */
const normalTable = ((): Float32Array => {
  const uniform = uniformStream(0, "normal table");
  const table = new Float32Array(tableSize);
  for (let i = 0; i < tableSize; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    const angle = 2 * Math.PI * uniform();
    table[i] = radius * Math.cos(angle);
    table[i + 1] = radius * Math.sin(angle);
  }
  return table;
})();

/** `count` values of N(0, 1) as f32, drawn from a table of 65,536: a hash gives two, since long caches need tens of millions. */
export const normals = (count: number, seed: number, name: string): Float32Array => {
  const key = hash32(seed) ^ nameHash(name);
  const values = new Float32Array(count);
  let counter = 0;
  for (let i = 0; i < count; i += 2) {
    counter = (counter + 0x9e3779b9) | 0;
    const bits = hash32(hash32(counter ^ key) + key);
    values[i] = normalTable[bits >>> 16] as number;
    if (i + 1 < count) values[i + 1] = normalTable[bits & 0xffff] as number;
  }
  return values;
};
