import type { Dtype, Init, PlanBuffer } from "./mechanism.ts";

type Sizes = Readonly<Record<string, number>>;

/** A buffer of f32 values, its dims in the order they are written, slowest first. */
export const allocation = (name: string, role: PlanBuffer["role"], init: Init, sizes: Sizes): PlanBuffer => ({
  name,
  role,
  dtype: "f32",
  dims: Object.entries(sizes),
  init,
});

/** Counters that kernels keep on the GPU, u32, poisoned until a step resets them. */
export const counters = (name: string, sizes: Sizes): PlanBuffer => ({ ...allocation(name, "scratch", "poison", sizes), dtype: "u32" });

/** `input`: q, k or v as the mechanism's tensor of that name. */
export const input = (name: string, sizes: Sizes, dtype: Dtype = "f32"): PlanBuffer => ({ ...allocation(name, "input", { tensor: name }, sizes), dtype });

/** o, [batch, token, head, channel], poisoned. */
export const output = (sizes: Sizes, dtype: Dtype): PlanBuffer => ({ ...allocation("o", "output", "poison", sizes), dtype });
