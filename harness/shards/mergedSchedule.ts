import { describeKey, seriesOf } from "../analysis/series.ts";
import type { CellRecord, Schedule, Unmet } from "../record/run.ts";

const reasons = ["noWorker", "interrupted", "maxTime", "nothingLeft", "precision"] as const;

/**
 * How shards were measured, together: of turns and workers the fewest of any, as a cell has those of its own shard alone; wall times as sums; the most serious reason why measuring ended. `cells` are those
 * of the merged run.
 */
export const mergedSchedule = (schedules: readonly [Schedule, ...Schedule[]], cells: readonly CellRecord[]): Schedule => {
  const sum = (read: (schedule: Schedule) => number): number => schedules.reduce((total, schedule) => total + read(schedule), 0);
  const measureMs = sum(({ wall }) => wall.measureMs);
  const timedMs = sum(({ wall, efficiency = 0 }) => efficiency * wall.measureMs);
  const most = (read: (schedule: Schedule) => number): number => Math.max(...schedules.map(read));
  return {
    turns: Math.min(...schedules.map(({ turns }) => turns)),
    workers: Math.min(...schedules.map(({ workers }) => workers)),
    stopped: reasons.find((reason) => schedules.some(({ stopped }) => stopped === reason)),
    unmet: schedules.flatMap(({ unmet }) => unmet),
    conditions: mergedConditions(schedules, cells),
    wall: { totalMs: sum(({ wall }) => wall.totalMs), prepareMs: sum(({ wall }) => wall.prepareMs), measureMs },
    efficiency: measureMs > 0 ? timedMs / measureMs : undefined,
    peakRssBytes: { worker: most(({ peakRssBytes }) => peakRssBytes.worker), parent: most(({ peakRssBytes }) => peakRssBytes.parent) },
  };
};

/** By kind, the widest first. A shard names its curves by what differs within it: here they are named by what differs in the whole. */
const mergedConditions = (schedules: readonly Schedule[], cells: readonly CellRecord[]): readonly Unmet[] => {
  const series = seriesOf(cells);
  const keys = series.map(({ key }) => key);
  const keyOfCell = new Map(series.flatMap(({ key, cells: own }) => own.map(({ id }) => [id, key] as const)));
  const placeOf = ({ kind, place, cells: ids }: Unmet): string => {
    const [first, last] = [ids[0], ids.at(-1)].map((id) => keyOfCell.get(id ?? ""));
    // Of a pair, the first cells are softmax's and the last the linear arm's.
    return kind === "time" || !first ? place : describeKey({ ...last, ...first }, keys);
  };
  const conditions = schedules.flatMap(({ conditions: own = [] }) => own).map((one) => ({ ...one, place: placeOf(one) }));
  return (["time", "exponent", "crossover"] as const).flatMap((kind) =>
    conditions
      .filter((one) => one.kind === kind)
      .sort((one, other) => (other.halfWidth ?? Number.POSITIVE_INFINITY) - (one.halfWidth ?? Number.POSITIVE_INFINITY) || 0),
  );
};
