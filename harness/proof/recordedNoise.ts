import { groupBy } from "../analysis/grouping.ts";
import { mean, median, quantileSorted } from "../analysis/statistics.ts";
import { isBaseFirst } from "../measure/duetSchedule.ts";
import { turnOrder } from "../measure/schedule.ts";
import { type DuetSide, duetSides, type RunRecord, type Visit } from "../record/run.ts";

/** What a machine did to times that had nothing to do with their cells, as it was seen in duets of real kernels. Percent are of the logarithm. */
export interface RecordedNoise {
  readonly machine: string;
  /** ms from one visit to the next */
  readonly visitMs: number;
  /** standard deviation of log time within a visit */
  readonly sample: number;
  /** of every cell in every process, how much slower than in the middle of all */
  readonly cellPercents: readonly number[];
  /** of every visit, one after another in time, what is left */
  readonly visitPercents: readonly number[];
}

type Records = Readonly<Record<DuetSide, RunRecord>>;

const lowerQuartile = (visit: Visit): number => quantileSorted(Float64Array.from(visit.gpuMs).sort(), 0.25);
const percentOf = (log: number): number => Math.round(100 * log);

interface Seen {
  /** of one cell in one process */
  readonly place: string;
  readonly visit: Visit;
  /** less the middle of its cell, of one side */
  readonly log: number;
}

/** The visits of one duet in the order in which they were made. */
const inTime = (records: Records): readonly Seen[] => {
  const { cells } = records.head;
  const { seed } = records.head.experiment.measure;
  const turns = Math.max(...cells.flatMap(({ visits }) => visits.map(({ turn }) => turn)));
  const visitsOf = (side: DuetSide, id: string): readonly Visit[] => records[side].cells.find((cell) => cell.id === id)?.visits ?? [];
  const middles = new Map(
    duetSides.flatMap((side) => cells.map(({ id }) => [`${side} ${id}`, median(visitsOf(side, id).map((visit) => Math.log(lowerQuartile(visit))))] as const)),
  );
  return Array.from({ length: turns }, (_, i) => i + 1).flatMap((turn) =>
    turnOrder(cells, turn, seed).flatMap(({ id }) =>
      (isBaseFirst(turn) ? duetSides : [...duetSides].reverse()).flatMap((side) =>
        visitsOf(side, id)
          .filter((visit) => visit.turn === turn)
          .map((visit) => ({ place: `${side} ${id} ${visit.worker}`, visit, log: Math.log(lowerQuartile(visit)) - (middles.get(`${side} ${id}`) ?? 0) })),
      ),
    ),
  );
};

/** Of the samples of one visit, robustly. */
const withinOf = ({ gpuMs }: Visit): number => {
  const logs = gpuMs.map(Math.log);
  const centre = median(logs);
  return ofMedianDeviation * median(logs.map((log) => Math.abs(log - centre)));
};
/** a normal distribution's standard deviation over its median absolute deviation */
const ofMedianDeviation = 1.4826;

/** Noise of duets, taken apart into what a process did to a cell and what happened from visit to visit. */
export const recordedNoise = (machine: string, records: readonly Records[]): RecordedNoise => {
  const duets = records.map((one) => {
    const seen = inTime(one);
    const places = new Map([...groupBy(seen, ({ place }) => place)].map(([place, visits]) => [place, median(visits.map(({ log }) => log))]));
    return {
      cellPercents: [...places.values()].map(percentOf),
      visitPercents: seen.map(({ place, log }) => percentOf(log - (places.get(place) ?? 0))),
      within: seen.map(({ visit }) => withinOf(visit)),
      visitMs: one.head.schedule.wall.measureMs / Math.max(1, seen.length),
    };
  });
  return {
    machine,
    visitMs: Math.round(mean(duets.map(({ visitMs }) => visitMs))),
    sample: Number(median(duets.flatMap(({ within }) => within)).toFixed(3)),
    cellPercents: duets.flatMap((duet) => duet.cellPercents),
    visitPercents: duets.flatMap((duet) => duet.visitPercents),
  };
};
