import { estimated, formatCount } from "../../analysis/format.ts";
import { groupBy } from "../../analysis/grouping.ts";
import { en } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { Crossover } from "../../record/derived.ts";
import type { RunRecord } from "../../record/run.ts";
import { perRecord } from "../perRecord.ts";
import { armLooks } from "./arms.ts";
import { type Chart, type ChartSize, decades } from "./frame.ts";
import { type Line, type LineAxes, lineChart } from "./lineChart.ts";
import { theme } from "./theme.ts";

/** n* of one pair over a size, all other sizes alike. */
export interface CrossoverCurve {
  readonly between: readonly [string, string];
  readonly size: "headDim" | "dModel";
  /** the sizes that stay: "heads 4", or nothing */
  readonly place: string;
  readonly crossovers: readonly Crossover[];
}

/** The curves of a record: over headDim where it varies with the same heads, else over dModel with the same headDim. None without two sizes that an n* of some kind is known at. */
export const crossoverCurves = perRecord((record: RunRecord): readonly CrossoverCurve[] => {
  const timed = record.crossovers.filter(({ metric }) => metric === "time");
  const over = (size: CrossoverCurve["size"], left: readonly string[]): readonly CrossoverCurve[] =>
    [...groupBy(timed, ({ between, series }) => JSON.stringify([between, Object.entries(series).filter(([name]) => !left.includes(name))])).values()].flatMap(
      (crossovers) => {
        const [first] = crossovers;
        const known = crossovers.filter(({ n, equalShare, predicted }) => n ?? equalShare?.n ?? predicted?.n);
        if (!first || known.length < 2) return [];
        const rest = Object.entries(first.series).filter(([name]) => !left.includes(name));
        const place = rest.map(([name, value]) => `${name} ${value}`).join(", ");
        return [{ between: first.between, size, place, crossovers: crossovers.toSorted((one, other) => sizeOf(one, size) - sizeOf(other, size)) }];
      },
    );
  const byHeadDim = over("headDim", ["headDim", "dModel"]);
  return byHeadDim.length > 0 ? byHeadDim : over("dModel", ["heads", "dModel"]);
});

export const sizeOf = ({ series }: Crossover, size: CrossoverCurve["size"]): number => Number(series[size] ?? 0);

export const crossoverHeading = ({ size, between: [upper, lower] }: Pick<CrossoverCurve, "size" | "between">, { charts }: Messages): string =>
  charts.crossoverHeading({ upper, lower }, size);

/** n* over headDim (or dModel): as measured with its interval, at equal shares of ceiling, and predicted from FLOPs and bytes. */
export const crossoverChart = (record: RunRecord, curve: CrossoverCurve, size: ChartSize, t: Messages = en): Chart => {
  const { charts } = t;
  const kinds = charts.crossoverKinds;
  const colour = armLooks(record).find(({ label }) => label === curve.between[1])?.colour.light ?? theme.ink.light;
  const points = (read: (crossover: Crossover) => Pick<NonNullable<Crossover["n"]>, "value" | "low" | "high"> | undefined): Line["points"] =>
    curve.crossovers.flatMap((crossover) => {
      const n = read(crossover);
      return n ? [{ x: sizeOf(crossover, curve.size), y: n.value, low: n.low, high: n.high }] : [];
    });
  const exact = (n: number | undefined) => (n === undefined ? undefined : { value: n, low: n, high: n });
  const all: readonly Line[] = [
    { name: kinds.measured, colour, mark: "circle", dash: [], points: points(({ n }) => n) },
    { name: kinds.equalShare, colour: theme.ink.light, mark: "diamond", dash: [6, 3], points: points(({ equalShare }) => exact(equalShare?.n)) },
    { name: kinds.predicted, colour: theme.crossing.light, mark: "square", dash: [2, 3], points: points(({ predicted }) => exact(predicted?.n)) },
  ];
  const lines = all.filter((line) => line.points.length > 0);
  const ys = lines.flatMap((line) => line.points.flatMap(({ y, low, high }) => [y, low, high]));
  const [least, most] = [Math.min(...ys), Math.max(...ys)];
  const guides = ticksOf(least, most).map((value) => ({ value, words: [formatCount(value)] }));
  // Of several, what tells them apart comes first: a narrow chart has no room for more.
  const title = `${curve.place === "" || crossoverCurves(record).length < 2 ? "" : `${curve.place}: `}${crossoverHeading(curve, t)}`;
  const axes: LineAxes = {
    x: { title: curve.size, values: [...new Set(curve.crossovers.map((one) => sizeOf(one, curve.size)))], scale: "log" },
    y: { title: charts.crossoverAxis(curve.between[1]), low: least / 1.25, high: most * 1.25, scale: "log", guides },
    say: ({ x, y, low, high }) => [`${curve.size} = ${formatCount(x)}`, `n* ${estimated({ value: y, low, high }, formatCount)}`],
    note: charts.interval,
    plotHeight: size.dataHeightPx - 40,
  };
  const spec = lineChart(record, size, title, lines, axes, t);
  const told = lines.map(({ name, points: own }) => `${name}: ${own.map(({ x, y }) => charts.nAt(y, curve.size, x)).join(", ")}`);
  return { spec, title, description: told.join("; "), zooms: true };
};

/** Powers of two between the two, or of ten where those would be too many. */
const ticksOf = (least: number, most: number): readonly number[] => {
  const [from, to] = [least / 1.25, most * 1.25];
  const powers = Array.from({ length: 31 }, (_, i) => 2 ** i).filter((value) => value >= from && value <= to);
  return powers.length > 9 ? decades(from, to) : powers.length > 0 ? powers : [Math.round(Math.sqrt(least * most))];
};
