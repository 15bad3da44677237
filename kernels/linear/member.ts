import type { Look, Mechanism, Parameter } from "../mechanism.ts";
import { chunkPlan } from "./chunkPlan.ts";
import { bytesByRole, flops, leastBytes } from "./costs.ts";
import { inputs } from "./inputs.ts";
import { recurrentPlan } from "./recurrentPlan.ts";
import { reference } from "./reference.ts";
import { refusal } from "./refusal.ts";
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
}

/** A mechanism that carries one state of keys × values per head: all members share forms, kernels, reference and costs. */
export const memberOf = (member: Member): Mechanism => ({
  ...member,
  family: "linear",
  forms: { prefill: ["chunk", "recurrent"], decode: ["recurrent"], generate: ["recurrent"] },
  groupedHeads: false,
  refusal,
  tiles: variants,
  plan: (shape, form, capabilities, tiles) => (form === "chunk" ? chunkPlan : recurrentPlan)(shape, capabilities, tiles),
  inputs,
  reference,
  flops,
  leastBytes,
  bytesByRole,
  claim: (phase) => ({ time: phase === "decode" ? "O(1)" : "O(n)", stateBytes: "O(1)" }),
});
