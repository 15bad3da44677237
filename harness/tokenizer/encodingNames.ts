/** Vocabularies that texts are cut into tokens by: GPT-4's and GPT-4o's. */
export const encodingNames = ["cl100k_base", "o200k_base"] as const;

export type EncodingName = (typeof encodingNames)[number];

/** Tokens that texts are cut into have numbers from 0 to one less. */
export const ordinaryTokens: Readonly<Record<EncodingName, number>> = { cl100k_base: 100_256, o200k_base: 199_998 };

/** Tokens that no text is cut into, as OpenAI's tiktoken has them (tiktoken_ext/openai_public.py): gpt-tokenizer 4.0 numbers those of o200k_base otherwise. */
export const specialTokens: Readonly<Record<EncodingName, ReadonlyMap<number, string>>> = {
  cl100k_base: new Map([
    [100_257, "<|endoftext|>"],
    [100_258, "<|fim_prefix|>"],
    [100_259, "<|fim_middle|>"],
    [100_260, "<|fim_suffix|>"],
    [100_276, "<|endofprompt|>"],
  ]),
  o200k_base: new Map([
    [199_999, "<|endoftext|>"],
    [200_018, "<|endofprompt|>"],
  ]),
};

/** Numbers that tokens have in each, special ones among them: from 0 to one less. */
export const vocabularySizes: Readonly<Record<EncodingName, number>> = { cl100k_base: 100_277, o200k_base: 200_019 };
