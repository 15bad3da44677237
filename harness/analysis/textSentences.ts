import { en } from "../messages/en.ts";
import type { Messages } from "../messages/messages.ts";
import type { RunRecord } from "../record/run.ts";
import { groupBy } from "./grouping.ts";
import { type ArmText, armTexts, partingOf, shareWeights } from "./writtenTexts.ts";

/** What was written, at most: random weights write no more sense in a longer piece. */
const mostCharacters = 60;
const mostNumbers = 8;

/** What each arm wrote, those that wrote the same together; then where arms of the same weights part, and texts that failed. None where no text was asked for. */
export const textSentences = (record: Pick<RunRecord, "writing" | "cells" | "experiment">, t: Messages = en): readonly string[] => {
  const texts = armTexts(record);
  const written = texts.filter(({ text }) => text.outcome.status === "ok");
  const alike = groupBy(written, ({ text, cell }) => JSON.stringify([text.tokens, cell.mechanism, cell.model?.pattern, cell.model?.mixers]));
  return [
    ...[...alike.values()].map((same) => wroteSentence(same, record, t)),
    ...written.flatMap((one, i) => written.slice(i + 1).flatMap((other) => (shareWeights(one, other) ? partingSentence(one, other, t) : []))),
    ...[
      ...groupBy(
        texts.filter(({ text }) => text.outcome.status !== "ok"),
        ({ text }) => ("code" in text.outcome ? text.outcome.code : ""),
      ),
    ].map(([code, of]) => t.text.failed(names(of), code)),
  ];
};

const names = (texts: readonly ArmText[]): readonly string[] => [...new Set(texts.map(({ arm }) => arm))];

/** "KV cache (cached) and no cache (recompute) wrote the same 40 tokens behind 9 of the prompt, the likeliest each time: " Conveyor…". float64 chooses the same." */
const wroteSentence = (same: readonly ArmText[], { writing, experiment }: Pick<RunRecord, "writing" | "experiment">, t: Messages): string => {
  const [first] = same;
  if (!first) return "";
  const { tokens, words, ended, near } = first.text;
  const held = heldOf(first);
  const { temperature = 0, stop } = experiment.text ?? {};
  return t.text.wrote(names(same), {
    tokens: tokens.length,
    prompt: writing?.prompt.length ?? 0,
    temperature,
    stop: ended === "stop" ? stop : undefined,
    shown: words === undefined ? { numbers: tokens.slice(0, mostNumbers), more: tokens.length > mostNumbers } : clipped(words),
    held,
    near: near.filter((place) => place < (held ?? tokens.length)).length,
  });
};

/** Of a model with experts: the tokens before those at the end that are all open, since from a router on that is as near between two experts as rounding nothing of a text is held. Undefined where its last is held. */
const heldOf = ({ text: { tokens, near }, cell }: ArmText): number | undefined => {
  if (cell.model?.feedForward.kind !== "experts") return undefined;
  const open = new Set(near);
  let held = tokens.length;
  while (held > 0 && open.has(held - 1)) held--;
  return held === tokens.length ? undefined : held;
};

const clipped = (words: string): string => {
  const characters = Array.from(words.replaceAll(/[\s\p{C}]+/gu, " ").trim());
  return characters.length > mostCharacters ? `${characters.slice(0, mostCharacters).join("")}…` : characters.join("");
};

const partingSentence = (one: ArmText, other: ArmText, t: Messages): readonly string[] => {
  const parting = partingOf(one.text, other.text);
  return parting ? [t.text.parting([one.arm, other.arm], parting.place + 1, parting.near)] : [];
};
