import { runtimes } from "../experiment/runtimes.ts";
import type { BesideArm, NotBeside } from "../messages/en.ts";
import type { Messages } from "../messages/messages.ts";
import type { Estimate, PeerRatio } from "../record/derived.ts";
import type { Outcome } from "../record/run.ts";
import type { Analysed } from "./answer.ts";
import { groupBy } from "./grouping.ts";
import { inverseRatio } from "./inverseRatio.ts";
import { describeKey } from "./series.ts";
import { spokenArm } from "./spokenArm.ts";

/** A comparison that was made, of another phase than probe: `ratio`, ours over the other's, is known. */
export type Compared = PeerRatio & { readonly ratio: Estimate };

/** More comparisons than these are told by the least and the most favourable. */
const mostTold = 4;

/** By how much ours are faster than another runtime's, each arm at its longest text, and what is not compared and why; nothing where the run has no such comparison. */
export const peerHeadline = (record: Analysed, where: string, t: Messages): readonly string[] => {
  const all = (record.peerRatios ?? []).filter(({ phase }) => phase !== "probe");
  if (all.length === 0) return [];
  const titles = t.list([...new Set(all.map(({ runtime }) => runtimes[runtime].title))]);
  const compared = all.filter(isCompared);
  const open = notBeside(record, all, t);
  const longest = [...groupBy(compared, ({ labels: [own] }) => own).values()].flatMap((ofArm) => {
    const n = Math.max(...ofArm.map((one) => one.n));
    return ofArm.filter((one) => one.n === n);
  });
  const keys = all.map(({ series }) => series);
  const told = endsOf(longest).map(
    ({ labels: [own], n, series, ratio }): BesideArm => ({ arm: spokenArm(record, own, t), n, shape: describeKey(series, keys), times: inverseRatio(ratio) }),
  );
  const tally = {
    all: compared.length,
    faster: compared.filter(({ ratio }) => ratio.high < 1).length,
    slower: compared.filter(({ ratio }) => ratio.low > 1).length,
  };
  return [
    ...(told.length > 0 ? [t.headline.beside(where, titles, told, compared.length > told.length ? tally : undefined)] : []),
    ...(open.length > 0 ? [t.headline.notBeside(titles, told.length === 0, open)] : []),
  ];
};

const isCompared = (one: PeerRatio): one is Compared => one.ratio !== undefined;

/** All of a few; of more, that in which ours is the most times as fast and that in which it is the least. */
const endsOf = (compared: readonly Compared[]): readonly Compared[] => {
  if (compared.length <= mostTold) return compared;
  const ordered = compared.toSorted((one, other) => one.ratio.value - other.ratio.value);
  return ordered.filter((_, i) => i === 0 || i === ordered.length - 1);
};

/** What is compared with nothing, once for each reason. */
const notBeside = (record: Analysed, all: readonly PeerRatio[], t: Messages): readonly NotBeside[] => {
  const known = new Set(all.filter(isCompared).map(({ labels: [own] }) => own));
  const missing = all.filter((one) => !isCompared(one));
  const open = groupBy(missing, (one) => briefNote(record, one, t));
  const reasonsOf = groupBy(missing, ({ labels: [own] }) => own);
  const isPartly = (own: string): boolean => known.has(own) || new Set(reasonsOf.get(own)?.map((one) => briefNote(record, one, t))).size > 1;
  return [...open].map(([why, alike]) => ({
    why,
    arms: [...groupBy(alike, ({ labels: [own] }) => own)].map(([own, ofArm]) => ({
      arm: spokenArm(record, own, t),
      // That an arm is compared nowhere needs no lengths.
      ns: isPartly(own) ? [...new Set(ofArm.map(({ n }) => n))] : [],
    })),
  }));
};

/** Why two cells have no ratio, in few words that need nothing explained. */
export const briefNote = ({ cells }: Pick<Analysed, "cells">, { cells: [own, peer], runtime }: PeerRatio, t: Messages): string => {
  const outcomeOf = (id: string): Outcome | undefined => cells.find((cell) => cell.id === id)?.outcome;
  return outcomeNote(outcomeOf(own), "attnbench", t) ?? outcomeNote(outcomeOf(peer), runtimes[runtime].title, t) ?? t.peers.brief.noTurn;
};

const outcomeNote = (outcome: Outcome | undefined, whose: string, { peers: { brief } }: Messages): string | undefined => {
  if (outcome === undefined || outcome.status === "ok") return undefined;
  if (outcome.status === "pending" || outcome.code === "timeCap") return brief.noTime;
  if (outcome.code === "wrongOutput") return brief.wrong(whose);
  return outcome.status === "failed" ? brief.failed(whose) : brief.skipped(whose);
};
