import type { Fit } from "../record/run.ts";
import { type Analysed, armName } from "./answer.ts";
import { formatBytes, formatCount } from "./format.ts";
import { groupBy } from "./grouping.ts";
import { describeKey } from "./series.ts";

/** What each arm keeps to go on, at the largest n that all arms of that shape have. One sentence a shape, in the record's order. */
export const memorySentences = (record: Analysed): readonly string[] => {
  const fits = record.fits.filter((fit) => fit.metric === "stateBytes" && fit.points.length > 0);
  const keys = fits.map((fit) => fit.series);
  const shapes = groupBy(fits, ({ series }) => JSON.stringify([series.dModel, series.heads, series.headDim, series.batch, series.dtype]));
  return [...shapes.values()].map((alike) => {
    const n = Math.min(...alike.map((fit) => fit.points.at(-1)?.x ?? 0));
    const prefix = shapePrefix(alike, keys);
    const phrases = alike.map((fit) => `the ${stateName(record, fit)} of ${armName(fit)} ${amount(fit, n)}`).join("; ");
    return `${prefix === "" ? `T${phrases.slice(1)}` : `${prefix}${phrases}`}.`;
  });
};

const shapePrefix = (alike: readonly Fit[], keys: readonly Fit["series"][]): string => {
  const common = alike.map((fit) => describeKey(fit.series, keys)).reduce((shortest, shape) => (shape.length < shortest.length ? shape : shortest));
  return common === "" ? "" : `At ${common}, `;
};

const stateName = (record: Analysed, { label, mechanism }: Fit): string =>
  record.cells.find((cell) => cell.label === label && cell.mechanism === mechanism)?.family === "linear" ? "recurrent state" : "KV cache";

const amount = (fit: Fit, n: number): string => {
  const bytes = formatBytes(fit.points.findLast((point) => point.x <= n)?.y ?? 0);
  if (fit.class === "O(1)" && fit.note === undefined) return `takes ${bytes} at any n`;
  return fit.class === "undecided" || fit.class === "O(1)"
    ? `takes ${bytes} at n = ${formatCount(n)}`
    : `grows ${fit.class}, to ${bytes} at n = ${formatCount(n)}`;
};
