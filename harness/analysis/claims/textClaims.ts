import type { Tokenization } from "../../record/run.ts";
import { formatCount, formatList, formatNumber } from "../format.ts";
import { type Claim, judged } from "./claim.ts";

/** How the ids of the question begin. */
const published = [37046, 33565, 111, 24186, 6079, 99];

const beginsSo = ({ ids }: Tokenization): boolean => published.every((id, i) => ids[i] === id);

const names = (all: readonly Tokenization[]): string => formatList(all.map(({ encoding }) => encoding));

const evidence = "tokenizer";
const would = "A tokenizer that gives the text back would tell.";

export const textClaims: readonly Claim[] = [
  {
    id: "S1",
    judge: ({ tokenizer = [] }) => {
      if (tokenizer.length === 0) return undefined;
      const whole = tokenizer.filter(({ restores }) => restores);
      const others = whole.filter((one) => !beginsSo(one));
      return judged({
        held: whole.length === 0 ? undefined : whole.some(beginsSo),
        measured: `${formatList(tokenizer.map(({ encoding, ids }) => `${encoding} gives ${ids.slice(0, published.length).join(", ")}${ids.length > published.length ? " …" : ""} (${formatCount(ids.length)} tokens)`))}.`,
        corrections: [others.length > 0 && `Ids are those of one vocabulary: ${names(whole.filter(beginsSo))} gives these, ${names(others)} others.`],
        would,
        evidence,
      });
    },
  },
  {
    id: "S2",
    judge: ({ tokenizer = [] }) => {
      if (tokenizer.length === 0) return undefined;
      const whole = tokenizer.filter(({ restores }) => restores);
      const alike = whole.filter(({ ids, characters }) => ids.length === characters);
      const counts = whole.map(({ ids }) => ids.length);
      const ratio = Math.max(...counts) / Math.min(...counts);
      const between = ratio > 1 ? ` The vocabulary alone makes n ${formatNumber(ratio)} times as large, and n² ${formatNumber(ratio ** 2)} times.` : "";
      return judged({
        held: whole.length === 0 ? undefined : alike.length < whole.length,
        measured: `${formatList(tokenizer.map(({ encoding, ids, characters }) => `${formatCount(characters)} characters are ${formatCount(ids.length)} tokens in ${encoding}`))}.${between}`,
        corrections: [alike.length > 0 && `In ${names(alike)} the numbers happen to be alike.`],
        would,
        evidence,
      });
    },
  },
];
