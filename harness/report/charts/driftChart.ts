import { turnShifts } from "../../analysis/drift.ts";
import { formatCount, formatNumber } from "../../analysis/format.ts";
import { isReading } from "../../analysis/sentinelReading.ts";
import { median } from "../../analysis/statistics.ts";
import { en } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { CellRecord, ClockSource, RunRecord, SentinelTurn } from "../../record/run.ts";
import type { Chart, ChartSize } from "./frame.ts";
import { type Line, type LineAxes, lineChart } from "./lineChart.ts";
import { theme } from "./theme.ts";

/** How one turn stood to the middle of the run, as a factor of time: the sentinel, and what all cells have in common. */
export interface TurnDrift {
  readonly turn: number;
  readonly sentinel: number | undefined;
  readonly cells: number | undefined;
  readonly discarded: boolean;
}

/** Turns of a run, ascending; none where it has neither a sentinel nor enough turns. Of a merged run each shard's turns stand to the middle of that shard. */
export const driftOf = (record: RunRecord): readonly TurnDrift[] => {
  const { merged, sentinel = [], cells } = record;
  const { source } = record.environment.clock;
  if (!merged) return driftWithin(cells, sentinel, source);
  return merged.parts.flatMap(({ shard, firstTurn }, at) => {
    const next = merged.parts[at + 1]?.firstTurn ?? Number.POSITIVE_INFINITY;
    return driftWithin(
      cells.filter((cell) => cell.shard === shard),
      sentinel.filter(({ turn }) => turn >= firstTurn && turn < next),
      source,
    );
  });
};

const driftWithin = (cells: readonly CellRecord[], readings: readonly SentinelTurn[], source: ClockSource): readonly TurnDrift[] => {
  const middle = median(readings.filter(isReading).map(meanOf));
  const own = cells.filter(({ runtime, outcome }) => runtime === undefined && outcome.status === "ok");
  const shifts = turnShifts(
    own.map(({ visits }) => visits),
    source,
  );
  const turns = [...new Set([...readings.map(({ turn }) => turn), ...shifts.keys()])].sort((one, other) => one - other);
  return turns.map((turn) => {
    const reading = readings.find((one) => one.turn === turn);
    const shift = shifts.get(turn);
    return {
      turn,
      sentinel: reading && isReading(reading) ? meanOf(reading) / middle : undefined,
      cells: shift === undefined ? undefined : Math.exp(shift),
      discarded: reading?.discarded ?? false,
    };
  });
};

const meanOf = ({ beforeMs, afterMs }: SentinelTurn): number => Math.sqrt(beforeMs) * Math.sqrt(afterMs);

/** `drift`: of this record. Time of the sentinel, and of all cells together, in each turn, over their middle: what drifts alike is taken out of laws and n*. */
export const driftChart = (record: RunRecord, drift: readonly TurnDrift[], size: ChartSize, t: Messages = en): Chart | undefined => {
  const { charts } = t;
  if (drift.length < 2) return undefined;
  const line = (name: string, colour: string, mark: Line["mark"], read: (turn: TurnDrift) => number | undefined): Line => ({
    name,
    colour,
    mark,
    dash: [],
    points: drift.flatMap((turn) => {
      const y = read(turn);
      return y === undefined ? [] : [{ x: turn.turn + 1, y, low: y, high: y }];
    }),
  });
  const lines = [
    line(charts.allCells, theme.ink.light, "circle", ({ cells }) => cells),
    line(charts.sentinel, theme.crossing.light, "diamond", ({ sentinel, discarded }) => (discarded ? undefined : sentinel)),
    { ...line(charts.madeAgain, theme.guide.light, "cross", ({ sentinel, discarded }) => (discarded ? sentinel : undefined)), unjoined: true },
  ].filter(({ points }) => points.length > 0);
  const ys = lines.flatMap(({ points }) => points.map(({ y }) => y));
  const most = Math.max(1.15, ...ys, ...ys.map((y) => 1 / y)) * 1.03;
  const percent = (value: number): string => (value === 1 ? charts.asUsual : `${value > 1 ? "+" : "−"}${Math.round(Math.abs(value - 1) * 100)} %`);
  const guides = [0.25, 0.5, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 4].filter(
    (value) => value === 1 || (most < 1.3 ? Math.abs(value - 1) < 0.15 : Math.abs(value - 1) > 0.15),
  );
  const axes: LineAxes = {
    x: { title: charts.turn, values: drift.map(({ turn }) => turn + 1), scale: "linear" },
    y: {
      title: charts.driftAxis,
      low: 1 / most,
      high: most,
      scale: "log",
      guides: guides.map((value) => ({ value, words: [percent(value)] })),
    },
    say: ({ x, y }) => [charts.tips.turn(formatCount(x)), charts.tips.ofUsualTurn(y.toFixed(3))],
    note: charts.driftNote,
    plotHeight: size.dataHeightPx - 100,
  };
  const spec = lineChart(record, size, charts.driftHeading, lines, axes, t);
  const widest = (values: readonly number[]): string =>
    values.length === 0 ? charts.unknown : charts.driftRange(formatNumber(Math.min(...values)), formatNumber(Math.max(...values)));
  return {
    spec,
    title: `${charts.driftHeading}: ${charts.driftSaid}`,
    description: lines.map(({ name, points }) => `${name}: ${widest(points.map(({ y }) => y))}`).join("; "),
    zooms: true,
  };
};
