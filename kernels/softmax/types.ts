import type { Dtype, Shape } from "../mechanism.ts";

/** What the names of types stand for in this family's kernels: q, o and what a step of decode brings are `Stored`, the keys and values of all tokens `Cached`. */
export const storedTypes = ({ dtype, kvDtype }: Pick<Shape, "dtype" | "kvDtype">): Readonly<Record<"Stored" | "Cached", Dtype>> => ({
  Stored: dtype,
  Cached: kvDtype,
});
