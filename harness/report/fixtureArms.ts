import type { GrowthClass, Look, Mechanism } from "../../kernels/mechanism.ts";
import type { Experiment } from "../experiment/experiment.ts";
import type { Fit } from "../record/derived.ts";
import type { Environment, Outcome, RunState } from "../record/run.ts";

/** What a made-up run is like. Times follow t0 + a·n + b·n² exactly but for a little seeded noise, so that fits and crossings are known. */
export interface FixtureOptions {
  readonly phase?: Experiment["phase"];
  readonly deviceClass?: Environment["deviceClass"];
  readonly clock?: Environment["clock"]["source"];
  readonly ns?: readonly number[];
  readonly dModels?: readonly number[];
  readonly arms?: readonly FixtureArm[];
  readonly state?: RunState;
  readonly title?: string;
  readonly question?: string;
  readonly yaml?: string;
  /** the outcome of a cell that is not ok */
  readonly outcome?: (cell: { readonly label: string; readonly n: number; readonly dModel: number }) => Outcome | undefined;
}

export interface FixtureArm {
  readonly label: string;
  readonly mechanism: string;
  readonly family: Exclude<Mechanism["family"], "instrument">;
  readonly look: Look;
  /** heads that share one KV head */
  readonly sharing: number;
  /** time relative to the plain arm of its family */
  readonly factor: number;
}

export const softmaxArm: FixtureArm = {
  label: "softmax",
  mechanism: "softmax",
  family: "softmax",
  look: { colour: { light: "#0072B2", dark: "#56B4E9" }, mark: "circle", dash: [] },
  sharing: 1,
  factor: 1,
};
export const groupedArm: FixtureArm = { ...softmaxArm, label: "GQA", sharing: 4, factor: 0.4 };
export const linearArm: FixtureArm = {
  label: "linear",
  mechanism: "linear",
  family: "linear",
  look: { colour: { light: "#D55E00", dark: "#E69F00" }, mark: "square", dash: [6, 3] },
  sharing: 1,
  factor: 1,
};
export const deltaArm: FixtureArm = {
  label: "gatedDeltaNet",
  mechanism: "gatedDeltaNet",
  family: "linear",
  look: { colour: { light: "#009E73", dark: "#2FB98C" }, mark: "diamond", dash: [2, 2] },
  sharing: 1,
  factor: 1.7,
};

export interface Coefficients {
  readonly t0: number;
  readonly a: number;
  readonly b: number;
}

export const coefficientsOf = (arm: FixtureArm, phase: Experiment["phase"], dModel: number, software: boolean): Coefficients => {
  const slow = (software ? 400 : 1) * (dModel / 512);
  const t0 = software ? 0.05 : 0.008;
  if (phase === "decode") {
    return arm.family === "softmax" ? { t0, a: 1.1e-6 * slow * arm.factor, b: 0 } : { t0: t0 + 0.0006 * slow * arm.factor, a: 0, b: 0 };
  }
  return arm.family === "softmax" ? { t0, a: 4e-6 * slow * arm.factor, b: 2.2e-8 * slow * arm.factor } : { t0: 2 * t0, a: 2.1e-5 * slow * arm.factor, b: 0 };
};

export const timeMs = ({ t0, a, b }: Coefficients, n: number): number => t0 + a * n + b * n * n;

export const stateBytesOf = (arm: FixtureArm, n: number, dModel: number): number =>
  arm.family === "softmax" ? (2 * n * dModel * 4) / arm.sharing : dModel * 64 * 4;

export const growthOf = (arm: FixtureArm, phase: Experiment["phase"], metric: Fit["metric"]): GrowthClass =>
  metric === "stateBytes"
    ? arm.family === "softmax"
      ? "O(n)"
      : "O(1)"
    : phase === "decode"
      ? arm.family === "softmax"
        ? "O(n)"
        : "O(1)"
      : arm.family === "softmax"
        ? "O(n²)"
        : "O(n)";
