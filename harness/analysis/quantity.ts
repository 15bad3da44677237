import type { ArmMeasure, At, Quantity } from "../experiment/expression/expectation.ts";
import { cellField } from "../experiment/expression/predicate.ts";
import type { Crossover, Estimate, SeriesKey } from "../record/derived.ts";
import type { CellRecord } from "../record/run.ts";
import type { Analysed } from "./answer.ts";
import { seriesOf } from "./series.ts";

/** One value that an expectation speaks of. `place` is equal for values that belong together; `range` undefined: it should be there, but is not known. */
export interface Found {
  readonly place: string;
  readonly range: Estimate | undefined;
}

const exactly = (value: number): Estimate => ({ value, low: value, high: value });

/** Every value of a quantity in a run, with its interval. None where nothing was measured. */
export const valuesOf = (record: Analysed, quantity: Quantity): readonly Found[] => {
  switch (quantity.kind) {
    case "number":
      return [{ place: "", range: exactly(quantity.value) }];
    case "measure":
      return quantity.measure === "exponent" ? exponents(record, quantity.arm, quantity.at) : measures(record, quantity.arm, quantity.measure, quantity.at);
    case "crossover":
      return record.crossovers
        .filter(
          ({ between, metric, series }) =>
            metric === quantity.metric && quantity.between.every((label) => between.includes(label)) && keyMeets(series, quantity.at),
        )
        .map((crossover) => ({ place: placeOf(crossover.series), range: crossoverRange(crossover) }));
    case "ratio":
      if (isBesidePeer(record, quantity.between)) return peerRatios(record, quantity.between, quantity.at);
      return ratios(record, quantity.between, quantity.metric, quantity.at);
  }
};

const placeOf = (key: SeriesKey): string => JSON.stringify([key.dModel, key.heads, key.headDim, key.batch, key.dtype]);

const cellPlace = (cell: CellRecord): string => JSON.stringify([cell.n, cell.dModel, cell.heads, cell.headDim, cell.batch, cell.dtype]);

const keyMeets = (key: SeriesKey, at: At): boolean => Object.entries(at).every(([name, value]) => key[name] === value);

const cellsOf = (record: Analysed, label: string, at: At): readonly CellRecord[] =>
  record.cells.filter((cell) => cell.label === label && Object.entries(at).every(([name, value]) => cellField(cell, name) === value));

const exponents = (record: Analysed, label: string, at: At): readonly Found[] => {
  const fitted = record.fits.filter((fit) => fit.label === label && fit.metric === "time" && keyMeets(fit.series, at));
  const found = fitted.map((fit) => ({ place: placeOf(fit.series), range: fit.exponent }));
  const missing = seriesOf(record.cells).filter((series) => series.label === label && series.cells.length === 0 && keyMeets(series.key, at));
  return [...found, ...missing.map((series) => ({ place: placeOf(series.key), range: undefined }))];
};

/** Skipped and censored cells are not spoken of; failed and pending ones are, but have no value. */
const measures = (record: Analysed, label: string, measure: Exclude<ArmMeasure, "exponent">, at: At): readonly Found[] =>
  cellsOf(record, label, at)
    .filter((cell) => cell.outcome.status !== "skipped" && cell.outcome.status !== "censored")
    .map((cell) => ({ place: cellPlace(cell), range: cell.outcome.status === "ok" ? measureOf(cell, measure) : undefined }));

/** What a hybrid has: the rest is of what was measured. */
const ofHybrids: ReadonlySet<ArmMeasure> = new Set(["medianMs", "tokensPerSecond", "stateBytes"]);

const measureOf = (cell: CellRecord, measure: Exclude<ArmMeasure, "exponent">): Estimate | undefined => {
  const { summary, prepared } = cell;
  if (cell.composedOf && !ofHybrids.has(measure)) return undefined;
  const rate = (value: number | undefined): Estimate | undefined =>
    summary && value !== undefined ? { value, low: (value * summary.medianMs) / summary.highMs, high: (value * summary.medianMs) / summary.lowMs } : undefined;
  switch (measure) {
    case "medianMs":
      return summary && { value: summary.medianMs, low: summary.lowMs, high: summary.highMs };
    case "wallMs":
      return summary && wallRange(cell, summary.wallMs);
    case "compileMs":
    case "maxError":
      return prepared && exactly(prepared[measure]);
    case "stateBytes":
    case "peakBytes": {
      const bytes = cell[measure];
      return bytes === undefined ? undefined : exactly(bytes);
    }
    case "tokensPerSecond":
    case "gflops":
    case "gbps":
    case "ceilingShare":
      return rate(summary?.[measure]);
  }
};

/** Wall times have no interval of their own: all that was seen stands in for it. */
const wallRange = (cell: CellRecord, value: number): Estimate => {
  const times = cell.visits.flatMap((visit) => visit.wallMs);
  return times.reduce((range, time) => ({ value, low: Math.min(range.low, time), high: Math.max(range.high, time) }), exactly(value));
};

const ratios = (record: Analysed, [first, second]: readonly [string, string], metric: "time" | "stateBytes" | "peakBytes", at: At): readonly Found[] => {
  const measure = metric === "time" ? "medianMs" : metric;
  const others = new Map(measures(record, second, measure, at).map((found) => [found.place, found.range]));
  return measures(record, first, measure, at)
    .filter(({ place }) => others.has(place))
    .map(({ place, range }) => {
      const other = others.get(place);
      // Intervals of the parts, unpaired: wider than the ratio's own, so that only what is clear is decided.
      return {
        place,
        range: range && other && other.low > 0 ? { value: range.value / other.value, low: range.low / other.high, high: range.high / other.low } : undefined,
      };
    });
};

const isBesidePeer = ({ experiment }: Analysed, between: readonly string[]): boolean =>
  experiment.arms.some(({ label, runtime }) => runtime !== undefined && between.includes(label));

/** By the wall clock, as paired turns gave it; which of the two is named first decides which way round. What was skipped is not spoken of. */
const peerRatios = (record: Analysed, [first, second]: readonly [string, string], at: At): readonly Found[] =>
  (record.peerRatios ?? [])
    .filter(({ labels }) => labels.includes(first) && labels.includes(second))
    .flatMap(({ cells, labels, ratio }) => {
      const [own, peer] = cells.map((id) => record.cells.find((cell) => cell.id === id));
      if (!own || !peer || !Object.entries(at).every(([name, value]) => cellField(own, name) === value)) return [];
      if ([own, peer].some(({ outcome }) => outcome.status === "skipped" || outcome.status === "censored")) return [];
      const turned = ratio && labels[0] === second ? { value: 1 / ratio.value, low: 1 / ratio.high, high: 1 / ratio.low } : ratio;
      return [{ place: cellPlace(own), range: turned }];
    });

/** n* where known; at or below the n from which all is clear; at or below the smallest n for "already", beyond the largest for "none". */
const crossoverRange = ({ outcome, n, atLatest, range }: Crossover): Estimate | undefined => {
  if (outcome === "crosses") return n;
  if (outcome === "undecided" && atLatest !== undefined) return { value: atLatest, low: 0, high: atLatest };
  if (range && outcome === "already") return { value: range[0], low: 0, high: range[0] };
  if (range && outcome === "none") return { value: Number.POSITIVE_INFINITY, low: range[1] + 1, high: Number.POSITIVE_INFINITY };
  return undefined;
};
