import type { ElementType, Plan, PlanBuffer, Step } from "./mechanism.ts";

/** Bytes of one element. */
export const elementBytes: Readonly<Record<ElementType, number>> = { f32: 4, f16: 2, u32: 4 };

/** Elements of a buffer: the product of its dims. */
export const elementCount = (buffer: PlanBuffer): number => buffer.dims.reduce((product, [, size]) => product * size, 1);

/** Bytes of a buffer as allocated: WebGPU wants a multiple of 4. */
export const bufferBytes = (buffer: PlanBuffer): number => Math.ceil((elementCount(buffer) * elementBytes[buffer.dtype]) / 4) * 4;

/** The WGSL module a step compiles: enable directives first (WGSL demands it), then constants as abstract numbers, then the source. */
export const moduleText = (step: Step): string =>
  [
    ...step.enables.map((name) => `enable ${name};`),
    ...Object.entries(step.constants).map(([name, value]) => `const ${name} = ${wgslLiteral(value)};`),
    step.wgsl,
  ].join("\n");

/** Every module of a plan, setup first: what the kernel hash is taken over. */
export const planModules = (plan: Plan): string[] => {
  const steps = new Set([...plan.setup, ...plan.steps]);
  return [...new Set([...steps].map((step) => `${step.entryPoint}\n${moduleText(step)}`))];
};

// A whole number becomes an abstract integer in WGSL, any other an abstract float, and each then what its place asks for.
const wgslLiteral = (value: number | boolean): string => String(value);
