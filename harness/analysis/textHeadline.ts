import type { Messages } from "../messages/messages.ts";
import type { Analysed } from "./answer.ts";
import { spokenArm } from "./spokenArm.ts";
import { type ArmText, armTexts, partingOf, shareWeights } from "./writtenTexts.ts";

/** Of more arms the fastest and the slowest are told alone. */
const mostTimes = 6;

/** Whether arms of the same weights write the same text, whatever they keep, and what a token takes each; nothing where no text was written. */
export const textHeadline = (record: Analysed, where: string, t: Messages): readonly string[] => {
  const written = armTexts(record).filter(({ text }) => text.outcome.status === "ok" && text.tokens.length > 0);
  if (written.length === 0) return [];
  const spoken = ({ cell }: ArmText): string => spokenArm(record, cell.label, t);
  const groups = written
    .filter((one, i) => written.findIndex((other) => shareWeights(one, other)) === i)
    .map((one) => written.filter((other) => shareWeights(one, other)));
  const same = groups.filter((group) => group.length > 1 && group.every((one) => group[0] && partingOf(group[0].text, one.text) === undefined));
  const parted = groups.flatMap((group) => {
    const other = group.find((one) => group[0] && partingOf(group[0].text, one.text));
    const parting = other && group[0] && partingOf(group[0].text, other.text);
    return other && group[0] && parting ? [{ arms: [spoken(group[0]), spoken(other)] as const, token: parting.place + 1, near: parting.near }] : [];
  });
  const times = written
    .flatMap((one) => (one.text.msPerToken === undefined ? [] : [{ arm: spoken(one), ms: one.text.msPerToken }]))
    .sort((one, other) => one.ms - other.ms);
  const told = times.length > mostTimes ? [times[0], times.at(-1)].flatMap((one) => one ?? []) : times;
  return [
    same.length + parted.length > 0
      ? t.headline.wroteSame(
          where,
          same.map((group) => ({ arms: group.map(spoken), tokens: group[0]?.text.tokens.length ?? 0 })),
          parted,
        )
      : t.headline.wroteAlone(
          where,
          written.map((one) => ({ arm: spoken(one), tokens: one.text.tokens.length })),
        ),
    ...(told.length > 0 ? [t.headline.tokenTimes(told)] : []),
  ];
};
