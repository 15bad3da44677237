import type { Look, Mechanism, Parameter } from "../mechanism.ts";
import { chunkPlan } from "./chunkPlan.ts";
import { bytesByRole, flops, leastBytes } from "./costs.ts";
import { inputs } from "./inputs.ts";
import { recurrentPlan } from "./recurrentPlan.ts";
import { reference } from "./reference.ts";
import { refusal } from "./refusal.ts";
import type { Rule } from "./rule.ts";
import { type Sizes, sizesOf } from "./sizes.ts";
import { variants } from "./variants.ts";

/** What a mechanism of this family says about itself. */
export interface Member {
  readonly name: string;
  readonly title: string;
  readonly order: number;
  readonly look: Look;
  readonly definition: string;
  readonly source: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly rule: Rule;
}

const initialState: Parameter = { kind: "boolean", default: false, about: "prefill goes on from a state, as after an earlier part of the text" };

/** Mean of softplus(N(0, 1)). */
const meanGate = 0.806;

/**
 * The chunk form takes exponentials of differences of sums of up to a chunk's log decays, each rounded to the unit of its own size: of gates near 0.8 a
 * chunk of 256 sums up to 206. The 1/4 is for the errors of two such sums
 * against the 16 units that verification multiplies with.
 */
const gateRounding = ({ rule, chunk, tokens }: Sizes): number => (rule.decay === "none" ? 0 : (meanGate * Math.min(chunk, tokens)) / 4);

/** A mechanism that carries one state of keys × values per head: all members share forms, kernels, reference and costs. */
export const memberOf = ({ rule, ...member }: Member): Mechanism => {
  const chunked = rule.decay !== "channel" && !rule.delta;
  return {
    ...member,
    parameters: { ...member.parameters, initialState },
    family: "linear",
    forms: { prefill: chunked ? ["chunk", "recurrent"] : ["recurrent"], decode: ["recurrent"], generate: ["recurrent"] },
    groupedHeads: false,
    refusal: (shape, form, capabilities) => refusal(rule, shape, form, capabilities),
    tiles: (shape, form, capabilities) => variants(sizesOf(shape, rule), form, capabilities),
    plan: (shape, form, capabilities, tiles) => (form === "chunk" ? chunkPlan : recurrentPlan)(sizesOf(shape, rule), capabilities, tiles),
    inputs: (shape, seed) => inputs(sizesOf(shape, rule), seed),
    reference: (shape, tensors, at) => reference(sizesOf(shape, rule), tensors, at),
    flops: (shape, form, tiles) => flops(sizesOf(shape, rule), form, tiles),
    leastBytes: (shape) => leastBytes(sizesOf(shape, rule)),
    bytesByRole: (shape, form, tiles) => bytesByRole(sizesOf(shape, rule), form, tiles),
    rounding: (shape, form) => (form === "chunk" ? gateRounding(sizesOf(shape, rule)) : 0),
    claim: (phase) => ({ time: phase === "decode" ? "O(1)" : "O(n)", stateBytes: "O(1)" }),
  };
};
