import { runtimes } from "../experiment/runtimes.ts";
import type { Messages } from "../messages/messages.ts";
import type { PeerRatio } from "../record/derived.ts";
import type { Analysed } from "./answer.ts";
import { groupBy } from "./grouping.ts";
import { describeKey } from "./series.ts";

/** "softmax prefill, n = 1,024: by the wall clock attnbench is 1.25 [1.11, 1.43] times as fast as ONNX Runtime." And what is not compared, once for each reason. */
export const peerSentences = ({ peerRatios = [], environment }: Analysed, t: Messages): readonly string[] => {
  const keys = peerRatios.map(({ series }) => series);
  const placeOf = ({ labels: [arm], phase, series }: PeerRatio): string => JSON.stringify([arm, phase, describeKey(series, keys)]);
  const open = groupBy(
    peerRatios.filter(({ ratio }) => ratio === undefined),
    (one) => JSON.stringify([one.runtime, one.note]),
  );
  return [
    ...peerRatios.flatMap(({ ratio, runtime, n, labels: [own], phase, series }) =>
      ratio && phase !== "probe"
        ? [t.peers.ratio(own, phase, describeKey(series, keys), n, ratio, runtimes[runtime].title, environment.deviceClass === "software")]
        : [],
    ),
    ...[...open.values()].flatMap((alike) => {
      const [first] = alike;
      const places = [...groupBy(alike, placeOf).values()].flatMap((same) => {
        const [one] = same;
        return one ? [{ arm: one.labels[0], phase: one.phase, shape: describeKey(one.series, keys), ns: same.map(({ n }) => n) }] : [];
      });
      return first ? [t.peers.notCompared(runtimes[first.runtime].title, places, first.note ?? "")] : [];
    }),
  ];
};
