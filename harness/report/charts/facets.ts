import type { ParameterValue } from "../../../kernels/mechanism.ts";
import { isHybrid } from "../../analysis/claims/curve.ts";
import { formatCount } from "../../analysis/format.ts";
import { groupBy } from "../../analysis/grouping.ts";
import type { Messages } from "../../messages/messages.ts";
import type { Crossover, Fit, SeriesKey } from "../../record/derived.ts";
import type { CellRecord, RunRecord } from "../../record/run.ts";
import { perRecord } from "../perRecord.ts";

/** What runs along the x axis: n, or in a sweep at one n the size that varies. */
export type Variable = Fit["variable"];

/** The cells of one small chart: all that share the sizes of every axis but the variable. */
export interface Facet {
  /** safe in ids: dModel-512, or "all" */
  readonly slug: string;
  /** "dModel = 512, heads = 8"; undefined when nothing but the variable is swept */
  readonly title: string | undefined;
  readonly values: Readonly<Record<string, ParameterValue>>;
  readonly cells: readonly CellRecord[];
  /** what runs along its x axis where that is not the record's variable */
  readonly variable?: Variable;
  /** labels of its arms where it has those of the answer alone: its chart shows their n* as measured, in words, and nothing to compare slopes with */
  readonly answer?: readonly string[];
}

/** The value of an axis in a cell, whether it is a size or a mechanism's own parameter. */
export const cellValue = (cell: CellRecord, axis: string): ParameterValue | undefined => {
  switch (axis) {
    case "n":
    case "batch":
    case "heads":
    case "kvHeads":
    case "headDim":
    case "headDimV":
    case "dModel":
    case "dtype":
    case "kvDtype":
    case "stateDtype":
      return cell[axis];
    default:
      return cell.parameters[axis];
  }
};

const varies = (cells: readonly CellRecord[], axis: string): boolean => {
  const [first] = cells;
  return first !== undefined && cells.some((cell) => cellValue(cell, axis) !== cellValue(first, axis));
};

/** n if it varies, else dModel or headDim if one of them does. */
export const variableOf = perRecord(({ cells }: RunRecord): Variable => (["n", "dModel", "headDim"] as const).find((axis) => varies(cells, axis)) ?? "n");

/** The values of the variable that a facet's cells were planned at, ascending: what axes and columns are marked with. n that were added around an n* stand too close. */
export const plannedXs = (record: RunRecord, cells: readonly CellRecord[], variable: Variable = variableOf(record)): readonly number[] => {
  const added = new Set((record.added ?? []).map(({ id }) => id));
  return [...new Set(cells.filter(({ id }) => !added.has(id)).map((cell) => cell[variable]))].sort((one, other) => one - other);
};

/** The small charts of a record, in the order of its cells. An arm that an axis does not touch stands in all of them. */
export const facetsOf = perRecord((record: RunRecord): readonly Facet[] => {
  const variable = variableOf(record);
  const axes = Object.keys(record.experiment.axes).filter((axis) => axis !== variable && varies(record.cells, axis));
  const touched = new Map<string, readonly string[]>();
  for (const { label } of record.cells) {
    if (touched.has(label)) continue;
    const cells = record.cells.filter((cell) => cell.label === label);
    touched.set(
      label,
      axes.filter((axis) => varies(cells, axis)),
    );
  }
  const own = (cell: CellRecord): Readonly<Record<string, ParameterValue>> =>
    Object.fromEntries((touched.get(cell.label) ?? []).map((axis) => [axis, cellValue(cell, axis) ?? "–"]));
  const kinds = [...groupBy(record.cells, (cell) => JSON.stringify(own(cell))).values()].map((cells) => ({ values: cells[0] ? own(cells[0]) : {}, cells }));
  const whole = kinds.filter(({ values }) => axes.every((axis) => axis in values));
  return (whole.length > 0 ? whole.map(({ values }) => values) : [{}]).map((values: Facet["values"]): Facet => {
    const names = Object.keys(values);
    const fitting = kinds.filter((kind) => Object.entries(kind.values).every(([axis, value]) => !(axis in values) || values[axis] === value));
    const parts = new Set(fitting.flatMap((kind) => kind.cells));
    const cells = record.cells.filter((cell) => parts.has(cell));
    const slug = names.map((name) => `${name}-${values[name]}`).join("-");
    return {
      slug: slug === "" ? "all" : slug.replace(/[^A-Za-z0-9-]/g, "_"),
      title: names.length === 0 ? undefined : names.map((name) => `${name} = ${written(values[name])}`).join(", "),
      values,
      cells,
    };
  });
});

/** More curves than these lie over each other in a chart of ratios, where all are between the same few. */
const mostCurves = 6;

/** What an arm's layers are: of one kind of attention, or of both. */
type LayerKind = CellRecord["family"] | "hybrid";

const kindOf = (cell: CellRecord): LayerKind => (isHybrid(cell) ? "hybrid" : cell.family);

/** A facet with more arms than can be told apart as one of softmax's arms, one of the linear family's and one of hybrids; `titleOf`: a kind of layers. */
export const byFamily = (facet: Facet, titleOf: (kind: "softmax" | "linear" | "hybrid") => string): readonly Facet[] => {
  if (new Set(facet.cells.map(({ label }) => label)).size <= mostCurves) return [facet];
  return (["softmax", "linear", "hybrid"] as const).flatMap((kind): readonly Facet[] => {
    const cells = facet.cells.filter((cell) => kindOf(cell) === kind);
    const title = [...(facet.title === undefined ? [] : [facet.title]), titleOf(kind)].join(", ");
    return cells.length === 0 ? [] : [{ ...facet, slug: `${facet.slug}-${kind}`, title, cells }];
  });
};

/** More small charts or rows than a reader looks through are thinned out. */
export const mostCharts = 12;

/** All of a few, else `most` of them in even steps, the first and the last among them. */
export const evenly = <Item>(all: readonly Item[], most: number): readonly Item[] =>
  all.length <= most
    ? all
    : all.filter((_, i) => i === 0 || Math.floor((i * (most - 1)) / (all.length - 1)) > Math.floor(((i - 1) * (most - 1)) / (all.length - 1)));

/** "12 of 250 shapes are drawn, in even steps; all are in the table of cells." Empty where all are. */
export const thinned = (drawn: number, all: number, t: Messages): string => (drawn === all ? "" : t.figures.thinned(drawn, all));

/** A value as a title has it. */
export const written = (value: ParameterValue | undefined): string => (typeof value === "number" ? formatCount(value) : String(value));

/** Does a fit or crossover with this series belong to the facet? Sizes that only one of them names do not part them. */
export const inFacet = (facet: Facet, series: SeriesKey): boolean =>
  Object.entries(facet.values).every(([axis, value]) => !(axis in series) || series[axis] === value);

export const fitOf = (record: RunRecord, facet: Facet, label: string, metric: Fit["metric"]): Fit | undefined =>
  record.fits.find(
    (fit) => fit.label === label && fit.metric === metric && inFacet(facet, fit.series) && fit.variable === (facet.variable ?? variableOf(record)),
  );

/** Crossings in n of one facet; none where n is not the variable. */
export const crossoversOf = (record: RunRecord, facet: Facet, metric: Crossover["metric"]): readonly Crossover[] =>
  (facet.variable ?? variableOf(record)) === "n"
    ? record.crossovers.filter((crossover) => crossover.metric === metric && inFacet(facet, crossover.series))
    : [];
