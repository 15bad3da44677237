import type { Estimate, Summary } from "../record/derived.ts";
import type { CellRecord, RunRecord } from "../record/run.ts";
import { groupBy } from "./grouping.ts";
import type { Draws } from "./resampling.ts";
import { visitEstimate } from "./visitEstimate.ts";

/** What visits of phase offload found beside bringing a state back; undefined where no tier keeps it. */
export const offloadSummary = (cell: Pick<CellRecord, "id" | "visits">, draws: Draws): Summary["offload"] => {
  const moved = cell.visits.flatMap((visit) => (visit.offload ? [{ visit, times: visit.offload }] : []));
  if (moved.length === 0) return undefined;
  const of = (name: "outMs" | "stepMs"): Estimate =>
    visitEstimate(
      cell,
      draws,
      name,
      moved.map(({ visit, times }) => ({ visit, value: times[name] })),
    );
  const pastCache = moved.every(({ times }) => times.pastCache);
  return { outMs: of("outMs"), stepMs: of("stepMs"), ...(pastCache ? { pastCache } : {}) };
};

/** A state that a tier keeps, both ways, as measured at one n. Rates are of its bytes. */
export interface Moved {
  readonly cell: CellRecord;
  readonly bytes: number;
  readonly outMs: Estimate;
  readonly inMs: Estimate;
  readonly outGbps: Estimate;
  readonly inGbps: Estimate;
  /** it came back from a disk, past the system's page cache, in every visit */
  readonly pastCache: boolean;
  /** the decode step that goes on with it: all that a token costs where the state stays on the GPU */
  readonly stepMs: Estimate;
  /** what bringing it back adds to a token in all layers of the model, one after another; undefined where the experiment names none */
  readonly allLayersMs: Estimate | undefined;
  /** each layer's part of what is added where the states are those of a whole model */
  readonly eachLayerMs: Estimate | undefined;
}

/** Arm by arm, as the run has its cells. */
export const movedStates = ({ cells, experiment }: Pick<RunRecord, "cells" | "experiment">): readonly Moved[] =>
  [...groupBy(cells, ({ label }) => label).values()].flat().flatMap((cell): readonly Moved[] => {
    const { summary, stateBytes: bytes } = cell;
    if (!summary?.offload || bytes === undefined) return [];
    const { outMs, stepMs, pastCache = false } = summary.offload;
    const inMs = { value: summary.medianMs, low: summary.lowMs, high: summary.highMs };
    return [
      {
        cell,
        bytes,
        outMs,
        inMs,
        stepMs,
        outGbps: gbps(bytes, outMs),
        inGbps: gbps(bytes, inMs),
        pastCache,
        allLayersMs: experiment.layers === undefined ? undefined : times(inMs, experiment.layers),
        eachLayerMs: cell.model === undefined ? undefined : times(inMs, 1 / cell.model.layers),
      },
    ];
  });

/** bytes over ms, in 10⁹ bytes a second */
const gbps = (bytes: number, { value, low, high }: Estimate): Estimate => ({ value: bytes / value / 1e6, low: bytes / high / 1e6, high: bytes / low / 1e6 });

const times = ({ value, low, high }: Estimate, factor: number): Estimate => ({ value: factor * value, low: factor * low, high: factor * high });
