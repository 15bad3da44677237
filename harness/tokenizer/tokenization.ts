import type { Estimate } from "../record/derived.ts";
import type { Tokenization } from "../record/run.ts";
import { idsOf, loadEncoding } from "./encoding.ts";
import type { EncodingName } from "./encodingNames.ts";

/** Times that the text is cut: as many before are not counted, while the engine compiles. */
const samples = 41;

/** One text by one vocabulary: its tokens, and the wall time of one on the CPU. `now`: ms, monotonic. */
export const tokenize = async (text: string, encoding: EncodingName, now: () => number): Promise<Tokenization> => {
  const loaded = await loadEncoding(encoding);
  const ids = idsOf(loaded, text);
  const sample = (): number => {
    // Merges of words seen before are remembered: a text that is new has none.
    loaded.clearMergeCache();
    const from = now();
    idsOf(loaded, text);
    return (now() - from) / ids.length;
  };
  for (let i = 0; i < samples; i++) sample();
  return {
    encoding,
    text,
    characters: Array.from(text).length,
    ids,
    restores: loaded.decode(ids) === text,
    msPerToken: medianOf(Array.from({ length: samples }, sample)),
  };
};

/** Median and its 95 % interval by ranks: how many of n values lie below a median is binomial (Conover 1999, §3.2). */
const medianOf = (values: readonly number[]): Estimate => {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (rank: number): number => sorted[Math.min(sorted.length - 1, Math.max(0, rank))] ?? 0;
  const reach = 0.98 * Math.sqrt(values.length);
  const middle = (values.length - 1) / 2;
  return { value: at(Math.round(middle)), low: at(Math.floor(middle - reach)), high: at(Math.ceil(middle + reach)) };
};
