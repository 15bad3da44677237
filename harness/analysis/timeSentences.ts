import type { RunRecord } from "../record/run.ts";
import { type Analysed, armName } from "./answer.ts";
import { asksLaw } from "./asked.ts";
import { formatCount, formatList, formatMs } from "./format.ts";
import { groupBy } from "./grouping.ts";
import { describeKey, seriesOf } from "./series.ts";

const repetitions = {
  prefill: (n) => `Prefill of n = ${n} tokens takes`,
  decode: (n) => `A decode step after n = ${n} tokens takes`,
  generate: (n) => `Generating n = ${n} tokens takes`,
  tokenLoop: (n) => `A token's whole way through the model, with n = ${n} tokens before it, takes`,
  offload: (n) => `Until the state of n = ${n} tokens is on the GPU, it takes`,
} as const satisfies Record<RunRecord["experiment"]["phase"], (n: string) => string>;

/** What is left to say of curves of so few n that nobody asks how they grow: their times, a sentence for each n and shape. */
export const timeSentences = (record: Analysed): readonly string[] => {
  const emulated = record.environment.deviceClass === "software" ? " on this CPU emulation" : "";
  const curves = seriesOf(record.cells).filter((series) => !asksLaw(series));
  const keys = curves.map(({ key }) => key);
  const times = curves.flatMap((series) =>
    series.cells.flatMap(({ n, summary }) => {
      if (!summary) return [];
      const time = `${formatMs(summary.medianMs)} [${formatMs(summary.lowMs)}, ${formatMs(summary.highMs)}]`;
      return [{ n, place: describeKey(series.key, keys), text: `${time} with ${armName(series)}` }];
    }),
  );
  return [...groupBy(times, ({ n, place }) => JSON.stringify([n, place])).values()]
    .toSorted(([one], [other]) => (one?.n ?? 0) - (other?.n ?? 0))
    .flatMap((alike) => {
      const [first] = alike;
      if (!first) return [];
      const place = first.place === "" ? "" : ` at ${first.place}`;
      return [`${repetitions[record.experiment.phase](formatCount(first.n))} ${formatList(alike.map(({ text }) => text))}${place}${emulated}.`];
    });
};
