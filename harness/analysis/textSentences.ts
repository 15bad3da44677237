import type { RunRecord } from "../record/run.ts";
import { formatCount, formatList } from "./format.ts";
import { groupBy } from "./grouping.ts";
import { type ArmText, armTexts, partingOf, shareWeights } from "./writtenTexts.ts";

/** What was written, at most: random weights write no more sense in a longer piece. */
const mostCharacters = 60;
const mostNumbers = 8;

/** What each arm wrote, those that wrote the same together; then where arms of the same weights part, and texts that failed. None where no text was asked for. */
export const textSentences = (record: Pick<RunRecord, "writing" | "cells" | "experiment">): readonly string[] => {
  const texts = armTexts(record);
  const written = texts.filter(({ text }) => text.outcome.status === "ok");
  const alike = groupBy(written, ({ text, cell }) => JSON.stringify([text.tokens, cell.mechanism, cell.model?.pattern]));
  return [
    ...[...alike.values()].map((same) => wroteSentence(same, record)),
    ...written.flatMap((one, i) => written.slice(i + 1).flatMap((other) => (shareWeights(one, other) ? partingSentence(one, other) : []))),
    ...[
      ...groupBy(
        texts.filter(({ text }) => text.outcome.status !== "ok"),
        ({ text }) => ("code" in text.outcome ? text.outcome.code : ""),
      ),
    ].map(([code, of]) => `No text with ${names(of)} (${code}).`),
  ];
};

const names = (texts: readonly ArmText[]): string => formatList([...new Set(texts.map(({ arm }) => arm))]);

/** "KV cache (cached) and no cache (recompute) wrote the same 40 tokens behind 9 of the prompt, each the likeliest: " Conveyor…". float64 chooses the same." */
const wroteSentence = (same: readonly ArmText[], { writing, experiment }: Pick<RunRecord, "writing" | "experiment">): string => {
  const [first] = same;
  if (!first) return "";
  const { tokens, words, ended, near } = first.text;
  const { temperature = 0, stop } = experiment.text ?? {};
  const chosen = temperature === 0 ? "each the likeliest" : `drawn at a temperature of ${temperature}`;
  const end = ended === "stop" ? `, until the stop token ${stop}` : "";
  const what = words === undefined ? `tokens ${shown(tokens.map(String))}` : `“${clipped(words)}”`;
  const held =
    near.length === 0
      ? "float64 chooses the same, token for token"
      : `float64 chooses the same, but for ${formatCount(near.length)} where rounding may choose another`;
  const both = new Set(same.map(({ arm }) => arm)).size > 1 ? "the same " : "";
  return `${names(same)} wrote ${both}${formatCount(tokens.length)} tokens behind ${formatCount(writing?.prompt.length ?? 0)} of the prompt, ${chosen}${end}: ${what}; ${held}.`;
};

const shown = (numbers: readonly string[]): string => `${numbers.slice(0, mostNumbers).join(", ")}${numbers.length > mostNumbers ? ", …" : ""}`;

const clipped = (words: string): string => {
  const characters = Array.from(words.replaceAll(/[\s\p{C}]+/gu, " ").trim());
  return characters.length > mostCharacters ? `${characters.slice(0, mostCharacters).join("")}…` : characters.join("");
};

const partingSentence = (one: ArmText, other: ArmText): readonly string[] => {
  const parting = partingOf(one.text, other.text);
  if (!parting) return [];
  const at = `${one.arm} and ${other.arm} have the same weights and part at token ${formatCount(parting.place + 1)}`;
  return [parting.near ? `${at}, where rounding may choose either.` : `${at}, though rounding cannot part them there: one of them is wrong.`];
};
