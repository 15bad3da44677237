import type { Tokenization } from "../../record/run.ts";
import { type Claim, judged } from "./claim.ts";

/** How the ids of the question begin. */
const published = [37046, 33565, 111, 24186, 6079, 99];

const beginsSo = ({ ids }: Tokenization): boolean => published.every((id, i) => ids[i] === id);

const names = (all: readonly Tokenization[]): readonly string[] => all.map(({ encoding }) => encoding);

const cutOf = ({ encoding, characters, ids }: Tokenization) => ({ encoding, characters, tokens: ids.length });

const evidence = "tokenizer";

export const textClaims: readonly Claim[] = [
  {
    id: "S1",
    judge: ({ tokenizer = [] }, t) => {
      const { found } = t.claims;
      if (tokenizer.length === 0) return undefined;
      const whole = tokenizer.filter(({ restores }) => restores);
      const others = whole.filter((one) => !beginsSo(one));
      return judged(t, {
        held: whole.length === 0 ? undefined : whole.some(beginsSo),
        measured: found.S1.measured(tokenizer.map(({ encoding, ids }) => ({ encoding, ids: ids.slice(0, published.length), tokens: ids.length }))),
        corrections: [others.length > 0 && found.S1.others(names(whole.filter(beginsSo)), names(others))],
        would: found.wouldRestore,
        evidence,
      });
    },
  },
  {
    id: "S2",
    judge: ({ tokenizer = [] }, t) => {
      const { found } = t.claims;
      if (tokenizer.length === 0) return undefined;
      const whole = tokenizer.filter(({ restores }) => restores);
      const alike = whole.filter(({ ids, characters }) => ids.length === characters);
      const counts = whole.map(({ ids }) => ids.length);
      const ratio = Math.max(...counts) / Math.min(...counts);
      return judged(t, {
        held: whole.length === 0 ? undefined : alike.length < whole.length,
        measured: t.joinSentences([found.S2.measured(tokenizer.map(cutOf)), ...(ratio > 1 ? [found.S2.between(ratio)] : [])]),
        corrections: [alike.length > 0 && found.S2.alike(names(alike))],
        would: found.wouldRestore,
        evidence,
      });
    },
  },
];
