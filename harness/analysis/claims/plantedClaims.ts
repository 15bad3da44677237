import type { GrowthClass, StageCost } from "../../../kernels/mechanism.ts";
import type { StageName } from "../../../kernels/model/stageNames.ts";
import { type ClaimId, claimPhases } from "../../experiment/claims.ts";
import type { ExperimentPhase } from "../../experiment/phases.ts";
import { en } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { Estimate, Fit, JudgedClaim, Summary } from "../../record/derived.ts";
import type { CellRecord, RunRecord } from "../../record/run.ts";
import { plantedPrepared, plantedRun } from "../planted.ts";
import { seriesOf } from "../series.ts";
import { claimsOf } from "./claims.ts";

/** For tests of judges: records whose fits, stages and counts are planted, as analysis would have left them. */

export const about = (value: number, share = 0.02): Estimate => ({ value, low: value * (1 - share), high: value * (1 + share) });
export const between = (low: number, high: number): Estimate => ({ value: (low + high) / 2, low, high });

/** A law as a fit tells it. */
export interface Law {
  readonly class?: Fit["class"];
  readonly exponent?: Estimate;
  readonly slopes?: readonly Estimate[];
  readonly coefficients?: readonly [t0: Estimate, a: Estimate, b: Estimate];
  /** laws that are left where none is told */
  readonly candidates?: Fit["candidates"];
}

export interface PlantedArm {
  readonly label: string;
  readonly family?: CellRecord["family"];
  readonly ns?: readonly number[];
  readonly cell?: (n: number) => Partial<CellRecord>;
  /** times by stage, ms, with their intervals, and what they count */
  readonly stages?: (n: number) => Readonly<Partial<Record<StageName, { readonly ms?: Estimate; readonly cost?: StageCost }>>>;
  /** whole, ms */
  readonly ms?: (n: number) => Estimate;
  /** beside bringing a state back */
  readonly offload?: (n: number) => NonNullable<Summary["offload"]>;
  readonly time?: Law;
  readonly bytes?: Law;
}

export const cost = (flops: number, leastBytes: number): StageCost => ({ flops: { useful: flops, executed: flops }, leastBytes });

const cellsOf = (
  phase: ExperimentPhase,
  { label, family = "softmax", ns = [64, 128, 256, 512], cell, stages, ms, offload }: PlantedArm,
): readonly CellRecord[] =>
  ns.map((n): CellRecord => {
    const keeps: GrowthClass = family === "softmax" ? "O(n)" : "O(1)";
    const [made] = plantedRun({ ns: [n], arms: [{ label, family, ms: () => 1, bytes: () => 1, claim: { time: keeps, stateBytes: keeps } }] }).cells;
    if (!made) throw new Error("no cell");
    const parts = Object.entries(stages?.(n) ?? {});
    const times = parts.flatMap(([stage, { ms: time }]) => (time ? [{ stage, ms: time }] : []));
    const sum = times.reduce((all, { ms: { value } }) => all + value, 0);
    const share = ({ value, low, high }: Estimate): Estimate => ({ value: value / sum, low: low / sum, high: high / sum });
    const costs = parts.flatMap(([stage, part]) => (part.cost ? [[stage, part.cost] as const] : []));
    const whole = ms?.(n) ?? about(1);
    return {
      ...made,
      phase,
      prepared: { ...plantedPrepared(1, 1), ...(costs.length > 0 ? { stages: Object.fromEntries(costs) } : {}) },
      summary: {
        medianMs: whole.value,
        lowMs: whole.low,
        highMs: whole.high,
        samples: 10,
        wallMs: whole.value,
        tokensPerSecond: 1,
        gflops: 1,
        executedGflops: 1,
        gbps: 1,
        ceilingShare: undefined,
        binding: undefined,
        ...(times.length > 0 ? { stages: { times: times.map((time) => ({ ...time, share: share(time.ms) })), sumOverWhole: about(1) } } : {}),
        ...(offload ? { offload: offload(n) } : {}),
      },
      ...cell?.(n),
    };
  });

const fitOf = (metric: Fit["metric"], law: Law | undefined, { label, mechanism, form, key, cells }: ReturnType<typeof seriesOf>[number]): readonly Fit[] => {
  if (!law) return [];
  const [t0, a, b] = law.coefficients ?? [];
  return [
    {
      label,
      mechanism,
      form,
      metric,
      variable: "n",
      series: key,
      points: cells.map(({ n }) => ({ x: n, y: 1, low: 1, high: 1 })),
      coefficients: t0 && a && b ? { t0, a, b } : undefined,
      exponent: law.exponent,
      ...(law.slopes ? { slopes: law.slopes.map((slope, i) => ({ ...slope, x: cells[i]?.n ?? 0 })) } : {}),
      class: law.class ?? "undecided",
      candidates: law.candidates ?? (law.class === undefined || law.class === "undecided" ? [] : [law.class]),
      note: undefined,
      measureUpTo: undefined,
      claim: "O(n)",
      verdict: "undecided",
    },
  ];
};

/** What a run with these arms says of one claim, in the language of `t`. */
export const verdictOn = (id: ClaimId, arms: readonly PlantedArm[], more: Partial<RunRecord> = {}, t: Messages = en): JudgedClaim | undefined => {
  const phase = claimPhases[id];
  const { findings: _, ...empty } = plantedRun({ ns: [], arms: [] });
  const cells = arms.flatMap((arm) => cellsOf(phase, arm));
  const fits = seriesOf(cells).flatMap((series) => {
    const arm = arms.find(({ label }) => label === series.label);
    return [...fitOf("time", arm?.time, series), ...fitOf("stateBytes", arm?.bytes, series)];
  });
  const experiment = { ...empty.experiment, phase, claims: [id], ...more.experiment };
  return claimsOf({ ...empty, cells, fits, ...more, experiment }, t).find((one) => one.id === id);
};

export const none = between(0, 0);

/** Bytes that grow by so many a token. */
export const line = (a: number) => ({ class: "O(n)", coefficients: [none, about(a, 0), none] }) as const;

export const linear = (more: Partial<PlantedArm> = {}): PlantedArm => ({ label: "linear", family: "linear", ...more });
