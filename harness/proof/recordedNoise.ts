import { groupBy } from "../analysis/grouping.ts";
import { median, quantileSorted } from "../analysis/statistics.ts";
import { type DuetSide, duetSides, type RunRecord, type Visit } from "../record/run.ts";

/** [base, head]: how much slower than in the middle of its duet a cell was in one turn, percent of the logarithm. */
type PairPercents = readonly [base: number, head: number];

/** What a machine did to times that had nothing to do with their cells, as it was seen in duets of real kernels. */
export interface RecordedNoise {
  readonly machine: string;
  /** ms of preparing one cell in one process */
  readonly prepareMs: number;
  /** standard deviation of log time within a visit */
  readonly sample: number;
  /** of every pair of processes and every cell, turn by turn: what slows both, one alone, or one kernel in one process, in the order in which it came */
  readonly pairs: readonly (readonly (readonly PairPercents[])[])[];
}

type Records = Readonly<Record<DuetSide, RunRecord>>;

const logOf = (visit: Visit): number => Math.log(quantileSorted(Float64Array.from(visit.gpuMs).sort(), 0.25));
const percentOf = (log: number): number => Math.round(100 * log);

/** Of the samples of one visit, robustly. */
const withinOf = ({ gpuMs }: Visit): number => {
  const logs = gpuMs.map(Math.log);
  const centre = median(logs);
  return ofMedianDeviation * median(logs.map((log) => Math.abs(log - centre)));
};
/** a normal distribution's standard deviation over its median absolute deviation */
const ofMedianDeviation = 1.4826;

/** Noise of duets, less what their cells cost. Turn 0 is in none: it chose the repetitions. */
export const recordedNoise = (machine: string, records: readonly Records[]): RecordedNoise => ({
  machine,
  prepareMs: Math.round(median(records.flatMap((one) => duetSides.map((side) => preparingMs(one[side]))))),
  sample: Number(median(records.flatMap(({ head }) => head.cells.flatMap(({ visits }) => visits.map(withinOf)))).toFixed(3)),
  pairs: records.flatMap(pairsOf),
});

const preparingMs = ({ cells, schedule }: RunRecord): number => schedule.wall.prepareMs / cells.length / Math.max(1, schedule.workers);

const pairsOf = (records: Records): RecordedNoise["pairs"] => {
  const later = ({ visits }: Pick<RunRecord["cells"][number], "visits">): readonly Visit[] => visits.filter(({ turn }) => turn > 0);
  const cells = records.head.cells.map(({ id }) => {
    const visits = duetSides.map((side) => later(records[side].cells.find((cell) => cell.id === id) ?? { visits: [] }));
    const [base, head] = visits.map((of) => ({ of, middle: median(of.map(logOf)) }));
    return (base?.of ?? []).flatMap((one) => {
      const other = head?.of.find(({ turn }) => turn === one.turn);
      const percents: PairPercents = [percentOf(logOf(one) - (base?.middle ?? 0)), percentOf(other ? logOf(other) - (head?.middle ?? 0) : 0)];
      return other ? [{ pair: `${one.worker} ${other.worker}`, percents }] : [];
    });
  });
  const pairs = [...new Set(cells.flatMap((visits) => visits.map(({ pair }) => pair)))];
  return pairs
    .map((pair) => cells.map((visits) => (groupBy(visits, (visit) => visit.pair).get(pair) ?? []).map(({ percents }) => percents)))
    .filter((ofCells) => ofCells.every((visits) => visits.length > 0));
};
