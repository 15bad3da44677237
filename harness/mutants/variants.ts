import type { Capabilities } from "../../kernels/mechanism.ts";

/** Whose plans are held against verification: this adapter's own, or those that kernels have for GPUs, run on this adapter. */
export type Variant = "own" | "hardware" | "rangedHardware";

/**
 * What the planner is told of an adapter in the place of what it found. `hardware`: a GPU whose subgroups are all of one size, as NVIDIA's and Apple's; `rangedHardware`: one whose compiler
 * chooses among sizes, as AMD's and Intel's, for which kernels count on none.
 */
export const variantsOn = ({ subgroupMaxSize }: Pick<Capabilities, "subgroupMaxSize">): Readonly<Record<Variant, Partial<Capabilities>>> => ({
  own: {},
  hardware: { software: false },
  rangedHardware: { software: false, subgroupMaxSize: 2 * subgroupMaxSize },
});
