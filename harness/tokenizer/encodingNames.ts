/** Vocabularies that texts are cut into tokens by: GPT-4's and GPT-4o's. */
export const encodingNames = ["cl100k_base", "o200k_base"] as const;

export type EncodingName = (typeof encodingNames)[number];

/** Numbers that tokens have in each, special ones among them, as the tokenizer knows them: from 0 to one less. */
export const vocabularySizes: Readonly<Record<EncodingName, number>> = { cl100k_base: 100_277, o200k_base: 200_007 };
