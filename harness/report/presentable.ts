import type { Served } from "../record/derived.ts";
import type { CellRecord, RunRecord } from "../record/run.ts";
import { shortened } from "./html.ts";
import { shortLabels } from "./shortLabels.ts";

const longestSentence = 800;

/** Only what the experiment asked for: sentinels and ceilings have their own lines on the page. */
const isSubject = (cell: CellRecord): boolean => cell.family !== "instrument" && cell.phase !== "probe";

/** A limit in its kernel's own words. */
const shortLimit = ({ room }: Served): Pick<Served, "room"> =>
  room?.limit === undefined ? {} : { room: { ...room, limit: shortened(room.limit, longestSentence) } };

/**
 * The record as it is shown: without instruments, and with labels and sentences of a length that a page can hold. Labels that had to be cut
 * are numbered, so that two arms never become one.
 */
export const presentable = (record: RunRecord): RunRecord => {
  const labelOf = shortLabels();
  const { experiment } = record;
  return {
    ...record,
    experiment: { ...experiment, arms: experiment.arms.map((arm) => ({ ...arm, label: labelOf(arm.label) })) },
    cells: record.cells.filter(isSubject).map((cell) => ({ ...cell, label: labelOf(cell.label) })),
    fits: record.fits.map((fit) => ({ ...fit, label: labelOf(fit.label) })),
    ...(record.jointFits === undefined ? {} : { jointFits: record.jointFits.map((fit) => ({ ...fit, label: labelOf(fit.label) })) }),
    ...(record.jointCrossings === undefined
      ? {}
      : {
          jointCrossings: record.jointCrossings.map((crossing) => ({
            ...crossing,
            between: [labelOf(crossing.between[0]), labelOf(crossing.between[1])] as const,
          })),
        }),
    ...(record.sizeFits === undefined ? {} : { sizeFits: record.sizeFits.map((fit) => ({ ...fit, label: labelOf(fit.label) })) }),
    crossovers: record.crossovers.map((crossover) => ({ ...crossover, between: [labelOf(crossover.between[0]), labelOf(crossover.between[1])] })),
    ...(record.peerRatios === undefined
      ? {}
      : { peerRatios: record.peerRatios.map((one) => ({ ...one, labels: [labelOf(one.labels[0]), labelOf(one.labels[1])] as const })) }),
    ...(record.serving === undefined ? {} : { serving: record.serving.map((one) => ({ ...one, ...shortLimit(one), label: labelOf(one.label) })) }),
    ...(record.claims === undefined
      ? {}
      : {
          claims: record.claims.map(({ correction, ...claim }) => ({
            ...claim,
            measured: shortened(claim.measured, longestSentence),
            ...(correction === undefined ? {} : { correction: shortened(correction, longestSentence) }),
          })),
        }),
    findings: record.findings.map((finding) => ({ ...finding, text: shortened(finding.text, longestSentence) })),
  };
};
