import type { GptEncoding } from "gpt-tokenizer/GptEncoding";
import { type EncodingName, ordinaryTokens, specialTokens } from "./encodingNames.ts";

/** A vocabulary is megabytes of JavaScript: each is loaded when it is first asked for, and never by a command that asks for none. */
const loads: Readonly<Record<EncodingName, () => Promise<{ readonly default: GptEncoding }>>> = {
  cl100k_base: () => import("gpt-tokenizer/encoding/cl100k_base"),
  o200k_base: () => import("gpt-tokenizer/encoding/o200k_base"),
};

export const loadEncoding = async (name: EncodingName): Promise<GptEncoding> => (await loads[name]()).default;

/** Ids of a text's tokens. What looks like a special token is text like any other. */
export const encode = async (text: string, name: EncodingName): Promise<readonly number[]> => idsOf(await loadEncoding(name), text);

/** Words of tokens, special ones by their names; a number that is no token of this vocabulary, as a model with a larger one may write, stands by itself: ⟨120000⟩. */
export const decode = async (ids: readonly number[], name: EncodingName): Promise<string> => {
  const encoding = await loadEncoding(name);
  // Tokens that follow each other are put together: one may be a part of a character.
  const runs: { readonly isOrdinary: boolean; readonly ids: number[] }[] = [];
  for (const id of ids) {
    const isOrdinary = id < ordinaryTokens[name];
    const last = runs.at(-1);
    if (last?.isOrdinary === isOrdinary) last.ids.push(id);
    else runs.push({ isOrdinary, ids: [id] });
  }
  const named = (id: number): string => specialTokens[name].get(id) ?? `⟨${id}⟩`;
  return runs.map((run) => (run.isOrdinary ? encoding.decode(run.ids) : run.ids.map(named).join(""))).join("");
};

export const idsOf = (encoding: GptEncoding, text: string): readonly number[] => encoding.encode(text, { disallowedSpecial: new Set() });
