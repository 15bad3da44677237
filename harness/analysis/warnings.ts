import { wallTimed } from "../experiment/phases.ts";
import type { CellRecord } from "../record/run.ts";
import { type Analysed, armName } from "./answer.ts";
import { formatCount, formatList, formatShare } from "./format.ts";
import { groupBy } from "./grouping.ts";
import { sentencesByShard, shardWarnings, type Told } from "./shardSentences.ts";

const fewTurns = 3;
const fewWorkers = 2;
const listed = 3;

/** What a reader must know before quoting the run. */
export const warningsOf = (record: Analysed): readonly string[] => [
  ...claims(record),
  ...(["censored", "skipped"] as const).flatMap((status) => notOk(record.cells, status)),
  ...precision(record),
  ...conditions(record),
  ...sentencesByShard(record, sentinel),
  ...clock(record),
  ...sentencesByShard(record, counts),
  ...suspects(record.cells),
  ...composedOnes(record.cells),
  ...alone(record),
  ...sentencesByShard(record, ceilings),
  ...shardWarnings(record),
];

/** A peer is measured to be compared: without the same of ours it says nothing. */
const alone = ({ cells, peerRatios = [] }: Analysed): readonly string[] => {
  const compared = new Set(peerRatios.flatMap(({ cells: [, peer] }) => peer));
  const labels = [...new Set(cells.filter(({ id, runtime }) => runtime !== undefined && !compared.has(id)).map(({ label }) => label))];
  return labels.length > 0 ? [`${formatList(labels)}: no arm of ours computes the same at some n or size, so it is compared with nothing there.`] : [];
};

const claims = ({ fits }: Analysed): readonly string[] =>
  fits
    .filter((fit) => fit.verdict === "contradicted")
    .map((fit) => `${armName(fit)} claims ${fit.claim} in ${fit.metric === "time" ? "time" : "state bytes"}, but ${fit.class} is measured.`);

const notOk = (cells: readonly CellRecord[], status: "censored" | "skipped"): readonly string[] => {
  const planned = cells.filter(({ composedOf }) => composedOf === undefined);
  const found = planned.filter((cell) => cell.outcome.status === status);
  if (found.length === 0) return [];
  const reasons = [...groupBy(found, (cell) => (cell.outcome.status === status ? cell.outcome.code : ""))].map(([code, alike]) => `${code}: ${names(alike)}`);
  return [`${formatCount(found.length)} of ${formatCount(planned.length)} cells ${status} (${reasons.join("; ")}).`];
};

const names = (cells: readonly CellRecord[]): string =>
  cells.length > listed
    ? `${cells
        .slice(0, listed - 1)
        .map((cell) => cell.id)
        .join(", ")} and ${cells.length - listed + 1} more`
    : formatList(cells.map((cell) => cell.id));

const precision = ({ schedule: { unmet, stopped }, experiment: { measure } }: Analysed): readonly string[] => {
  if (unmet.length === 0) return [];
  const reasons: Partial<Record<NonNullable<typeof stopped>, string>> = {
    maxTime: "; measuring ended at maxTime",
    interrupted: "; measuring was interrupted",
    noWorker: "; measuring broke off",
  };
  const why = (stopped && reasons[stopped]) ?? "";
  return [
    `${formatCount(unmet.length)} ${unmet.length === 1 ? "cell has an interval" : "cells have intervals"} wider than the ±${formatShare(measure.precision)} asked for${why}.`,
  ];
};

/** Exponents and n* that are known less narrowly than asked. */
const conditions = ({ schedule: { conditions = [] } }: Analysed): readonly string[] =>
  (["exponent", "crossover"] as const).flatMap((kind) => {
    const [widest, ...others] = conditions.filter((one) => one.kind === kind);
    if (!widest) return [];
    const place = widest.place === "" ? "" : ` at ${widest.place}`;
    const more = others.length === 0 ? "" : `; so ${others.length === 1 ? "is 1 more" : `are ${formatCount(others.length)} more`}`;
    return kind === "exponent"
      ? [`The exponent of ${widest.of.join()}${place} is known to ±${(widest.halfWidth ?? 0).toFixed(2)} alone, which leaves room between laws${more}.`]
      : [
          `n* of ${widest.of.join(" and ")}${place} is known to ±${formatShare(widest.halfWidth ?? 0)} alone, where measuring would have gone on to ±${formatShare(widest.asked)}${more}.`,
        ];
  });

/** Of the turns that were made, so many may have met a device that changed its pace. */
const disturbedAtMost = 0.1;

/** What one fixed kernel said of the device: a machine that is busy with something else gives numbers that nobody should quote. */
const sentinel = ({ sentinel: turns = [] }: Told): readonly string[] => {
  const jumped = turns.filter((turn) => turn.jumped).length;
  const discarded = turns.filter((turn) => turn.discarded).length;
  if (jumped <= disturbedAtMost * turns.length) return [];
  return [
    `A kernel that is always the same changed its time by more than a tenth within ${formatCount(jumped)} of ${formatCount(turns.length)} turns${discarded > 0 ? ` (${formatCount(discarded)} of them made again)` : ""}: something else used this device, or its clock changed. Do not trust times of this run to better than that.`,
  ];
};

const isMeasured = ({ cells }: Pick<Analysed, "cells">): boolean => cells.some((cell) => cell.summary);

const clock = (record: Analysed): readonly string[] =>
  isMeasured(record) && record.environment.clock.source === "wall"
    ? [
        `Times are wall-clock times, as ${wallTimed.has(record.experiment.phase) ? "part of what is timed is not on the GPU" : "this adapter gives no GPU timestamps"}: they include submitting and waiting.`,
      ]
    : [];

const counts = ({ cells, schedule: { turns, workers } }: Told): readonly string[] =>
  isMeasured({ cells })
    ? [
        ...(workers < fewWorkers ? ["All times come from one process; how much they differ from process to process is not in the intervals."] : []),
        ...(turns < fewTurns ? [`Only ${turns === 1 ? "one turn was" : `${turns} turns were`} made: intervals are wide and drift is not seen.`] : []),
      ]
    : [];

const composedOnes = (cells: readonly CellRecord[]): readonly string[] => {
  const labels = [...new Set(cells.filter(({ composedOf }) => composedOf).map(({ label }) => label))];
  return labels.length > 0
    ? [
        `${formatList(labels)} ${labels.length === 1 ? "was" : "were"} not measured: time and state of ${labels.length === 1 ? "a layer are" : "each layer are"} the mean of the layers that it is composed of.`,
      ]
    : [];
};

const ceilings = ({ ceilingsFailure }: Told): readonly string[] =>
  ceilingsFailure === undefined
    ? []
    : [`This device's ceilings could not be measured (${ceilingsFailure}), so no share of them is known: do not trust the times either.`];

/** A time below what its ceiling allows, by more than its interval, was cached, elided or mistimed. */
const suspects = (cells: readonly CellRecord[]): readonly string[] => {
  const found = cells.filter(({ summary }) => summary?.ceilingShare !== undefined && summary.ceilingShare * (summary.medianMs / summary.highMs) > 1);
  return found.length > 0 ? [`${names(found)} ${found.length === 1 ? "runs" : "run"} above 100 % of the measured ceiling: suspect.`] : [];
};
