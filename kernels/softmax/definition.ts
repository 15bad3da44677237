import { type Capabilities, defineMechanism, type Form, type Mechanism, type Plan, type Shape, type Tiles } from "../mechanism.ts";
import { softmaxBytesByRole, softmaxClaim, softmaxFlops, softmaxLeastBytes } from "./cost.ts";
import { decodePlan, generatePlan } from "./decode.ts";
import { softmaxInputs } from "./inputs.ts";
import { naivePlan, tiledPlan } from "./prefill.ts";
import { softmaxReference } from "./reference.ts";
import { softmaxRefusal } from "./refusal.ts";
import { softmaxTiles } from "./tiles.ts";

const plan = (shape: Shape, form: Form, capabilities: Capabilities, tiles: Tiles): Plan => {
  if (shape.phase === "decode") return decodePlan(shape, tiles);
  if (shape.phase === "generate") return generatePlan(shape, tiles);
  return form === "naive" ? naivePlan(shape, tiles, capabilities) : tiledPlan(shape, tiles, capabilities);
};

const softmax = defineMechanism({
  name: "softmax",
  title: "Softmax attention with a KV cache",
  family: "softmax",
  order: 10,
  look: { colour: { light: "#0072B2", dark: "#56B4E9" }, mark: "circle", dash: [] },
  definition: "o_t = Σ_{j≤t} softmax_j(q_t · k_j / √headDim) v_j",
  source:
    "Vaswani et al., Attention Is All You Need, arXiv 1706.03762; tiles: FlashAttention-2, arXiv 2307.08691; splits: Flash-Decoding; window and sinks: StreamingLLM, arXiv 2309.17453",
  parameters: {
    window: { kind: "integer", minimum: 0, maximum: 2 ** 27, default: 0, about: "newest tokens that a token sees, itself among them; 0: all" },
    sinks: { kind: "integer", minimum: 0, maximum: 2 ** 16, default: 0, about: "first tokens that stay visible and cached beside a window" },
  },
  examples: [{ window: 65 }, { window: 30, sinks: 3 }],
  forms: { prefill: ["tiled", "naive"], decode: ["split"], generate: ["split"] },
  groupedHeads: true,
  refusal: softmaxRefusal,
  tiles: softmaxTiles,
  plan,
  inputs: softmaxInputs,
  reference: softmaxReference,
  flops: softmaxFlops,
  leastBytes: softmaxLeastBytes,
  bytesByRole: softmaxBytesByRole,
  claim: softmaxClaim,
});

const mechanisms: Mechanism[] = [softmax];
export default mechanisms;
