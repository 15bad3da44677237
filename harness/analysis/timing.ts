import { partOf } from "../record/merged.ts";
import type { Ceilings, CellRecord, RunRecord } from "../record/run.ts";
import { runSpreads, type SpreadOf } from "./drift.ts";
import { groupBy } from "./grouping.ts";
import { type Draws, drawsOf } from "./resampling.ts";
import type { Series } from "./series.ts";

/**
 * Cells that share turns, workers, a clock and ceilings: those of one run, or of a merged run those of one shard. Noise, drift and shares of ceilings are told within them; no curve or pair of curves
 * reaches beyond, since a split keeps comparisons whole.
 */
export interface Timing {
  /** with the run's clock; `by` reads another source of the same visits */
  spreadsOf(series: readonly Series[], by: (draws: Draws) => Draws): SpreadOf;
  drawsFor(cell: CellRecord): Draws;
  ceilingsFor(cell: CellRecord | undefined): Ceilings | undefined;
}

export const timingOf = (record: Pick<RunRecord, "cells" | "environment" | "experiment" | "ceilings" | "merged">, count?: number): Timing => {
  const groups = groupBy(record.cells, ({ shard }) => String(shard));
  const draws = new Map(
    [...groups].map(([name, cells]) => {
      const [first] = cells;
      const environment = (first && partOf(record, first)?.environment) ?? record.environment;
      return [name, drawsOf({ cells, environment, experiment: record.experiment }, count)] as const;
    }),
  );
  const all = drawsOf({ ...record, cells: [] }, count);
  const drawsFor = ({ shard }: Pick<CellRecord, "shard">): Draws => draws.get(String(shard)) ?? all;
  return {
    drawsFor,
    ceilingsFor: (cell) => (record.merged ? cell && partOf(record, cell)?.ceilings : record.ceilings),
    spreadsOf(series, by) {
      const own = [...groupBy(series, ({ cells: [first] }) => String(first?.shard)).values()].map((alike) => {
        const first = alike[0]?.cells[0];
        return { alike, spreadOf: runSpreads(alike, by(first ? drawsFor(first) : all)) };
      });
      const spreadOfCell = new Map(own.flatMap(({ alike, spreadOf }) => alike.flatMap(({ cells }) => cells.map(({ id }) => [id, spreadOf] as const))));
      return (id) => spreadOfCell.get(id)?.(id);
    },
  };
};
