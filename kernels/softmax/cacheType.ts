import type { Shape } from "../mechanism.ts";

/** How a kernel reads and writes keys and values: by these names, so that a cache of f16 differs in this line alone. All arithmetic is in f32. */
const aliases = {
  f32: "alias Cached = f32; alias CachedQuad = vec4f;",
  f16: "alias Cached = f16; alias CachedQuad = vec4h;",
} as const;

/** A kernel over the cache: its source with the type of the cache before it, and whether that needs the feature shader-f16. */
export const overCache = ({ kvDtype }: Pick<Shape, "kvDtype">, source: string): { readonly source: string; readonly f16: boolean } => ({
  source: `${aliases[kvDtype]}\n${source}`,
  f16: kvDtype === "f16",
});

export const cacheElementBytes = ({ kvDtype }: Pick<Shape, "kvDtype">): number => (kvDtype === "f16" ? 2 : 4);
