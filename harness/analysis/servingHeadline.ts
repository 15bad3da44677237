import type { Held } from "../messages/en.ts";
import type { Messages } from "../messages/messages.ts";
import type { Served } from "../record/derived.ts";
import type { Analysed } from "./answer.ts";
import { spokenArm } from "./spokenArm.ts";

/** How many texts of the first shape the memory holds with the two arms of `pair`, or where it has none the first two, and how fast all of them together are at the largest n that both are known at. */
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
  const fastest = servedTogether(record, pair);
  const [{ n } = { n: undefined }] = fastest;
  const rates = fastest.flatMap(({ label, tokensPerSecond, batch, room }) =>
    tokensPerSecond
      ? [{ arm: spokenArm(record, label, t), tokensPerSecond: tokensPerSecond.value, texts: batch, fewer: room !== undefined && batch < room.memoryBatch }]
      : [],
  );
  return [
    t.headline.holds(experiment.serving.memoryBytes, experiment.phase === "decode", held),
    ...(n === undefined || rates.length === 0
      ? []
      : [
          t.headline.serves(
            where,
            n,
            rates,
            fastest.some(({ from }) => from === "projected"),
          ),
        ]),
  ];
};

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

/** The same at the largest n at which the speed of both is known: what the answer tells of. */
export const servedTogether = (record: Pick<Analysed, "serving" | "experiment">, pair: readonly string[]): readonly Served[] => {
  const rows = rowsOf(record, pair);
  const n = record.experiment.serving?.n.findLast((one) => rows.every((ofArm) => ofArm.some((served) => served.n === one && served.tokensPerSecond)));
  return rows.flatMap((ofArm) => ofArm.find((served) => served.n === n && served.tokensPerSecond) ?? []);
};

/** What the memory holds, whatever kernels take of it. */
const heldBy = ({ n, batch, room }: Served): Held["least"] => ({ n, texts: room?.memoryBatch ?? batch });
