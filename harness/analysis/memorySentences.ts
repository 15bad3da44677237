import type { Span } from "../messages/en.ts";
import type { Messages } from "../messages/messages.ts";
import type { Fit } from "../record/derived.ts";
import type { CellRecord } from "../record/run.ts";
import { type Analysed, armName } from "./answer.ts";
import { formatBytes } from "./format.ts";
import { groupBy } from "./grouping.ts";
import { describeKey } from "./series.ts";
import { textsAtOnce } from "./textsAtOnce.ts";

/** What each arm keeps to go on, at the largest n that all have which keep anything: one sentence for all shapes whose arms follow the same laws. */
export const memorySentences = (record: Analysed, t: Messages): readonly string[] => {
  const texts = textsAtOnce(record);
  const fits = record.fits.filter((fit) => fit.metric === "stateBytes" && fit.points.length > 0);
  const keys = fits.map((fit) => fit.series);
  const shapes = [...groupBy(fits, ({ series }) => JSON.stringify([series.dModel, series.heads, series.headDim, series.batch, series.dtype])).values()];
  const groups = [...groupBy(shapes, (arms) => JSON.stringify(arms.map((fit) => [armName(fit), fit.class, fit.note]))).values()];
  return groups.map((alike) => {
    const keeping = alike.flat().filter(({ points }) => points.some(({ y }) => y > 0));
    const n = Math.min(...(keeping.length > 0 ? keeping : alike.flat()).map((fit) => fit.points.at(-1)?.x ?? 0));
    const arms = [...groupBy(alike.flat(), armName).values()];
    const amounts = groupBy(arms, (ofArm) => phrase(record, [ofArm], n, t, false));
    const phrases = [...amounts.values()].map((same) => phrase(record, same, n, t));
    const places =
      groups.length > 1 ? alike.map((ofShape) => shortestOf(ofShape.map((fit) => describeKey(fit.series, keys)))).filter((place) => place !== "") : [];
    const byShape = arms.some((ofArm) => new Set(bytesAt(ofArm, n)).size > 1);
    return t.memory.sentence(phrases, places, byShape, texts);
  });
};

const shortestOf = (texts: readonly string[]): string => texts.reduce((shortest, text) => (text.length < shortest.length ? text : shortest));

const stateName = (record: Analysed, [fit]: readonly Fit[]): string => {
  const cell = record.cells.find(({ label, mechanism }) => label === fit?.label && mechanism === fit.mechanism);
  if (cell?.stateName !== undefined) return cell.stateName;
  const families = new Set(cell && familiesOf(record, cell));
  if (families.size > 1) return mixedState;
  return families.has("linear") ? "recurrent state" : "KV cache";
};

/** Of layers of both families. */
const mixedState = "recurrent state with KV cache";

/** Families of the layers that a cell is of. A layer of a pattern whose mechanism the run does not measure by itself is told by its name. */
const familiesOf = ({ cells }: Analysed, { family, composedOf, model }: CellRecord): readonly CellRecord["family"][] => {
  if (composedOf) return Object.keys(composedOf).flatMap((id) => cells.find((one) => one.id === id)?.family ?? []);
  const familyOf = (name: string): CellRecord["family"] =>
    cells.find(({ mechanism, model: own }) => mechanism === name && own?.pattern === undefined)?.family ?? (name === "softmax" ? "softmax" : "linear");
  return model?.pattern?.map(familyOf) ?? [family];
};

const bytesAt = (fits: readonly Fit[], n: number): readonly number[] => fits.map(({ points }) => points.findLast((point) => point.x <= n)?.y ?? 0);

/** "the recurrent state of linear (chunk) and gla (recurrent) takes 128 KiB at any n": curves of the same law, over all shapes. `named`: with the arms, and not only with what is told of them. */
const phrase = (record: Analysed, arms: readonly (readonly Fit[])[], n: number, t: Messages, named = true): string => {
  const [first = []] = arms;
  const [fit] = first;
  const names = named ? arms.flatMap(([one]) => (one ? [armName(one)] : [])) : [];
  const all = arms.flat().flatMap(({ points }) => points.map(({ y }) => y));
  if (named && Math.max(0, ...all) === 0) return t.memory.nothing(names);
  if (!fit) return "";
  const state = t.memory.state(stateName(record, first));
  const found = bytesAt(first, n);
  const bytes: Span = [formatBytes(Math.min(...found)), formatBytes(Math.max(...found))];
  if (fit.class === "O(1)" && fit.note === undefined) return t.memory.constant(state, names, bytes);
  return fit.class === "undecided" || fit.class === "O(1)" ? t.memory.takes(state, names, bytes, n) : t.memory.grows(state, names, bytes, n, fit.class);
};
