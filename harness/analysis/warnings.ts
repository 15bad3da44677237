import { wallTimed } from "../experiment/phases.ts";
import type { Messages } from "../messages/messages.ts";
import type { SeriesKey } from "../record/derived.ts";
import type { CellRecord, RunRecord } from "../record/run.ts";
import { type Analysed, armName } from "./answer.ts";
import { ceilingShareOf } from "./ceilingShare.ts";
import { groupBy } from "./grouping.ts";
import { describeKey, seriesOf } from "./series.ts";
import { sentencesByShard, shardWarnings, type Told } from "./shardSentences.ts";

const fewTurns = 3;
const fewWorkers = 2;
const listed = 3;

/** What a reader must know before quoting the run. */
export const warningsOf = (record: Analysed, t: Messages): readonly string[] => [
  ...claims(record, t),
  ...(["censored", "skipped"] as const).flatMap((status) => notOk(record.cells, status, t)),
  ...precision(record, t),
  ...conditions(record, t),
  ...sentencesByShard(record, t, (told) => sentinel(told, t)),
  ...losses(record, t),
  ...clock(record, t),
  ...sentencesByShard(record, t, (told) => counts(told, t)),
  ...suspects(record.cells, t),
  ...composedOnes(record.cells, t),
  ...alone(record, t),
  ...sentencesByShard(record, t, (told) => ceilings(told, t)),
  ...shardWarnings(record, t),
];

/** A peer is measured to be compared: without the same of ours it says nothing. */
const alone = ({ cells, peerRatios = [] }: Analysed, t: Messages): readonly string[] => {
  const compared = new Set(peerRatios.flatMap(({ cells: [, peer] }) => peer));
  const labels = [...new Set(cells.filter(({ id, runtime }) => runtime !== undefined && !compared.has(id)).map(({ label }) => label))];
  return labels.length > 0 ? [t.warning.alone(labels)] : [];
};

const claims = ({ fits }: Analysed, t: Messages): readonly string[] =>
  fits.filter((fit) => fit.verdict === "contradicted").map((fit) => t.warning.contradicted(armName(fit), fit.claim, fit.metric, fit.class));

const notOk = (cells: readonly CellRecord[], status: "censored" | "skipped", t: Messages): readonly string[] => {
  const planned = cells.filter(({ composedOf }) => composedOf === undefined);
  const found = planned.filter((cell) => cell.outcome.status === status);
  if (found.length === 0) return [];
  const codes = groupBy(found, (cell) => (cell.outcome.status === status ? cell.outcome.code : ""));
  const reasons = [...codes].map(([code, alike]) => ({ code, names: names(alike, planned, t) }));
  return [t.warning.notOk(status, [found.length, planned.length], reasons)];
};

/** "softmax (tiled) at n = 65,536", with the shape where those of `all` differ; not all of many. */
const names = (cells: readonly CellRecord[], all: readonly CellRecord[], t: Messages): string => {
  const keyOf = ({ dModel, headDim, batch }: CellRecord): SeriesKey => ({ dModel, headDim, batch });
  const keys = all.map(keyOf);
  const ids = cells.map((cell) => t.warning.cell(armName(cell), cell.n, describeKey(keyOf(cell), keys)));
  return ids.length > listed ? t.warning.names(ids.slice(0, listed - 1), ids.length - listed + 1) : t.warning.names(ids, 0);
};

const precision = ({ schedule: { unmet, stopped }, experiment: { measure } }: Analysed, t: Messages): readonly string[] =>
  unmet.length === 0 ? [] : [t.warning.wide(unmet.length, measure.precision, stopped)];

/** Exponents and n* that are known less narrowly than asked. */
const conditions = ({ schedule: { conditions = [] }, cells, crossovers }: Analysed, t: Messages): readonly string[] => {
  const keys = seriesOf(cells).map(({ key }) => key);
  return (["exponent", "crossover"] as const).flatMap((kind) => {
    const [widest, ...others] = conditions.filter((one) => one.kind === kind);
    if (!widest) return [];
    const { of, place, halfWidth, asked } = widest;
    if (kind === "exponent") return [t.warning.exponent(of.join(), place, halfWidth ?? 0, others.length)];
    const told = crossovers.find(({ metric, between, series }) => metric === "time" && between.join() === of.join() && describeKey(series, keys) === place);
    return [t.warning.crossover(of, place, told?.n, halfWidth, asked, others.length)];
  });
};

/** Of the turns that were made, so many may have met a device that changed its pace. */
const disturbedAtMost = 0.1;

/** In how many of a run's turns its sentinel jumped, where that is too often to trust its times; undefined otherwise. */
export const unsteadyOf = ({
  sentinel: turns = [],
}: {
  readonly sentinel?: RunRecord["sentinel"] | undefined;
}): { readonly jumped: number; readonly pairs: number } | undefined => {
  const jumped = turns.filter((turn) => turn.jumped).length;
  return jumped <= disturbedAtMost * turns.length ? undefined : { jumped, pairs: turns.length };
};

/** What one fixed kernel said of the device: a machine that is busy with something else gives numbers that nobody should quote. */
const sentinel = (told: Told, t: Messages): readonly string[] => {
  const unsteady = unsteadyOf(told);
  const discarded = (told.sentinel ?? []).filter((turn) => turn.discarded).length;
  return unsteady ? [t.warning.sentinel(unsteady.jumped, unsteady.pairs, discarded)] : [];
};

/** Workers that were lost under a visit which another made again: who reads the run knows that something ended a process. */
const losses = ({ cells }: Analysed, t: Messages): readonly string[] => {
  const lost = cells.flatMap(({ id, losses = [] }) => losses.map(({ reason }) => ({ id, reason })));
  const failed = cells.filter(({ losses = [], outcome }) => losses.length > 0 && outcome.status === "failed").length;
  return lost[0] ? [t.warning.losses(lost[0].id, lost[0].reason, lost.length, failed)] : [];
};

const isMeasured = ({ cells }: Pick<Analysed, "cells">): boolean => cells.some((cell) => cell.summary);

const clock = (record: Analysed, t: Messages): readonly string[] =>
  isMeasured(record) && record.environment.clock.source === "wall" ? [t.warning.wallClock(wallTimed.has(record.experiment.phase))] : [];

const counts = ({ cells, schedule: { turns, workers } }: Told, t: Messages): readonly string[] =>
  isMeasured({ cells }) ? [...(workers < fewWorkers ? [t.warning.oneProcess] : []), ...(turns < fewTurns ? [t.warning.fewTurns(turns)] : [])] : [];

const composedOnes = (cells: readonly CellRecord[], t: Messages): readonly string[] => {
  const labels = [...new Set(cells.filter(({ composedOf }) => composedOf).map(({ label }) => label))];
  return labels.length > 0 ? [t.warning.composed(labels)] : [];
};

const ceilings = ({ ceilingsFailure }: Told, t: Messages): readonly string[] => (ceilingsFailure === undefined ? [] : [t.warning.noCeilings(ceilingsFailure)]);

/** A time below what its ceiling allows, by more than its interval: the ceiling was measured too low, or the time was cached, elided or mistimed. */
const suspects = (cells: readonly CellRecord[], t: Messages): readonly string[] => {
  const shares = new Map(cells.flatMap((cell) => [[cell, ceilingShareOf(cell)] as const]));
  const found = cells.filter((cell) => (shares.get(cell)?.low ?? 0) > 1);
  const most = Math.max(...found.map((cell) => shares.get(cell)?.value ?? 0));
  return found.length > 0 ? [t.warning.suspect(names(found, cells, t), found.length, most)] : [];
};
