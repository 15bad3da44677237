import { foldedPlan } from "../foldedGrid.ts";
import { type Capabilities, defineMechanism, type Form, type Mechanism, type Plan, type Shape, type Tiles } from "../mechanism.ts";
import { partedPlan } from "../parts.ts";
import { softmaxBytesByRole, softmaxClaim, softmaxCountersBytes, softmaxFlops, softmaxLeastBytes } from "./cost.ts";
import { decodePlan, generatePlan } from "./decode.ts";
import { softmaxInputs } from "./inputs.ts";
import { noCacheBytesByRole, noCacheClaim, noCacheFlops, noCacheLeastBytes } from "./noCacheCost.ts";
import { noCachePlan, noCacheTiles } from "./noCachePlan.ts";
import { noCacheInputs, noCacheReference } from "./noCacheTruth.ts";
import { naivePlan, tiledPlan } from "./prefill.ts";
import { softmaxReference } from "./reference.ts";
import { noCacheRefusal, softmaxRefusal } from "./refusal.ts";
import { softmaxTiles } from "./tiles.ts";

const plan = (shape: Shape, form: Form, capabilities: Capabilities, tiles: Tiles): Plan => {
  if (shape.phase === "decode") return decodePlan(shape, tiles);
  if (shape.phase === "generate") return generatePlan(shape, tiles);
  return form === "naive" ? naivePlan(shape, tiles, capabilities) : tiledPlan(shape, tiles, capabilities);
};

/** A plan as a device can be given it: long dispatches in parts, and none with more workgroups in a row than it takes. */
const given = (whole: Plan, tiles: Tiles, { maxComputeWorkgroupsPerDimension: most }: Capabilities): Plan => foldedPlan(partedPlan(whole, tiles, most), most);

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
  plan: (shape, form, capabilities, tiles) => given(plan(shape, form, capabilities, tiles), tiles, capabilities),
  inputs: softmaxInputs,
  reference: softmaxReference,
  flops: softmaxFlops,
  leastBytes: softmaxLeastBytes,
  bytesByRole: softmaxBytesByRole,
  countersBytes: softmaxCountersBytes,
  claim: softmaxClaim,
  tileTokens: (_, form, { rows }) => (form === "split" || typeof rows !== "number" ? 1 : rows),
});

const softmaxNoCache = defineMechanism({
  name: "softmaxNoCache",
  title: "Softmax attention without a KV cache",
  family: "softmax",
  order: 15,
  look: { colour: { light: "#555555", dark: "#B0B0B0" }, mark: "circle", dash: [1, 3] },
  definition: "k_j = x_j W_k and v_j = x_j W_v made anew for all j ≤ t, then o_t as softmax; the hidden states x are kept",
  source: "what a KV cache spares: Pope et al. 2022, arXiv 2211.05102, §2",
  parameters: {},
  forms: { decode: ["split"], generate: ["split"] },
  groupedHeads: true,
  stateName: "store of hidden states",
  refusal: noCacheRefusal,
  tiles: noCacheTiles,
  plan: (shape, form, capabilities, tiles) => given(noCachePlan(shape, form, capabilities, tiles), tiles, capabilities),
  inputs: noCacheInputs,
  reference: noCacheReference,
  flops: noCacheFlops,
  leastBytes: noCacheLeastBytes,
  bytesByRole: noCacheBytesByRole,
  claim: noCacheClaim,
  // Keys and values are sums of dModel rounded terms.
  rounding: ({ dModel }) => Math.sqrt(dModel),
});

const mechanisms: Mechanism[] = [softmax, softmaxNoCache];
export default mechanisms;
