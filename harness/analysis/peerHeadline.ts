import { runtimes } from "../experiment/runtimes.ts";
import type { Messages } from "../messages/messages.ts";
import type { Analysed } from "./answer.ts";
import { groupBy } from "./grouping.ts";
import { spokenArm } from "./spokenArm.ts";

/** In how many comparisons ours are faster than another runtime's, and by how much each arm is at its longest text; nothing where none was compared. */
export const peerHeadline = (record: Analysed, where: string, t: Messages): readonly string[] => {
  const compared = (record.peerRatios ?? []).flatMap(({ ratio, phase, ...rest }) => (ratio && phase !== "probe" ? [{ ...rest, ratio }] : []));
  if (compared.length === 0) return [];
  const ratios = compared.map(({ ratio }) => ratio);
  const longest = [...groupBy(compared, ({ labels: [own] }) => own).values()].flatMap((ofArm) => {
    const [first, ...others] = ofArm.toSorted((one, other) => other.n - one.n);
    return first && !others.some(({ n }) => n === first.n) ? [{ arm: spokenArm(record, first.labels[0], t), n: first.n, ratio: first.ratio.value }] : [];
  });
  return [
    t.headline.beside(where, t.list([...new Set(compared.map(({ runtime }) => runtimes[runtime].title))]), {
      all: compared.length,
      faster: ratios.filter(({ high }) => high < 1).length,
      slower: ratios.filter(({ low }) => low > 1).length,
      least: Math.min(...ratios.map(({ value }) => value)),
      most: Math.max(...ratios.map(({ value }) => value)),
    }),
    ...(compared.length > 1 && longest.length > 0 ? [t.headline.besideArms(longest)] : []),
  ];
};
