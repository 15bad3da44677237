import type { Mechanism } from "../../kernels/mechanism.ts";
import { timeCrossover } from "../analysis/crossover.ts";
import { runSpreads } from "../analysis/drift.ts";
import { lengthsAround } from "../analysis/refinement.ts";
import { drawsOf } from "../analysis/resampling.ts";
import { type Pair, pairsOf, type Series, seriesOf } from "../analysis/series.ts";
import type { PlannedCell } from "../experiment/experiment.ts";
import { addedTo } from "../record/addedCell.ts";
import type { Estimate } from "../record/derived.ts";
import type { AddedCell, CellRecord } from "../record/run.ts";
import type { Measuring } from "./measuring.ts";
import { type Task, taskOf } from "./task.ts";

/**
 * `--refine crossover=5%`: n that no axis has, added around each n* until its interval is that narrow, or one tile wide. What is added is a cell like the next one of its curve, in the run from
 * then on.
 */

/** So many draws place an n*; the report's come of more. */
const draws = 400;

/** n that the kernels of these arms step by: tokens that one of them computes together. */
export const tileOf = (cells: readonly CellRecord[], mechanisms: readonly Mechanism[]): number =>
  Math.max(
    1,
    ...cells.map((cell) => {
      const mechanism = mechanisms.find(({ name }) => name === cell.mechanism);
      return (cell.prepared && mechanism?.tileTokens?.(cell, cell.form, cell.prepared.tiles)) ?? 1;
    }),
  );

/** A planned cell at another n, for a run that goes on with it. */
export const plannedLike = ({ cell, ...planned }: PlannedCell, { id, n }: AddedCell): PlannedCell => ({
  ...planned,
  cell: { ...cell, id, n },
  until: undefined,
});

export interface Addition {
  readonly between: readonly [string, string];
  readonly n: Estimate;
  readonly added: readonly number[];
}

/** Adds what the n* of each pair want now, told by pair. `rounds`: how often each pair was given some before; it counts on. */
export const addLengths = (measuring: Measuring, share: number, rounds: Map<string, number>): readonly Addition[] => {
  const { tasks, mechanisms, record } = measuring;
  const cells = tasks.map((task) => task.record);
  const series = seriesOf(cells);
  const spreadOf = runSpreads(series, drawsOf({ ...record, cells }, draws));
  return pairsOf(series).flatMap((pair): readonly Addition[] => {
    const { n, between, series: key } = timeCrossover(pair, spreadOf);
    if (!n) return [];
    const name = JSON.stringify([between, key]);
    const round = rounds.get(name) ?? 0;
    const ns = lengthsAround(
      n,
      lengthsOf(pair),
      {
        share,
        tile: tileOf(
          [pair.upper, pair.lower].flatMap(({ cells }) => nearest(cells, n.value) ?? []),
          mechanisms,
        ),
      },
      round,
    );
    if (ns.length === 0) return [];
    rounds.set(name, round + 1);
    for (const length of ns) for (const arm of [pair.upper, pair.lower]) addTask(arm, length, measuring);
    return [{ between, n, added: ns }];
  });
};

const lengthsOf = ({ upper, lower }: Pair): readonly number[] => upper.plannedNs.filter((n) => lower.plannedNs.includes(n));

const nearest = (cells: readonly CellRecord[], n: number): CellRecord | undefined =>
  cells.toSorted((one, other) => Math.abs(Math.log(one.n / n)) - Math.abs(Math.log(other.n / n)))[0];

const addTask = ({ cells, plannedNs }: Series, n: number, { tasks, added: known, journal }: Measuring): void => {
  const model = nearest(cells, n);
  const like = tasks.find(({ record }) => record.id === model?.id);
  if (!like || plannedNs.includes(n) || tasks.some(({ series, record }) => series === like.series && record.n === n)) return;
  const added = { id: idAt(like.record, n, tasks), n, like: like.record.id };
  journal.append({ type: "added", at: new Date().toISOString(), ...added });
  known.push(added);
  const next = tasks.findLastIndex(({ series, record }) => series === like.series && record.n < n) + 1;
  tasks.splice(next, 0, taskOf(plannedLike(like.planned, added), addedTo(like.record, added), like.tiles));
};

/** The id that planning would have given, as the n stands in it; a number more where that is taken. */
const idAt = ({ id, n }: CellRecord, length: number, tasks: readonly Task[]): string => {
  const base = id.replace(`-n${n}-`, `-n${length}-`);
  const taken = (name: string): boolean => tasks.some(({ record }) => record.id === name);
  return taken(base) ? `${base}-${tasks.length}` : base;
};
