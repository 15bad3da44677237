import type { Held, ServedAlone, ServedTogether } from "../messages/en.ts";
import type { Messages } from "../messages/messages.ts";
import type { Estimate, Served } from "../record/derived.ts";
import type { Analysed } from "./answer.ts";
import { spokenArm } from "./spokenArm.ts";

/**
 * How many texts of the first shape the memory holds with the two arms of `pair`, or where it has none the first two; how fast all of them together are at the least and the largest n that both are known at, from how much
 * less that is estimated, and how one text alone stands.
 */
export const servingHeadline = (record: Analysed, pair: readonly string[], where: string, t: Messages): readonly string[] => {
  const { experiment } = record;
  const rows = rowsOf(record, pair);
  const held = rows.flatMap((ofArm): readonly Held[] => {
    const known = ofArm.filter(({ room, textBytes }) => room !== undefined || textBytes > 0);
    const [least, most] = [known[0], known.at(-1)];
    if (!least || !most) return [];
    const about = known.some(({ exactBytes, from, room }) => !(exactBytes || from === "measured" || room));
    return [{ arm: spokenArm(record, least.label, t), least: heldBy(least), most: heldBy(most), about }];
  });
  if (!experiment.serving || held.length === 0) return [];
  const known = ratedNs(experiment.serving.n, rows).map((n) => ratedAt(rows, n));
  const ends = known.filter((_, i) => i === 0 || i === known.length - 1);
  const from = reachOfProjected(ends.flat());
  return [
    t.headline.holds(experiment.serving.memoryBytes, experiment.phase === "decode", held),
    ...(ends.length === 0
      ? []
      : [
          t.headline.serves(
            where,
            ends.map((served) => togetherAt(record, served, t)),
            from,
            aloneOf(record, rows, t),
          ),
        ]),
  ];
};

/** The most texts and the largest n that what is projected of these rests on; undefined where all were measured. */
export const reachOfProjected = (served: readonly Served[]): Served["largest"] | undefined => {
  const reached = served.flatMap(({ from, largest }) => (from === "projected" ? [largest] : []));
  return reached.length === 0 ? undefined : { n: Math.max(...reached.map(({ n }) => n)), batch: Math.max(...reached.map(({ batch }) => batch)) };
};

const togetherAt = (record: Analysed, served: readonly Rated[], t: Messages): ServedTogether => ({
  n: served[0]?.n ?? 0,
  arms: served.map(({ label, tokensPerSecond, batch, room, from }) => ({
    arm: spokenArm(record, label, t),
    tokensPerSecond: tokensPerSecond.value,
    texts: batch,
    fewer: room !== undefined && batch < room.memoryBatch,
    projected: from === "projected",
  })),
  close:
    served.length > 1 && Math.max(...served.map(({ tokensPerSecond: { low } }) => low)) <= Math.min(...served.map(({ tokensPerSecond: { high } }) => high)),
});

/** One text alone with the first of two arms beside the second, at the largest n that both were measured at with it; undefined where none is. */
const aloneOf = ({ cells, ...record }: Analysed, rows: readonly (readonly Served[])[], t: Messages): ServedAlone | undefined => {
  const [one, other] = rows.map(([served]) =>
    served === undefined
      ? []
      : cells.flatMap((cell) => {
          const { dModel, heads, headDim } = served.series;
          const isOf =
            cell.label === served.label &&
            cell.batch === 1 &&
            [dModel ?? cell.dModel, heads ?? cell.heads, headDim ?? cell.headDim].join() === [cell.dModel, cell.heads, cell.headDim].join();
          return isOf && cell.summary && cell.summary.lowMs > 0 ? [{ n: cell.n, label: cell.label, ...cell.summary }] : [];
        }),
  );
  const shared = (one ?? []).flatMap((cell) => (other ?? []).filter(({ n }) => n === cell.n).map((than) => [cell, than] as const));
  const [longest] = shared.toSorted(([a], [b]) => b.n - a.n);
  if (!longest) return undefined;
  const [own, than] = longest;
  const value = than.medianMs / own.medianMs;
  const under = Math.hypot(Math.log(than.medianMs / than.lowMs), Math.log(own.highMs / own.medianMs));
  const over = Math.hypot(Math.log(than.highMs / than.medianMs), Math.log(own.medianMs / own.lowMs));
  const spoken = (label: string): string => spokenArm({ ...record, cells }, label, t);
  return { n: own.n, arm: spoken(own.label), than: spoken(than.label), times: { value, low: value * Math.exp(-under), high: value * Math.exp(over) } };
};

type Rated = Served & { readonly tokensPerSecond: Estimate };

const isRated = (served: Served): served is Rated => served.tokensPerSecond !== undefined;

/** Those of the n asked for at which the speed of all arms is known. */
const ratedNs = (ns: readonly number[], rows: readonly (readonly Served[])[]): readonly number[] =>
  rows.length === 0 ? [] : ns.filter((n) => rows.every((ofArm) => ofArm.some((served) => served.n === n && isRated(served))));

const ratedAt = (rows: readonly (readonly Served[])[], n: number): readonly Rated[] =>
  rows.flatMap((ofArm) => ofArm.filter(isRated).find((served) => served.n === n) ?? []);

/** What is known of the first shape with the two arms of `pair`, or where it has none the first two. */
const rowsOf = ({ serving = [] }: Pick<Analysed, "serving">, pair: readonly string[]): readonly (readonly Served[])[] => {
  const { series: first } = serving[0] ?? {};
  const labels = pair.length > 0 ? pair : [...new Set(serving.map(({ label }) => label))].slice(0, 2);
  return labels.map((label) =>
    serving.filter(
      (one) => one.label === label && one.series.dModel === first?.dModel && one.series.heads === first?.heads && one.series.headDim === first?.headDim,
    ),
  );
};

/** All at the largest n at which the speed of both is known: what the answer ends with. */
export const servedTogether = (record: Pick<Analysed, "serving" | "experiment">, pair: readonly string[]): readonly Served[] => {
  const rows = rowsOf(record, pair);
  const n = ratedNs(record.experiment.serving?.n ?? [], rows).at(-1);
  return n === undefined ? [] : ratedAt(rows, n);
};

/** What the memory holds, whatever kernels take of it. */
const heldBy = ({ n, batch, room }: Served): Held["least"] => ({ n, texts: room?.memoryBatch ?? batch });
