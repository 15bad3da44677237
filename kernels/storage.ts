import { roundedToHalf } from "./half.ts";
import type { Dtype } from "./mechanism.ts";
import type { Kernel } from "./step.ts";

/** WGSL's names of a number as it lies in a buffer, and of four neighbours. */
const wgslTypes = { f32: ["f32", "vec4f"], f16: ["f16", "vec4h"] } as const satisfies Readonly<Record<Dtype, readonly [one: string, four: string]>>;

/**
 * A kernel whose source leaves open how numbers lie in what it binds. For `{ Stored: "f16" }` it may bind `array<Stored>` and `array<StoredQuad>`; it loads
 * by `f32(…)` and `vec4f(…)` and stores by `Stored(…)` and `StoredQuad(…)`, so that all arithmetic is in f32 and one line put before it, the only one that
 * differs from type to type, says what the names stand for. Names that the source does not use are left out; f16 needs the feature shader-f16.
 */
export const storing = (source: string, types: Readonly<Record<string, Dtype>>): Pick<Kernel, "source" | "f16"> => {
  const used = Object.entries(types).filter(([name]) => new RegExp(`\\b${name}(Quad)?\\b`).test(source));
  const aliases = used.map(([name, dtype]) => `alias ${name} = ${wgslTypes[dtype][0]}; alias ${name}Quad = ${wgslTypes[dtype][1]};\n`);
  return { source: `${aliases.join("")}${source}`, f16: used.some(([, dtype]) => dtype === "f16") };
};

/** Below it numbers of f16 have fewer bits, and WGSL lets a device take them for zero (§15.7, "Floating Point Evaluation"). */
const leastNormalHalf = 2 ** -14;

/**
 * Values drawn for a buffer of that type: those that it holds, exactly and on every device, so that storing them changes nothing and a reference on them
 * owes nothing to the type.
 */
export const drawnAs = (dtype: Dtype, values: Float32Array): Float32Array =>
  dtype === "f32" ? values : roundedToHalf(values).map((value) => (Math.abs(value) < leastNormalHalf ? 0 : value));
