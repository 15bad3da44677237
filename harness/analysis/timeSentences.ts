import type { Messages } from "../messages/messages.ts";
import { type Analysed, armName } from "./answer.ts";
import { asksLaw } from "./asked.ts";
import { groupBy } from "./grouping.ts";
import { describeKey, seriesOf } from "./series.ts";

/** What is left to say of curves of so few n that nobody asks how they grow: their times, a sentence for each n and shape. */
export const timeSentences = (record: Analysed, t: Messages): readonly string[] => {
  const curves = seriesOf(record.cells).filter((series) => !asksLaw(series));
  const keys = curves.map(({ key }) => key);
  const times = curves.flatMap((series) =>
    series.cells.flatMap(({ n, summary }) => {
      if (!summary) return [];
      const ms = { value: summary.medianMs, low: summary.lowMs, high: summary.highMs };
      return [{ n, place: describeKey(series.key, keys), text: t.times.arm(armName(series), ms) }];
    }),
  );
  return [...groupBy(times, ({ n, place }) => JSON.stringify([n, place])).values()]
    .toSorted(([one], [other]) => (one?.n ?? 0) - (other?.n ?? 0))
    .flatMap((alike) => {
      const [first] = alike;
      if (!first) return [];
      const texts = alike.map(({ text }) => text);
      return [t.times.sentence(record.experiment.phase, first.n, texts, first.place, record.environment.deviceClass === "software")];
    });
};
