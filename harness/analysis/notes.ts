import type { GrowthClass } from "../../kernels/mechanism.ts";
import type { Estimate } from "../record/derived.ts";

/** What stands in the way of naming a law of growth. Shares (`off`, `share`) are of 1, `power` is an exponent. */
export type GrowthReason =
  | { readonly kind: "tooFew" | "falls" | "laterSquare" | "oneSize" | "fasterThanSquare" | "logOrMixture" | "levelsOff" | "noLaw" }
  | { readonly kind: "power"; readonly power: Estimate }
  | { readonly kind: "powerToo"; readonly power: Estimate; readonly law: GrowthClass }
  | { readonly kind: "steps"; readonly off: number; readonly reason: GrowthReason }
  | { readonly kind: "misfit"; readonly law: GrowthClass; readonly off: number }
  | { readonly kind: "neitherFlat"; readonly low: number; readonly high: number }
  | { readonly kind: "otherLaw"; readonly law: GrowthClass }
  | { readonly kind: "rivals"; readonly laws: readonly GrowthClass[] }
  | { readonly kind: "unsettled"; readonly law: GrowthClass; readonly share: number }
  | { readonly kind: "barelyRisen"; readonly risen: number }
  | { readonly kind: "nowhereSteep"; readonly law: GrowthClass; readonly times: number };

/** What is to be said of a law of growth: from which size on it holds, or why it is open and what would decide. */
export type GrowthNote =
  | { readonly kind: "from"; readonly variable: string; readonly x: number }
  /** too few values, or over too short a range */
  | {
      readonly kind: "short";
      readonly variable: string;
      readonly least: number;
      readonly span: number;
      readonly values: number;
      readonly first: number;
      readonly last: number;
    }
  | { readonly kind: "doubt"; readonly reason: GrowthReason }
  /** `upTo`: the size to measure up to; undefined where more samples would tell */
  | { readonly kind: "advised"; readonly reason: GrowthReason; readonly variable: string; readonly upTo: number | undefined }
  /** of bytes, which have no noise */
  | { readonly kind: "constantFrom"; readonly x: number }
  | { readonly kind: "fewBytes"; readonly values: number }
  | { readonly kind: "oddBytes" };

/** Why it is not known where two curves cross, or how often they do. `x` names the size. */
export type CrossingNote =
  | { readonly kind: "shareNone" | "neitherBelow" | "unsettled"; readonly x: string }
  | { readonly kind: "shareOne"; readonly x: string; readonly at: number }
  | { readonly kind: "changes"; readonly x: string; readonly turns: number; readonly crossings: readonly number[] }
  /** `lower`: the arm that is asked after by name; undefined: the linear arm */
  | { readonly kind: "otherWay"; readonly x: string; readonly lower: string | undefined; readonly at: number }
  | { readonly kind: "tooClose"; readonly x: string; readonly at: readonly number[] }
  /** `beyond`: the largest measured size, where that end is open; else `below`, the smallest */
  | { readonly kind: "openEnd"; readonly x: string; readonly at: readonly number[]; readonly below: number; readonly beyond: number | undefined }
  /** of state bytes */
  | { readonly kind: "shareFewer" }
  | { readonly kind: "smallerUpTo"; readonly at: number };
