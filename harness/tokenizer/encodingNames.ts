/** Vocabularies that texts are cut into tokens by: GPT-4's and GPT-4o's. */
export const encodingNames = ["cl100k_base", "o200k_base"] as const;

export type EncodingName = (typeof encodingNames)[number];
