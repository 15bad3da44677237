import { mixing, type StageName, stageWords } from "../../../kernels/model/stageNames.ts";
import type { Messages } from "../../messages/messages.ts";
import type { Estimate, StageSummary } from "../../record/derived.ts";
import type { CellRecord, RunRecord } from "../../record/run.ts";
import { armLooks } from "./arms.ts";
import { type Facet, facetsOf, variableOf } from "./facets.ts";
import { stageFills } from "./theme.ts";

/** One bar: where the time of one cell goes. */
export interface StageBar {
  readonly x: number;
  readonly cell: CellRecord;
  readonly wholeMs: number;
  readonly stages: StageSummary;
}

/** The bars of one arm in one facet, x ascending. */
export interface StageBars {
  readonly label: string;
  readonly facet: Facet;
  readonly bars: readonly StageBar[];
}

/** All arms whose stages were timed, facet by facet. */
export const stageBarsOf = (record: RunRecord): readonly StageBars[] => {
  const variable = variableOf(record);
  return facetsOf(record).flatMap((facet) =>
    armLooks(record).flatMap(({ label }): StageBars[] => {
      const bars = facet.cells.flatMap((cell): StageBar[] =>
        cell.label === label && cell.summary?.stages ? [{ x: cell[variable], cell, wholeMs: cell.summary.medianMs, stages: cell.summary.stages }] : [],
      );
      return bars.length > 0 ? [{ label, facet, bars: bars.toSorted((one, other) => one.x - other.x) }] : [];
    }),
  );
};

/** Stages of a record in the order in which a token meets them: a colour's place. */
export const stagesOf = (all: readonly StageBars[]): readonly string[] => [
  ...new Set(all.flatMap(({ bars }) => bars.flatMap(({ stages }) => stages.times.map(({ stage }) => stage)))),
];

/** From the bottom of a bar upwards: attention first, so that its share is read off the axis. */
export const stacked = (stages: readonly string[]): readonly string[] => [
  ...stages.filter((stage) => stage === mixing),
  ...stages.filter((stage) => stage !== mixing),
];

/** Where a stage stands among the fills of stages, so that it has one colour on every page; a stage that nobody knows has the fill of its place in `stages`. */
export const fillOf = (stage: string, stages: readonly string[]): number => {
  const known = Object.keys(stageWords).indexOf(stage);
  return (known === -1 ? stages.indexOf(stage) : known) % stageFills.length;
};

export const stageText = (stage: string, { charts }: Messages): string => charts.stages[stage as StageName] ?? stage;

/** Attention's part of a bar; undefined where no stage is called so. */
export const mixingShare = ({ stages }: StageBar): Estimate | undefined => stages.times.find(({ stage }) => stage === mixing)?.share;

/** "KV cache · dModel = 512" */
export const armText = ({ label, facet }: StageBars): string => (facet.title === undefined ? label : `${label} · ${facet.title}`);

/** Attention's share of every arm at each x. */
export interface Shares {
  readonly xs: readonly number[];
  readonly rows: readonly { readonly arm: string; readonly shares: readonly (Estimate | undefined)[] }[];
}

export const sharesOf = (all: readonly StageBars[]): Shares => {
  const xs = [...new Set(all.flatMap(({ bars }) => bars.map(({ x }) => x)))].sort((one, other) => one - other);
  const shareAt = ({ bars }: StageBars, x: number): Estimate | undefined => {
    const bar = bars.find((one) => one.x === x);
    return bar && mixingShare(bar);
  };
  return { xs, rows: all.map((bars) => ({ arm: armText(bars), shares: xs.map((x) => shareAt(bars, x)) })) };
};
