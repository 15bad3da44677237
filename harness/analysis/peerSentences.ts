import { runtimes } from "../experiment/runtimes.ts";
import type { Messages } from "../messages/messages.ts";
import type { Estimate, PeerRatio } from "../record/derived.ts";
import type { Analysed } from "./answer.ts";
import { formatCount, formatList, formatNumber } from "./format.ts";
import { groupBy } from "./grouping.ts";
import { describeKey } from "./series.ts";

/** "softmax prefill, n = 1,024: attnbench takes 0.800 [0.700, 0.900] of ONNX Runtime's wall time." And what is not compared, once for each reason. */
export const peerSentences = ({ peerRatios = [], environment }: Analysed, t: Messages): readonly string[] => {
  const keys = peerRatios.map(({ series }) => series);
  const where = ({ labels: [own], phase, series }: PeerRatio): string => {
    const shape = describeKey(series, keys);
    return `${own} ${phase}${shape === "" ? "" : `, ${shape}`}`;
  };
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
      const places = [...groupBy(alike, where)].map(([place, same]) => `${place}, n = ${formatList(same.map(({ n }) => formatCount(n)))}`);
      return first ? [`Not compared with ${runtimes[first.runtime].title}: ${places.join("; ")} (${first.note}).`] : [];
    }),
  ];
};

/** "0.800 [0.700, 0.900]": a ratio and its 95 % interval. */
export const ratioText = ({ value, low, high }: Estimate): string => `${formatNumber(value)} [${formatNumber(low)}, ${formatNumber(high)}]`;
