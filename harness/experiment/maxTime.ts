import { z } from "zod";
import { accepting, optionalEach } from "./accepted.ts";
import { duration } from "./amounts.ts";
import { type ExperimentPhase, phases } from "./phases.ts";
import type { Draft } from "./problem.ts";
import { parseDuration } from "./units.ts";

const defaultSeconds = 90;
const day = 24 * 3600;

const ofOne = duration("Wall time of this phase's measuring; 90s unless given.", 1, day);

/** measure.maxTime: of each phase alike, or by phase. */
export const maxTimeSchema = accepting(
  z.union([ofOne, z.strictObject(optionalEach(phases.map((phase) => [phase, ofOne] as const)))]),
  "a duration from 1s to 24h, e.g. 90s or 5m, or one by phase: { prefill: 90s, decode: 30s }",
  "Wall time of this experiment's measuring, of each of its phases; 90s unless given.",
);

interface Timed {
  readonly measure?: { readonly maxTime?: z.output<typeof maxTimeSchema> | undefined } | undefined;
}

/** Wall seconds of measuring in one phase. */
export const maxTimeSecondsOf = ({ measure: { maxTime } = {} }: Timed, phase: ExperimentPhase): number =>
  parseDuration((typeof maxTime === "string" ? maxTime : maxTime?.[phase]) ?? "") ?? defaultSeconds;

/** What is wrong with times by phase: one of a phase that the file has not. */
export const maxTimeDrafts = ({ measure: { maxTime } = {} }: Timed, own: readonly ExperimentPhase[]): readonly Draft[] =>
  typeof maxTime === "object"
    ? phases
        .filter((phase) => maxTime[phase] !== undefined && !own.includes(phase))
        .map((phase) => ({ path: ["measure", "maxTime", phase], on: "key", message: "no phase of this file", given: phase, accepted: own.join(", ") }))
    : [];
