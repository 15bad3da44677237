import type { Shape, Tensors } from "../../../kernels/mechanism.ts";
import type { Chain } from "./chain.ts";
import type { OnnxTensor } from "./onnx.ts";
import { floats } from "./tensors.ts";

/** update_rule of LinearAttention: what is added to the state, and whether it decays. */
export type UpdateRule = "linear" | "gated" | "delta" | "gated_delta";

const f32Bytes = 4;

/**
 * A member of the linear family by the operator LinearAttention, whose semantics ours follow: o = Sᵀq / √headDim after token t is in. Each link goes on
 * from the state that the one before left, the first from the state that was drawn, or from zeros.
 */
export const linearChain = (rule: UpdateRule, shape: Shape, tensors: Tensors): Chain => {
  const { phase, batch, n, heads, headDim, headDimV } = shape;
  const tokens = phase === "decode" ? 1 : n;
  const decays = rule === "gated" || rule === "gated_delta";
  const corrects = rule === "delta" || rule === "gated_delta";
  const of = (name: string, width: number): OnnxTensor => ({ name, dims: [batch, tokens, width], data: floats(tensors, name) });
  const stateDims = [batch, heads, headDim, headDimV] as const;
  const states = batch * heads * headDim * headDimV;
  const state: OnnxTensor = { name: "state", dims: stateDims, data: tensors.state ? floats(tensors, "state") : new Float32Array(states) };
  const unchanged = (values: Float32Array): Float32Array => values;
  return {
    operator: "LinearAttention",
    tensors: [
      of("q", heads * headDim),
      of("k", heads * headDim),
      of("v", heads * headDimV),
      state,
      ...(decays ? [of("g", heads)] : []),
      ...(corrects ? [of("beta", heads)] : []),
    ],
    link: (index) => ({
      operator: "LinearAttention",
      domain: "com.microsoft",
      inputs: ["q", "k", "v", index === 0 ? "state" : `state${index - 1}`, decays ? "g" : "", corrects ? "beta" : ""],
      outputs: [`o${index}`, `state${index}`],
      attributes: { update_rule: { text: rule }, q_num_heads: { int: heads }, kv_num_heads: { int: heads } },
    }),
    outputs: () => [
      { buffer: "o", name: "o0", dims: [batch, tokens, heads * headDimV], toOurs: unchanged },
      { buffer: "state", name: "state0", dims: stateDims, toOurs: unchanged },
    ],
    leastLinks: 1,
    linkBytes: (batch * tokens * heads * headDimV + states) * f32Bytes,
  };
};
