import type { FastestAt } from "../messages/en.ts";
import type { Messages } from "../messages/messages.ts";
import type { Estimate, SeriesKey } from "../record/derived.ts";
import type { Analysed } from "./answer.ts";
import { groupBy } from "./grouping.ts";
import { describeKey, seriesOf } from "./series.ts";
import { spokenArm } from "./spokenArm.ts";

interface Timed extends Estimate {
  readonly n: number;
}

/** Time over n of one arm at one shape, ascending. */
interface Curve {
  readonly label: string;
  readonly key: SeriesKey;
  readonly points: readonly Timed[];
}

/**
 * Of arms that no pair of softmax and linear attention is among, as forms of one mechanism: which is fastest at the largest n that all have, and by how much the next is slower. Undefined where no shape
 * has two arms with times at one n. `does`: what takes the time, "a prompt is read".
 */
export const fastestArm = (record: Analysed, where: string, does: string, t: Messages): string | undefined => {
  const curves = curvesOf(record);
  const shapes = [...groupBy(curves, ({ key }) => JSON.stringify(key)).values()];
  const keys = curves.map(({ key }) => key);
  const found = shapes.flatMap((alike): readonly FastestAt[] => {
    const fastest = fastestOf(alike);
    const [first] = alike;
    if (!fastest || !first) return [];
    const [arm, next] = [fastest.labels[0], fastest.labels[1]].map((label) => spokenArm(record, label, t));
    return arm === undefined || next === undefined ? [] : [{ ...fastest, arm, next, all: alike.length, shape: describeKey(first.key, keys) }];
  });
  return found.length === 0 ? undefined : t.headline.fastest(where, does, found);
};

/** The fastest and the next at the largest n that all of a shape's curves have, and how many times as long the next takes: both intervals in quadrature of logs. */
const fastestOf = (curves: readonly Curve[]): { readonly labels: readonly [string, string]; readonly n: number; readonly times: Estimate } | undefined => {
  const [first] = curves;
  const n = first?.points.findLast((point) => curves.every(({ points }) => points.some((other) => other.n === point.n)))?.n;
  const ordered = curves
    .flatMap(({ label, points }) => points.filter((point) => point.n === n).map((point) => ({ label, ...point })))
    .sort((one, other) => one.value - other.value);
  const [fast, slow] = ordered;
  if (n === undefined || !fast || !slow) return undefined;
  const value = slow.value / fast.value;
  const under = Math.hypot(Math.log(slow.value / slow.low), Math.log(fast.high / fast.value));
  const over = Math.hypot(Math.log(slow.high / slow.value), Math.log(fast.value / fast.low));
  return { labels: [fast.label, slow.label], n, times: { value, low: value * Math.exp(-under), high: value * Math.exp(over) } };
};

/** From points that laws are fitted to, without what the machine drifted, where a curve has them; else as the cells were measured. */
const curvesOf = ({ cells, fits }: Analysed): readonly Curve[] =>
  seriesOf(cells).flatMap(({ label, form, key, cells: own }): readonly Curve[] => {
    const fitted = fits.find(
      (fit) => fit.metric === "time" && fit.variable === "n" && fit.label === label && fit.form === form && JSON.stringify(fit.series) === JSON.stringify(key),
    );
    const measured = own.flatMap(({ n, summary }) => (summary ? [{ n, value: summary.medianMs, low: summary.lowMs, high: summary.highMs }] : []));
    const points = fitted?.points.length ? fitted.points.map(({ x, y, low, high }) => ({ n: x, value: y, low, high })) : measured;
    const positive = points.filter(({ low }) => low > 0).sort((one, other) => one.n - other.n);
    return positive.length > 0 ? [{ label, key, points: positive }] : [];
  });
