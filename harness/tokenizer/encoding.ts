import type { GptEncoding } from "gpt-tokenizer/GptEncoding";
import type { EncodingName } from "./encodingNames.ts";

/** A vocabulary is megabytes of JavaScript: each is loaded when it is first asked for, and never by a command that asks for none. */
const loads: Readonly<Record<EncodingName, () => Promise<{ readonly default: GptEncoding }>>> = {
  cl100k_base: () => import("gpt-tokenizer/encoding/cl100k_base"),
  o200k_base: () => import("gpt-tokenizer/encoding/o200k_base"),
};

export const loadEncoding = async (name: EncodingName): Promise<GptEncoding> => (await loads[name]()).default;

/** Ids of a text's tokens. What looks like a special token is text like any other. */
export const encode = async (text: string, name: EncodingName): Promise<readonly number[]> => idsOf(await loadEncoding(name), text);

export const decode = async (ids: readonly number[], name: EncodingName): Promise<string> => (await loadEncoding(name)).decode(ids);

/** As `decode`; a number that is no token of this vocabulary, as a model with a larger one may write, stands by itself: ⟨120000⟩. */
export const decodeKnown = async (ids: readonly number[], name: EncodingName): Promise<string> => {
  const encoding = await loadEncoding(name);
  const isToken = (id: number): boolean => {
    try {
      encoding.decode([id]);
      return true;
    } catch {
      return false;
    }
  };
  // Tokens that follow each other are put together: one may be a part of a character.
  const runs: { readonly isToken: boolean; readonly ids: number[] }[] = [];
  for (const id of ids) {
    const known = isToken(id);
    const last = runs.at(-1);
    if (last?.isToken === known) last.ids.push(id);
    else runs.push({ isToken: known, ids: [id] });
  }
  return runs.map((run) => (run.isToken ? encoding.decode(run.ids) : run.ids.map((id) => `⟨${id}⟩`).join(""))).join("");
};

export const idsOf = (encoding: GptEncoding, text: string): readonly number[] => encoding.encode(text, { disallowedSpecial: new Set() });
