import { defineMechanism, type Look, type Parameter } from "../mechanism.ts";
import { featureMaps } from "./featureMap.ts";
import { type Member, memberOf } from "./member.ts";

const chunk: Parameter = { kind: "integer", minimum: 16, maximum: 256, multipleOf: 16, default: 64, about: "tokens per chunk in form chunk" };

const look = (light: string, dark: string, mark: Look["mark"], dash: readonly number[]): Look => ({ colour: { light, dark }, mark, dash });

const members: readonly Member[] = [
  {
    name: "linear",
    title: "linear attention",
    order: 20,
    look: look("#D55E00", "#E69F00", "square", [6, 3]),
    definition: "S += φ(k)vᵀ, o = scale · Sᵀφ(q); normalized: z += φ(k), o = Sᵀφ(q) / (z·φ(q))",
    source: "Katharopoulos et al. 2020, arXiv 2006.16236",
    parameters: {
      featureMap: { kind: "choice", values: Object.keys(featureMaps), default: "identity", about: "φ, applied to q and k" },
      normalized: { kind: "boolean", default: false, about: "divide by z·φ(q), the sum of the weights; needs featureMap elu+1" },
      chunk,
    },
    rule: { decay: "none", delta: false },
  },
  {
    name: "retention",
    title: "retention",
    order: 30,
    look: look("#009E73", "#2FC997", "triangle-up", [2, 2]),
    definition: "S = γ_h S + kvᵀ, o = scale · Sᵀq, γ_h = 1 − 2^(−5−h)",
    source: "Sun et al. 2023, arXiv 2307.08621; slopes lightning: Qin et al. 2024, arXiv 2401.04658",
    parameters: {
      slopes: { kind: "choice", values: ["retnet", "lightning"], default: "retnet", about: "γ_h of the heads" },
      chunk,
    },
    rule: { decay: "head", delta: false },
  },
  {
    name: "gated",
    title: "gated linear attention, a gate per head",
    order: 40,
    look: look("#CC79A7", "#E39BC4", "diamond", [8, 3, 2, 3]),
    definition: "S = e^{g_t} S + kvᵀ, o = scale · Sᵀq, g a scalar per head and token",
    source: "simple GLA in fla-org/flash-linear-attention; Dao and Gu 2024, arXiv 2405.21060 (Mamba-2's SSD with Δ folded into v)",
    parameters: { chunk },
    rule: { decay: "token", delta: false },
  },
  {
    name: "gla",
    title: "gated linear attention, a gate per channel",
    order: 50,
    look: look("#9A6324", "#D9A066", "triangle-down", [10, 4]),
    definition: "S = Diag(e^{g_t}) S + kvᵀ, o = scale · Sᵀq, g per head, token and channel",
    source: "Yang et al. 2024, arXiv 2312.06635",
    parameters: { chunk },
    rule: { decay: "channel", delta: false },
  },
  {
    name: "deltaNet",
    title: "DeltaNet",
    order: 60,
    look: look("#5B4B8A", "#A99BE0", "cross", [4, 2]),
    definition: "S += β k (v − Sᵀk)ᵀ, o = scale · Sᵀq, ‖k‖ = 1",
    source: "Yang et al. 2024, arXiv 2406.06484",
    parameters: { chunk },
    rule: { decay: "none", delta: true },
  },
  {
    name: "gatedDeltaNet",
    title: "Gated DeltaNet",
    order: 70,
    look: look("#A01C3E", "#F07C95", "triangle-right", [2, 4]),
    definition: "S = e^{g_t} S, then S += β k (v − Sᵀk)ᵀ, o = scale · Sᵀq, g a scalar per head and token",
    source: "Yang et al. 2024, arXiv 2412.06464",
    parameters: { chunk },
    rule: { decay: "token", delta: true },
  },
  {
    name: "kda",
    title: "Kimi Delta Attention",
    order: 80,
    look: look("#1B6E8C", "#5FC3E4", "triangle-left", [6, 2, 2, 2]),
    definition: "S = Diag(e^{g_t}) S, then S += β k (v − Sᵀk)ᵀ, o = scale · Sᵀq, g per head, token and channel",
    source: "Kimi Linear, arXiv 2510.26692",
    parameters: { chunk },
    rule: { decay: "channel", delta: true },
  },
];

export default members.map((member) => defineMechanism(memberOf(member)));
