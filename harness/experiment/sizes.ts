/** The sizes of a problem that an axis may sweep, with the largest value accepted and the help text of the schema. */
export const sizes = {
  n: { maximum: 2 ** 27, about: "Tokens: the length of the prompt (prefill), of the context (decode, tokenLoop, offload) or of the text (generate)." },
  dModel: { maximum: 2 ** 17, about: "Attention width, heads × headDim. Any two of dModel, heads and headDim give the third." },
  heads: { maximum: 4096, about: "Query heads." },
  headDim: { maximum: 4096, about: "Channels of a query or key per head." },
  headDimV: { maximum: 4096, about: "Channels of a value per head; as headDim unless given." },
  kvHeads: {
    maximum: 4096,
    about: "Heads of keys and values; as heads unless given. Fewer make grouped-query attention (GQA), 1 makes MQA. The linear family keeps heads.",
  },
  batch: { maximum: 65536, about: "Sequences at once." },
} as const;

export type SizeName = keyof typeof sizes;

export const sizeNames = Object.keys(sizes) as readonly SizeName[];

/** Fields that hold a number type. */
export const dtypeFields = {
  dtype: "How q, k, v and o lie in memory; f32 unless given. f16 needs a device with shader-f16; arithmetic is in f32.",
  kvDtype: "Of the KV cache; as dtype unless given. f32 beside dtype f16 is refused.",
  stateDtype: "Of the recurrent state; f32 unless given.",
} as const;

export const dtypes = ["f32", "f16"] as const;

/** What an axis takes when the file says nothing. */
export const defaultHeads = 8;
export const defaultHeadDim = 64;
