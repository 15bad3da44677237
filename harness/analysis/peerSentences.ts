import { runtimes } from "../experiment/runtimes.ts";
import type { Messages } from "../messages/messages.ts";
import type { Estimate, PeerRatio } from "../record/derived.ts";
import type { Analysed } from "./answer.ts";
import { formatNumber } from "./format.ts";
import { groupBy } from "./grouping.ts";
import { describeKey } from "./series.ts";

/** "softmax prefill, n = 1,024: attnbench takes 0.800 [0.700, 0.900] of ONNX Runtime's wall time." And what is not compared, once for each reason. */
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

/** "0.800 [0.700, 0.900]": a ratio and its 95 % interval. */
export const ratioText = ({ value, low, high }: Estimate): string => `${formatNumber(value)} [${formatNumber(low)}, ${formatNumber(high)}]`;
