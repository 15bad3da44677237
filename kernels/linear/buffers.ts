import type { Init, PlanBuffer, Role } from "../mechanism.ts";
import type { Sizes } from "./sizes.ts";

type Dims = PlanBuffer["dims"];

const tokenRows = ({ batch, heads }: Sizes, token: string, tokens: number, width: number): Dims => [
  ["batch", batch],
  [token, tokens],
  ["head", heads],
  ["channel", width],
];

/** q, k, v as inputs, o as output, and the state (z too when normalized), which starts as `init` says. */
export const commonBuffers = (sizes: Sizes, state: { readonly continued: boolean }): readonly PlanBuffer[] => {
  const { batch, heads, tokens, inputTokens, keys, values, normalized } = sizes;
  const token = inputTokens === tokens ? "token" : "stream";
  const input = (name: string, width: number): PlanBuffer => ({
    name,
    role: "input",
    dtype: "f32",
    dims: tokenRows(sizes, token, inputTokens, width),
    init: { tensor: name },
  });
  const carried = (name: string, dims: Dims): PlanBuffer => ({
    name,
    role: "state",
    dtype: "f32",
    dims: [["batch", batch], ["head", heads], ...dims],
    ...(state.continued ? { init: { tensor: name }, drifts: true } : { init: "poison" }),
  });
  return [
    input("q", keys),
    input("k", keys),
    input("v", values),
    { name: "o", role: "output", dtype: "f32", dims: tokenRows(sizes, "token", tokens, values), init: "poison" },
    carried("state", [
      ["key", keys],
      ["value", values],
    ]),
    ...(normalized ? [carried("z", [["key", keys]])] : []),
  ];
};

/** A working buffer of a head, poisoned. */
export const headScratch = ({ batch, heads }: Sizes, name: string, dtype: "f32" | "u32", dims: Dims): PlanBuffer => {
  const role: Exclude<Role, "harness"> = "scratch";
  const init: Init = "poison";
  return { name, role, dtype, dims: [["batch", batch], ["head", heads], ...dims], init };
};
