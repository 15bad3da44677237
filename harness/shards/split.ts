import type { Mechanism } from "../../kernels/mechanism.ts";
import type { PlannedCell } from "../experiment/experiment.ts";
import type { Shard } from "../record/merged.ts";
import { type Comparison, comparisonsOf, type Split } from "./comparisons.ts";
import { costOf } from "./cost.ts";

/** The cells of one shard, in the plan's order. */
export interface ShardCells {
  readonly shard: Shard;
  readonly cells: readonly PlannedCell[];
  /** of the predicted cost of all cells, 0..1 */
  readonly costShare: number;
  /** sweeps that lie in several shards, so that no law will be told of their times */
  readonly cut: Split["cut"];
}

interface Load {
  readonly comparisons: Comparison[];
  cost: number;
}

/**
 * A plan as `of` shards, each with whole comparisons, of about equal predicted cost: the most expensive first, always to the shard with the least (longest processing time first; Graham 1969, SIAM J.
 * Appl. Math. 17). The same for everyone who plans the same experiment; `serves`: it asks how many texts are served at once, so that batches are compared too. Where there are fewer comparisons than shards, the last shards are empty.
 */
export const splitCells = (planned: readonly PlannedCell[], mechanisms: readonly Mechanism[], of: number, serves = false): readonly ShardCells[] => {
  const byName = new Map(mechanisms.map((mechanism) => [mechanism.name, mechanism] as const));
  const cost = (cells: readonly PlannedCell[]): number => cells.reduce((sum, cell) => sum + costOf(cell, byName), 0);
  const { comparisons, cut } = comparisonsOf(planned, of, serves);
  const weighed = comparisons.map((comparison) => ({ comparison, cost: cost(comparison) }));
  const loads: readonly Load[] = Array.from({ length: Math.min(of, weighed.length) }, () => ({ comparisons: [], cost: 0 }));
  for (const { comparison, cost } of weighed.toSorted((one, other) => other.cost - one.cost)) {
    // An empty shard comes first, also where all costs are 0.
    const least = loads.reduce((one, other) => (other.cost < one.cost || (other.comparisons.length === 0 && one.comparisons.length > 0) ? other : one));
    least.comparisons.push(comparison);
    least.cost += cost;
  }
  const places = new Map(planned.map((cell, at) => [cell, at]));
  const placeOf = (cell: PlannedCell | undefined): number => (cell && places.get(cell)) ?? 0;
  const whole = loads.reduce((sum, load) => sum + load.cost, 0);
  // Shards are numbered as their first cells come in the plan.
  const filled = loads
    .map((load) => ({ cells: load.comparisons.flat().sort((one, other) => placeOf(one) - placeOf(other)), costShare: whole > 0 ? load.cost / whole : 0 }))
    .sort((one, other) => placeOf(one.cells[0]) - placeOf(other.cells[0]));
  return Array.from({ length: of }, (_, at) => ({
    shard: { index: at + 1, of, filled: filled.length },
    ...(filled[at] ?? { cells: [], costShare: 0 }),
    cut,
  }));
};

/** The cells of shard `index` (from 1 on) of `of`; none where there are fewer comparisons than shards. */
export const shardCells = (
  planned: readonly PlannedCell[],
  mechanisms: readonly Mechanism[],
  { index, of }: Pick<Shard, "index" | "of">,
  serves = false,
): ShardCells => {
  const shard = splitCells(planned, mechanisms, of, serves)[index - 1];
  if (!shard) throw new RangeError(`there is no shard ${index} of ${of}`);
  return shard;
};
