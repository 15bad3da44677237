import type { ParameterValue } from "../../../kernels/mechanism.ts";
import { askedCrossovers } from "../../analysis/asked.ts";
import { formatCount } from "../../analysis/format.ts";
import { mainPair } from "../../analysis/headline.ts";
import { jointTime } from "../../analysis/jointFit.ts";
import { en } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { SeriesKey } from "../../record/derived.ts";
import type { CellRecord, RunRecord } from "../../record/run.ts";
import { printable, shortened } from "../html.ts";
import { cellValue, crossoversOf, evenly, type Facet, facetsOf, plannedXs, variableOf, written } from "./facets.ts";
import { type Chart, type ChartSize, type Encoding, framed, type Layer } from "./frame.ts";
import { tipOf } from "./hints.ts";
import { isOpen, pairRatioOf, ratioWords } from "./pairRatio.ts";
import { fitted, labelOverlapOf, textWidth } from "./textWidth.ts";
import { heatSteps, leastTextPx, paleness, theme } from "./theme.ts";

/** Time of the softmax arm over time of the linear arm: above 1 the linear arm is faster. */
export interface HeatCell {
  readonly x: number;
  readonly row: number;
  readonly ratio: number;
  /** its 95 % interval holds 1: neither arm is told to be faster */
  readonly open: boolean;
  /** not measured of both, but taken from the laws over n and a size that all other cells of the two follow */
  readonly byLaw: boolean;
}

/** One pair of arms over n (columns) and the facets (rows). */
export interface HeatMap {
  readonly between: readonly [string, string];
  readonly columns: readonly number[];
  readonly rows: readonly Facet[];
  /** before thinning out */
  readonly rowsInAll: number;
  readonly cells: readonly HeatCell[];
  /** n* by row, where it crosses */
  readonly crossings: readonly { readonly row: number; readonly n: number }[];
  /** the same by the laws over n and a size */
  readonly lawCrossings: readonly { readonly row: number; readonly n: number }[];
}

const mostRows = 40;

/** A map of fewer ratios than this share of its places is more dash than map: its table says the same. */
const leastFilled = 0.5;

/** Whether a map has enough ratios, in two rows and two columns at least, to be drawn. */
export const isMap = ({ rows, columns, cells }: HeatMap): boolean =>
  rows.length > 1 && columns.length > 1 && cells.length >= leastFilled * rows.length * columns.length;

/** Sizes ascend from row to row, whatever order an experiment names them in; what is no number stays where it is. */
const inOrder = (one: ParameterValue | undefined, other: ParameterValue | undefined): number =>
  typeof one === "number" && typeof other === "number" ? one - other : 0;

const bySizes = (one: Facet, other: Facet): number =>
  Object.entries(one.values).reduce((order, [axis, value]) => (order === 0 ? inOrder(value, other.values[axis]) : order), 0);

/**
 * One map for every pair that the crossovers compare, that of the answer first, of the rows and columns that have a ratio; none without two facets, two n and a measured ratio.
 * Maps of too few ratios only where there is no other.
 */
export const heatMapsOf = (record: RunRecord): readonly HeatMap[] => {
  const answer = String(mainPair({ ...record, crossovers: askedCrossovers(record) })[0]?.between);
  const maps = allMaps(record).toSorted((one, other) => Number(String(other.between) === answer) - Number(String(one.between) === answer));
  return maps.some(isMap) ? maps.filter(isMap) : maps;
};

const allMaps = (record: RunRecord): readonly HeatMap[] => {
  if (variableOf(record) !== "n") return [];
  const facets = facetsOf(record).toSorted(bySizes);
  const planned = plannedXs(record, record.cells);
  if (facets.length < 2 || planned.length < 2) return [];
  const pairs = new Map(record.crossovers.filter(({ metric }) => metric === "time").map(({ between }) => [JSON.stringify(between), between]));
  return [...pairs.values()].flatMap((between): HeatMap[] => {
    // A law says nothing of an n beyond the largest that both arms were measured at, in whatever row.
    const reach = Math.min(...between.map((label) => Math.max(0, ...record.cells.flatMap((cell) => (cell.label === label && cell.summary ? [cell.n] : [])))));
    const ratiosOf = (facet: Facet): readonly Omit<HeatCell, "row">[] =>
      planned.flatMap((n): Omit<HeatCell, "row">[] => {
        const measured = pairRatioOf(record, facet, between, n);
        if (measured !== undefined) return [{ x: n, ratio: measured.value, open: isOpen(measured), byLaw: false }];
        const ratio = n <= reach ? lawsOf(record, facet, between)?.ratioAt(n) : undefined;
        return ratio === undefined ? [] : [{ x: n, ratio, open: false, byLaw: true }];
      });
    const all = facets.map((facet) => ({ facet, ratios: ratiosOf(facet) })).filter(({ ratios }) => ratios.length > 0);
    const shown = evenly(all, mostRows);
    const rows = shown.map(({ facet }) => facet);
    const cells = shown.flatMap(({ ratios }, row) => ratios.map((ratio): HeatCell => ({ ...ratio, row })));
    const columns = planned.filter((n) => cells.some(({ x }) => x === n));
    const crossings = rows.flatMap((facet, row) =>
      crossoversOf(record, facet, "time")
        .filter((crossover) => crossover.outcome === "crosses" && JSON.stringify(crossover.between) === JSON.stringify(between))
        .flatMap(({ n }) => (n === undefined ? [] : [{ row, n: n.value }])),
    );
    const lawCrossings = rows.flatMap((facet, row) => (lawsOf(record, facet, between)?.crossing ?? []).map((n) => ({ row, n })));
    return cells.some(({ byLaw }) => !byLaw) ? [{ between, columns, rows, rowsInAll: all.length, cells, crossings, lawCrossings }] : [];
  });
};

interface PairLaws {
  readonly ratioAt: (n: number) => number;
  /** one n* or none */
  readonly crossing: readonly number[];
}

/** The joint laws of both arms that this row is a size of, where they follow their cells well enough for an n* of theirs to be told. */
const lawsOf = ({ jointFits = [], jointCrossings = [] }: RunRecord, facet: Facet, between: readonly [string, string]): PairLaws | undefined => {
  for (const { between: told, variable, series, points } of jointCrossings) {
    const [cell] = facet.cells.filter(({ label }) => label === between[0]);
    if (JSON.stringify(told) !== JSON.stringify(between) || !cell || !isOf(cell, series)) continue;
    const terms = between.map((label) => jointFits.find((fit) => fit.label === label && fit.variable === variable && isWithin(fit.series, series))?.terms);
    const [above, below] = terms;
    if (!above || !below) continue;
    const size = cell[variable];
    const n = points.find((point) => point.size === size)?.n?.value;
    return { ratioAt: (x) => jointTime(above, x, size) / jointTime(below, x, size), crossing: n === undefined ? [] : [n] };
  }
  return undefined;
};

/** Sizes and parameters that a cell has not got are its partner's. */
const isOf = (cell: CellRecord, series: SeriesKey): boolean =>
  Object.entries(series).every(([axis, value]) => cellValue(cell, axis) === undefined || cellValue(cell, axis) === value);

const isWithin = (one: SeriesKey, all: SeriesKey): boolean => Object.entries(one).every(([axis, value]) => all[axis] === value);

/** Index of the step that a ratio is coloured by: the middle one where nobody knows which arm is faster. */
export const heatStep = ({ ratio, open }: Pick<HeatCell, "ratio" | "open">): number => heatSteps.findIndex(({ below }) => (open ? 1 : ratio) < below);

/** Is the second arm faster by a tenth or more, with its whole interval above 1? */
export const isWon = ({ ratio, open }: Pick<HeatCell, "ratio" | "open">): boolean => ratio >= 1.1 && !open;

/** softmax time / linear time over n × rows, with a stepped line through n*. Every column is one measured n; between columns the line runs in log n. */
export const heatChart = (record: RunRecord, map: HeatMap, size: ChartSize, t: Messages = en): Chart => {
  const { charts } = t;
  const { between, columns, rows, cells } = map;
  const axes = Object.keys(rows[0]?.values ?? {});
  // Of several sizes a row's name is their values alone: cut off, "heads = 4, headDim…" is that of its neighbours too.
  const nameOf = ({ title, values }: Facet): string => (axes.length > 1 ? axes.map((axis) => written(values[axis])).join(" · ") : (title ?? charts.allShapes));
  const names = rows.map((row) => fitted(printable(nameOf(row)), size.name === "wide" ? 160 : 96, 11.5));
  const rowPx = 34;
  const title = charts.heatTitle({ upper: between[0], lower: between[1] });
  const room = { left: 14 + Math.max(0, ...names.map((name) => textWidth(name, 11.5))), right: 8, bottom: 44, plotHeight: rowPx * rows.length };
  const said = [
    ...(axes.length > 1 ? [charts.heatRows(axes.join(" · "))] : []),
    ...(map.crossings.length > 0 ? [charts.heatNote] : []),
    ...(map.lawCrossings.length > 0 ? [charts.heatLawNote] : []),
  ].join("; ");
  const spec = framed(record, size, title, said, room, t, (frame) => {
    const columnPx = frame.plotWidth / columns.length;
    // column i spans [i, i+1]; n between two columns lies between their middles, in proportion to its logarithm
    const position = (n: number): number => {
      const right = columns.findIndex((column) => column >= n);
      if (right <= 0) return right === 0 ? 0.5 : columns.length - 0.5;
      const [before, after] = [columns[right - 1] ?? n, columns[right] ?? n];
      return right - 0.5 + Math.log(n / before) / Math.log(after / before);
    };
    const ticks = columns.map((_, i) => i + 0.5);
    const channels = {
      x: {
        field: "left",
        type: "quantitative",
        scale: { domain: [0, columns.length], nice: false, zero: false },
        axis: {
          title: "n",
          values: ticks,
          labelExpr: `[${columns.map((column) => `'${formatCount(column)}'`).join(",")}][floor(datum.value)]`,
          grid: false,
          labelOverlap: labelOverlapOf(size),
          labelSeparation: 4,
          titlePadding: 8,
        },
      },
      y: {
        field: "top",
        type: "quantitative",
        scale: { domain: [0, rows.length], nice: false, zero: false, reverse: true },
        axis: {
          title: null,
          values: rows.map((_, row) => row + 0.5),
          labelExpr: `[${names.map((name) => JSON.stringify(name)).join(",")}][floor(datum.value)]`,
          grid: false,
        },
      },
    } satisfies Encoding;
    const { x, y } = channels;
    const placed = cells.map((cell) => {
      const column = columns.indexOf(cell.x);
      return {
        left: column,
        right: column + 1,
        top: cell.row,
        bottom: cell.row + 1,
        middleX: column + 0.5,
        middleY: cell.row + 0.5,
        step: heatStep(cell),
        // On a pale cell the words of the middle, which are dark.
        textStep: heatStep(cell.byLaw ? { ratio: 1, open: true } : cell),
        words: `${cell.byLaw ? "≈" : ""}${ratioWords(cell.ratio)}`,
        opacity: cell.byLaw ? paleness : 1,
        series: names[cell.row] ?? "",
        tip: tipOf(
          `n = ${formatCount(cell.x)}${rows[cell.row]?.title === undefined ? "" : `, ${rows[cell.row]?.title}`}`,
          `${shortened(between[0], 40)} ÷ ${shortened(between[1], 40)}: ${ratioWords(cell.ratio)}`,
          cell.byLaw ? charts.tips.byLaws : "",
        ),
      };
    });
    const fits = (words: string, px: number): boolean => textWidth(words, px) + 3 <= columnPx;
    // Where the widest number fits in no size, those are drawn that do, unless they are few: all are in the figure's table.
    const fontPx = [12, 10.5, leastTextPx].find((px) => placed.every(({ words }) => fits(words, px))) ?? leastTextPx;
    const told = placed.filter(({ words }) => fits(words, fontPx));
    const missing = rows.flatMap((_, row) =>
      columns.flatMap((n, column) => (cells.some((cell) => cell.row === row && cell.x === n) ? [] : [{ middleX: column + 0.5, middleY: row + 0.5 }])),
    );
    // the line is left out at half height, where the numbers stand
    const ordered = [...map.crossings].sort((one, other) => one.row - other.row);
    const contour = ordered.flatMap(({ row, n }, i) => {
      const next = ordered[i + 1];
      const at = (left: number, top: number, piece: number, order: number) => ({ left, top, piece, order });
      const x = position(n);
      const down = [at(x, row + 0.76, row + 1, 0), at(x, row + 1, row + 1, 1)];
      const across = next?.row === row + 1 ? [at(position(next.n), row + 1, row + 1, 2)] : [];
      return [at(x, row, row, 3), at(x, row + 0.24, row, 4), ...down, ...across];
    });
    const steps = heatSteps.map((_, i) => i);
    const middle = { x: { ...x, field: "middleX" }, y: { ...y, field: "middleY" } };
    const layers: Layer[] = [
      {
        data: { values: placed },
        mark: { type: "rect", stroke: theme.paper.light, strokeWidth: 2 },
        encoding: {
          x,
          x2: { field: "right" },
          y,
          y2: { field: "bottom" },
          fill: { field: "step", type: "ordinal", scale: { domain: steps, range: heatSteps.map((step) => step.fill.light) }, legend: null },
          fillOpacity: { field: "opacity", type: "quantitative", scale: null },
        },
      },
      {
        data: { values: 2 * told.length < placed.length ? [] : told },
        mark: { type: "text", fontSize: fontPx, baseline: "middle" },
        encoding: {
          ...middle,
          text: { field: "words", type: "nominal" },
          color: { field: "textStep", type: "ordinal", scale: { domain: steps, range: heatSteps.map((step) => step.text.light) }, legend: null },
        },
      },
      {
        data: { values: missing },
        mark: { type: "text", text: "–", fontSize: fontPx, baseline: "middle", color: theme.muted.light },
        encoding: middle,
      },
      {
        data: { values: contour },
        mark: { type: "line", color: theme.paper.light, strokeWidth: 4, strokeCap: "round" },
        encoding: { x, y, detail: { field: "piece" }, order: { field: "order" } },
      },
      {
        data: { values: contour },
        mark: { type: "line", color: theme.ink.light, strokeWidth: 1.75, strokeDash: [5, 3] },
        encoding: { x, y, detail: { field: "piece" }, order: { field: "order" } },
      },
      {
        data: { values: map.lawCrossings.map(({ row, n }) => ({ left: position(n), top: row + 0.88 })) },
        mark: { type: "point", shape: "diamond", size: 42, strokeWidth: 1.5, filled: false, color: theme.ink.light },
        encoding: { x, y },
      },
    ];
    return layers;
  });
  const described = cells.map(
    (cell) => `${rows[cell.row]?.title ?? charts.allShapes}, n = ${cell.x}: ${cell.byLaw ? charts.about : ""}${ratioWords(cell.ratio)}`,
  );
  return { spec, title: charts.heatSaid(title, Object.keys(rows[0]?.values ?? {}).join(", ")), description: described.join("; "), zooms: false };
};
