import type { Fit } from "../record/derived.ts";
import { type Analysed, armName } from "./answer.ts";
import { formatBytes, formatCount, formatList } from "./format.ts";
import { groupBy } from "./grouping.ts";
import { describeKey } from "./series.ts";

/** What each arm keeps to go on, at the largest n that all have: one sentence for all shapes whose arms follow the same laws. */
export const memorySentences = (record: Analysed): readonly string[] => {
  const fits = record.fits.filter((fit) => fit.metric === "stateBytes" && fit.points.length > 0);
  const keys = fits.map((fit) => fit.series);
  const shapes = [...groupBy(fits, ({ series }) => JSON.stringify([series.dModel, series.heads, series.headDim, series.batch, series.dtype])).values()];
  const groups = [...groupBy(shapes, (arms) => JSON.stringify(arms.map((fit) => [armName(fit), fit.class, fit.note]))).values()];
  return groups.map((alike) => {
    const n = Math.min(...alike.flat().map((fit) => fit.points.at(-1)?.x ?? 0));
    const arms = [...groupBy(alike.flat(), armName).values()];
    const amounts = groupBy(arms, (ofArm) => JSON.stringify([stateName(record, ofArm), amount(ofArm, n)]));
    const phrases = [...amounts.values()].map((same) => phrase(record, same, n)).join("; ");
    const places =
      groups.length > 1 ? alike.map((ofShape) => shortestOf(ofShape.map((fit) => describeKey(fit.series, keys)))).filter((place) => place !== "") : [];
    const suffix = arms.some((ofArm) => new Set(bytesAt(ofArm, n)).size > 1) ? ", by shape" : "";
    return places.length > 0 ? `At ${formatList(places)}, ${phrases}${suffix}.` : `${phrases.charAt(0).toUpperCase()}${phrases.slice(1)}${suffix}.`;
  });
};

const shortestOf = (texts: readonly string[]): string => texts.reduce((shortest, text) => (text.length < shortest.length ? text : shortest));

const stateName = (record: Analysed, [fit]: readonly Fit[]): string => {
  const cell = record.cells.find(({ label, mechanism }) => label === fit?.label && mechanism === fit.mechanism);
  return cell?.stateName ?? (cell?.family === "linear" ? "recurrent state" : "KV cache");
};

const bytesAt = (fits: readonly Fit[], n: number): readonly number[] => fits.map(({ points }) => points.findLast((point) => point.x <= n)?.y ?? 0);

/** "the recurrent state of linear (chunk) and gla (recurrent) takes 128 KiB at any n" */
const phrase = (record: Analysed, arms: readonly (readonly Fit[])[], n: number): string => {
  const [first = []] = arms;
  const names = arms.flatMap(([fit]) => (fit ? [armName(fit)] : []));
  if (Math.max(0, ...arms.flat().flatMap(({ points }) => points.map(({ y }) => y))) === 0) return `nothing is kept by ${formatList(names)}`;
  return `the ${stateName(record, first)} of ${formatList(names)} ${amount(first, n)}`;
};

/** "grows O(n), to 1 MiB at n = 1,024": one arm's curves of the same law, over all their shapes. */
const amount = (fits: readonly Fit[], n: number): string => {
  const [fit] = fits;
  if (!fit) return "";
  const found = bytesAt(fits, n);
  const [least, most] = [formatBytes(Math.min(...found)), formatBytes(Math.max(...found))];
  const bytes = least === most ? least : `${least} to ${most}`;
  if (fit.class === "O(1)" && fit.note === undefined) return `takes ${bytes} at any n`;
  return fit.class === "undecided" || fit.class === "O(1)"
    ? `takes ${bytes} at n = ${formatCount(n)}`
    : `grows ${fit.class}, to ${least === most ? least : `between ${least} and ${most}`} at n = ${formatCount(n)}`;
};
