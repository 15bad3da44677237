import { estimated, formatCount, formatNumber, formatShare } from "../../analysis/format.ts";
import { memoryGbps } from "../../analysis/memoryCeiling.ts";
import { en } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { Ceilings, CellRecord, RunRecord } from "../../record/run.ts";
import { armLooks } from "./arms.ts";
import { type Facet, variableOf } from "./facets.ts";
import { type Chart, type ChartSize, decadeDomain, decades, decadeWords } from "./frame.ts";
import { type Line, type LineAxes, type LinePoint, lineChart } from "./lineChart.ts";
import { theme } from "./theme.ts";

/** A cell as the roofline model sees it (Williams, Waterman and Patterson 2009, CACM 52.4). */
export interface RooflinePoint {
  readonly cell: CellRecord;
  /** executed FLOPs for each byte that any implementation must move */
  readonly intensity: number;
  /** executed GFLOP/s with the 95 % interval of the time */
  readonly gflops: { readonly value: number; readonly low: number; readonly high: number };
  /** of the ceiling at this intensity */
  readonly share: number;
}

/** GFLOP/s that a device can do at best for so many FLOPs a byte. */
const roofAt = (ceilings: Ceilings, intensity: number): number => Math.min(ceilings.fmaGflops, memoryGbps(ceilings) * intensity);

/** Cells of a facet that have a place under the run's ceilings, in their order; those whose cache is not the run's own have another slope. None of phase offload, whose clock is another. */
export const rooflineOf = ({ ceilings, experiment }: RunRecord, { cells }: Facet): readonly RooflinePoint[] =>
  !ceilings || experiment.phase === "offload" || !(ceilings.fmaGflops > 0) || !(ceilings.readGbps > 0)
    ? []
    : cells.flatMap((cell) => {
        const { prepared, summary } = cell;
        const [flops = 0, bytes = 0] = [prepared?.flops.executed, prepared?.leastBytes];
        if (!summary || cell.cache !== undefined || !(flops > 0) || !(bytes > 0) || !(summary.lowMs > 0)) return [];
        const gflopsOf = (ms: number): number => flops / ms / 1e6;
        const [intensity, value] = [flops / bytes, gflopsOf(summary.medianMs)];
        return [
          { cell, intensity, gflops: { value, low: gflopsOf(summary.highMs), high: gflopsOf(summary.lowMs) }, share: value / roofAt(ceilings, intensity) },
        ];
      });

/** Powers of two, at most `most` of them evenly, from at or below `low` to at or above `high`. */
const powersOfTwo = (low: number, high: number, most: number): readonly number[] => {
  const [first, last] = [Math.floor(Math.log2(low)), Math.ceil(Math.log2(high))];
  const step = Math.max(1, Math.ceil((last - first) / (most - 1)));
  return Array.from({ length: Math.floor((last - first + step - 1) / step) + 1 }, (_, i) => 2 ** (first + i * step));
};

const mostTicks = 8;

/** How many FLOPs a second each cell does, over how many it does for each byte, under what the device allows at best. Undefined where no cell or no ceiling is known. */
export const rooflineChart = (record: RunRecord, facet: Facet, size: ChartSize, t: Messages = en): Chart | undefined => {
  const { roofline } = t.charts;
  const { ceilings } = record;
  const points = rooflineOf(record, facet);
  if (!ceilings || points.length === 0) return undefined;
  const ridge = ceilings.fmaGflops / memoryGbps(ceilings);
  const intensities = [ridge, ...points.map(({ intensity }) => intensity)];
  const ticks = powersOfTwo(Math.min(...intensities), Math.max(...intensities) * 1.2, mostTicks);
  const [first = 1, last = 1] = [ticks[0], ticks.at(-1)];
  const at = (x: number): LinePoint => ({ x, y: roofAt(ceilings, x), low: roofAt(ceilings, x), high: roofAt(ceilings, x) });
  const said = new Map<LinePoint, readonly string[]>();
  const lines = armLooks(record).flatMap(({ label, colour, mark, dash }): readonly Line[] => {
    const own = points
      .filter(({ cell }) => cell.label === label)
      .map(({ cell, intensity, gflops, share }) => {
        const point = { x: intensity, y: gflops.value, low: gflops.low, high: gflops.high };
        said.set(point, [
          `${variableOf(record)} = ${formatCount(cell[variableOf(record)])}`,
          `GFLOP/s: ${estimated(gflops)}`,
          roofline.tip(formatNumber(intensity), formatShare(share)),
        ]);
        return point;
      });
    return own.length > 0 ? [{ name: label, colour: colour.light, mark, dash, points: own }] : [];
  });
  const roof: Line = {
    name: roofline.roof,
    colour: theme.ink.light,
    mark: "cross",
    dash: [],
    points: [first, ...(ridge > first && ridge < last ? [ridge] : []), last].map(at),
  };
  const ys = [...lines, roof].flatMap(({ points: own }) => own.flatMap(({ low, high }) => [low, high]));
  const [low, high] = decadeDomain(Math.min(...ys), Math.max(...ys));
  const tens = decades(low, high);
  const every = Math.ceil(tens.length / 8);
  const title = facet.title === undefined ? roofline.heading : roofline.title(facet.title);
  const axes: LineAxes = {
    x: { title: roofline.x, values: ticks, scale: "log", format: ",~r" },
    y: {
      title: roofline.y,
      low,
      high,
      scale: "log",
      guides: tens.filter((_, i) => i % every === 0).map((value) => ({ value, words: [decadeWords(value)] })),
    },
    say: (point) => said.get(point) ?? [`GFLOP/s: ${formatNumber(point.y)}`],
    note: roofline.note,
    plotHeight: size.dataHeightPx - 40,
  };
  const spec = lineChart(record, size, title, [...lines, roof], axes, t);
  const best = lines.map(({ name }) => {
    const shares = points.filter(({ cell }) => cell.label === name).map(({ share }) => share);
    return `${name}: ${roofline.shares(formatShare(Math.min(...shares)), formatShare(Math.max(...shares)))}`;
  });
  return { spec, title: roofline.said(title), description: best.join("; "), zooms: true };
};
