import { foldedPlan } from "../foldedGrid.ts";
import type { Form, Look, Mechanism, Parameter, Shape } from "../mechanism.ts";
import { partedPlan } from "../parts.ts";
import { parting } from "../watchdog.ts";
import { chunkPlan } from "./chunkPlan.ts";
import { bytesByRole, countersBytes, flops, leastBytes } from "./costs.ts";
import { inputs } from "./inputs.ts";
import { recurrentPlan } from "./recurrentPlan.ts";
import { reference } from "./reference.ts";
import { refusal } from "./refusal.ts";
import type { Rule } from "./rule.ts";
import { asOneChunk, type Sizes, sizesOf } from "./sizes.ts";
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

/** A mechanism that carries one state of keys × values per head: all members share forms, kernels, reference and costs. */
export const memberOf = ({ rule, ...member }: Member): Mechanism => {
  const sizesIn = (shape: Shape, form: Form): Sizes => (form === "parallel" ? asOneChunk(sizesOf(shape, rule)) : sizesOf(shape, rule));
  const parallel = rule.decay === "none" && !rule.delta;
  return {
    ...member,
    parameters: { ...member.parameters, initialState },
    family: "linear",
    forms: { prefill: ["chunk", "recurrent", ...(parallel ? ["parallel"] : [])], decode: ["recurrent"], generate: ["recurrent"] },
    groupedHeads: false,
    refusal: (shape, form, capabilities) => refusal(rule, shape, form, capabilities),
    tiles(shape, form, capabilities) {
      const sizes = sizesIn(shape, form);
      const all = variants(sizes, form, capabilities);
      // A loop over tokens is parted by its tokens: more threads make it no shorter.
      return form === "recurrent" ? all : all.map((tiles) => ({ ...tiles, ...parting(flops(sizes, form, tiles).executed, capabilities) }));
    },
    plan: (shape, form, capabilities, tiles) => {
      const { maxComputeWorkgroupsPerDimension: most } = capabilities;
      const plan = form === "recurrent" ? recurrentPlan : chunkPlan;
      return foldedPlan(partedPlan(plan(sizesIn(shape, form), capabilities, tiles), tiles, most), most);
    },
    inputs: (shape, seed) => inputs(sizesOf(shape, rule), seed),
    reference: (shape, tensors, at) => reference(sizesOf(shape, rule), tensors, at),
    flops: (shape, form, tiles) => flops(sizesIn(shape, form), form, tiles),
    leastBytes: (shape) => leastBytes(sizesOf(shape, rule)),
    bytesByRole: (shape, form, tiles) => bytesByRole(sizesIn(shape, form), form, tiles),
    countersBytes: (shape, form, tiles) => countersBytes(sizesIn(shape, form), tiles),
    tileTokens: (shape, form) => (form === "chunk" ? sizesIn(shape, form).chunk : 1),
    claim: (phase, form) => ({ time: form === "parallel" ? "O(n²)" : phase === "decode" ? "O(1)" : "O(n)", stateBytes: "O(1)" }),
  };
};
