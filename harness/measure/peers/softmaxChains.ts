import type { Shape, Tensors } from "../../../kernels/mechanism.ts";
import type { Chain, ChainOutput } from "./chain.ts";
import { swapMiddle } from "./layout.ts";
import type { OnnxTensor } from "./onnx.ts";
import { floats } from "./tensors.ts";

/** Links over which the copy that the first link makes of its cache is spread. */
const linksOverCopy = 16;

const f32Bytes = 4;

/**
 * Softmax attention: GroupQueryAttention, which keeps a cache of fixed capacity in place from link to link, and where every head has keys of its own
 * MultiHeadAttention, which copies its cache at each step. Which of them is faster is for the adapter to say.
 */
export const softmaxChains = (shape: Shape, tensors: Tensors): readonly Chain[] =>
  shape.phase === "decode"
    ? [groupQueryDecode(shape, tensors), ...(shape.kvHeads === shape.heads ? [multiHeadDecode(shape, tensors)] : [])]
    : [groupQueryPrefill(shape, tensors), ...(shape.kvHeads === shape.heads ? [multiHeadPrefill(shape, tensors)] : [])];

const tokensOf = ({ phase, n }: Shape): number => (phase === "decode" ? 1 : n);

/** q [batch, token, head · channel], k and v [batch, token, kvHead · channel]: our layout is theirs. */
const newest = (shape: Shape, tensors: Tensors): readonly OnnxTensor[] => {
  const { batch, heads, kvHeads, headDim } = shape;
  const of = (name: string, lines: number): OnnxTensor => ({ name, dims: [batch, tokensOf(shape), lines * headDim], data: floats(tensors, name) });
  return [of("q", heads), of("k", kvHeads), of("v", kvHeads)];
};

const outputOf = (shape: Shape): ChainOutput => ({
  buffer: "o",
  name: "o0",
  dims: [shape.batch, tokensOf(shape), shape.heads * shape.headDim],
  toOurs: (values) => values,
});

/** An output is a mean of values, so a chain of them as queries stays in range. */
const query = (index: number): string => (index === 0 ? "q" : `o${index - 1}`);

const oBytes = ({ heads, headDim, batch, ...shape }: Shape): number => batch * tokensOf({ heads, headDim, batch, ...shape }) * heads * headDim * f32Bytes;

const cacheBytes = ({ batch, kvHeads, headDim }: Shape, tokens: number): number => 2 * batch * kvHeads * tokens * headDim * f32Bytes;

/** Lengths that GroupQueryAttention wants to be told: the last position of each entry, and how many tokens there are with the new ones. */
const lengths = ({ batch }: Shape, total: number): readonly OnnxTensor[] => [
  { name: "lastPositions", dims: [batch], data: new Int32Array(batch).fill(total - 1) },
  { name: "total", dims: [1], data: Int32Array.of(total) },
];

const groupQueryPrefill = (shape: Shape, tensors: Tensors): Chain => ({
  operator: "GroupQueryAttention",
  tensors: [...newest(shape, tensors), ...lengths(shape, shape.n)],
  link: (index) => ({
    operator: "GroupQueryAttention",
    domain: "com.microsoft",
    inputs: [query(index), "k", "v", "", "", "lastPositions", "total"],
    outputs: [`o${index}`, `presentK${index}`, `presentV${index}`],
    attributes: { num_heads: { int: shape.heads }, kv_num_heads: { int: shape.kvHeads } },
  }),
  outputs: () => [outputOf(shape)],
  leastLinks: 1,
  linkBytes: oBytes(shape) + cacheBytes(shape, shape.n),
});

const multiHeadPrefill = (shape: Shape, tensors: Tensors): Chain => ({
  operator: "MultiHeadAttention",
  tensors: newest(shape, tensors),
  link: (index) => ({
    operator: "MultiHeadAttention",
    domain: "com.microsoft",
    inputs: [query(index), "k", "v"],
    outputs: [`o${index}`],
    attributes: { num_heads: { int: shape.heads }, unidirectional: { int: 1 } },
  }),
  outputs: () => [outputOf(shape)],
  leastLinks: 1,
  linkBytes: oBytes(shape) + cacheBytes(shape, shape.n),
});

/** The caches as [batch, kvHead, token, channel], the first `tokens` of our capacity of n + 1; row n is NaN until it is appended. */
const pasts = (shape: Shape, tensors: Tensors, tokens: number): readonly OnnxTensor[] => {
  const { batch, n, kvHeads, headDim } = shape;
  const row = kvHeads * headDim;
  return (["K", "V"] as const).map((which) => {
    const cache = floats(tensors, `${which.toLowerCase()}Cache`);
    const kept = new Float32Array(batch * tokens * row);
    for (let entry = 0; entry < batch; entry++) kept.set(cache.subarray(entry * (n + 1) * row, (entry * (n + 1) + tokens) * row), entry * tokens * row);
    return { name: `past${which}`, dims: [batch, kvHeads, tokens, headDim], data: swapMiddle(kept, [batch, tokens, kvHeads, headDim]) };
  });
};

/** Both operators give back the cache with the newest token, n + 1 rows; every link gives the same. */
const presents = ({ batch, n, kvHeads, headDim }: Shape, link: number): readonly ChainOutput[] =>
  (["K", "V"] as const).map((which) => ({
    buffer: `${which.toLowerCase()}Cache`,
    name: `present${which}${link}`,
    dims: [batch, kvHeads, n + 1, headDim],
    toOurs: (values) => swapMiddle(values, [batch, kvHeads, n + 1, headDim]),
  }));

/** Every link appends the same token at the same place of the cache that the link before it had. */
const groupQueryDecode = (shape: Shape, tensors: Tensors): Chain => {
  const past = (which: "K" | "V", index: number): string => (index === 0 ? `past${which}` : `present${which}${index - 1}`);
  return {
    operator: "GroupQueryAttention",
    tensors: [...newest(shape, tensors), ...pasts(shape, tensors, shape.n + 1), ...lengths(shape, shape.n + 1)],
    link: (index) => ({
      operator: "GroupQueryAttention",
      domain: "com.microsoft",
      inputs: ["q", "k", "v", past("K", index), past("V", index), "lastPositions", "total"],
      outputs: [`o${index}`, `presentK${index}`, `presentV${index}`],
      attributes: { num_heads: { int: shape.heads }, kv_num_heads: { int: shape.kvHeads } },
    }),
    // Of the last link: a cache that is itself an output is not handed on in place.
    outputs: (links) => [outputOf(shape), ...presents(shape, links - 1)],
    leastLinks: linksOverCopy,
    linkBytes: oBytes(shape),
  };
};

/** Its cache grows by every step, so each link begins with the same n rows; the query is what ties it to the one before. */
const multiHeadDecode = (shape: Shape, tensors: Tensors): Chain => ({
  operator: "MultiHeadAttention",
  tensors: [...newest(shape, tensors), ...(shape.n > 0 ? pasts(shape, tensors, shape.n) : [])],
  link: (index) => ({
    operator: "MultiHeadAttention",
    domain: "com.microsoft",
    inputs: [query(index), "k", "v", ...(shape.n > 0 ? ["", "", "", "pastK", "pastV"] : [])],
    outputs: [`o${index}`, `presentK${index}`, `presentV${index}`],
    attributes: { num_heads: { int: shape.heads } },
  }),
  outputs: () => [outputOf(shape), ...presents(shape, 0)],
  leastLinks: 1,
  linkBytes: oBytes(shape) + cacheBytes(shape, shape.n + 1),
});
