import type { Capabilities, Form, Tiles } from "../mechanism.ts";
import { roundUp, tileSize } from "../tiles.ts";
import { turnsAtOnce } from "../watchdog.ts";
import { panel, solvedRows } from "./chunkBindings.ts";
import { extraFlops } from "./rule.ts";
import type { Sizes } from "./sizes.ts";

/**
 * The chunk form: `rows` × `columns` register tiles, `keys` columns of scores at a time (subgroup); or a workgroup's `rows` × `tile`, `rowsEach` × 4 a thread (plain). `carried`
 * columns of S where the delta rule carries it, and, by subgroups, solves.
 */
export type ChunkTiles = SubgroupChunkTiles | PlainChunkTiles;

export interface SubgroupChunkTiles {
  readonly path: "subgroup";
  readonly rows: number;
  readonly columns: number;
  readonly keys: number;
  readonly carried: number;
  /** as of PlainChunkTiles */
  readonly partChunks?: number;
}

export interface PlainChunkTiles {
  readonly path: "plain";
  readonly rows: number;
  readonly tile: number;
  /** rows of the output that a thread has */
  readonly rowsEach: number;
  /** contraction steps staged at once in workgroup memory: channels or keys of the output, tokens of the sums, and channels of products of keys */
  readonly panel: number;
  readonly sumsPanel: number;
  readonly pairsPanel: number;
  /** chunks of one dispatch of the delta rule's scan over more than one may take (watchdog.ts) */
  readonly partChunks?: number;
}

/**
 * The recurrent form: threads a workgroup, the columns of S each keeps in registers, and the threads that share them, a part of the keys each: neighbours,
 * or (spread) as many as there are quads of keys, and the columns a quad too.
 */
export interface RecurrentTiles {
  readonly path: "subgroup" | "plain" | "spread";
  readonly threads: number;
  readonly columns: number;
  readonly parts: number;
  /** tokens of one dispatch of a prefill that is too long for one (watchdog.ts) */
  readonly partTokens?: number;
}

/** vec4s of keys of a column that a thread holds at most on a CPU emulation: with twice as many, compiling takes 9 s (lavapipe). */
const mostPartQuads = 16;

/** Broadcasts replace loads where every subgroup has one known size. */
export const broadcasts = ({ subgroups, subgroupMinSize, subgroupMaxSize }: Capabilities): boolean =>
  subgroups && subgroupMinSize === subgroupMaxSize && subgroupMinSize % 4 === 0 && subgroupMinSize > 0;

/** Columns in register tiles of whole subgroups, at most `widths` of them, the tiles as even as they can be. */
const evenColumns = (values: number, subgroup: number, widths: number): number => {
  const tiles = Math.ceil(values / (subgroup * widths));
  return roundUp(Math.ceil(values / tiles), subgroup);
};

/** Candidate variants of a form on a device, the default first. */
export const variants = (sizes: Sizes, form: Form, capabilities: Capabilities): readonly Tiles[] =>
  form === "recurrent"
    ? recurrentVariants(sizes, capabilities).map((tiles) => ({ ...tiles }))
    : chunkVariants(sizes, capabilities).map((tiles) => ({ ...tiles, ...scanParting(sizes, tiles, capabilities) }));

/** Nothing where one dispatch is enough, and where nothing but reading is done from chunk to chunk. */
const scanParting = (
  { rule, batch, heads, keys, values, chunk, chunks }: Sizes,
  { path }: ChunkTiles,
  capabilities: Capabilities,
): Pick<ChunkTiles, "partChunks"> => {
  if (!rule.delta) return {};
  const partChunks = turnsAtOnce(chunks, 2 * batch * heads * keys * values * (path === "plain" ? keys : 2 * chunk), capabilities);
  return partChunks < chunks ? { partChunks } : {};
};

const chunkVariants = (sizes: Sizes, capabilities: Capabilities): readonly ChunkTiles[] => {
  const { rule, values, chunk } = sizes;
  const plain = plainChunks(sizes, capabilities);
  // A row's scores against a whole text do not fit workgroup memory; by tiles they do.
  if (!broadcasts(capabilities) || chunk > 256) return plain;
  const subgroup = capabilities.subgroupMinSize;
  // On an emulation loads are dear and registers are memory anyway: wide tiles.
  const widths = capabilities.software ? 8 : 2;
  const blocks = (rows: number): ChunkTiles => ({
    path: "subgroup",
    rows,
    columns: evenColumns(values, subgroup, widths),
    // Narrow on an emulation, so that few scores above the diagonal are computed; never less than the squares on it that chunkInvert.wgsl reads whole.
    keys: Math.max(roundUp(solvedRows, subgroup), capabilities.software ? 0 : evenColumns(chunk, subgroup, widths)),
    // Half as wide: the loops are nested deeper there, and compiling takes four times as long as for half the columns (lavapipe).
    carried: evenColumns(values, subgroup, Math.max(1, widths / 2)),
  });
  // A tile's scores against its whole chunk fill workgroup memory: 16 KiB is what every device has.
  const rowCounts = (rule.decay === "channel" ? [16] : [16, 32]).filter((rows) => chunk % rows === 0 && 4 * rows * chunk <= 16384);
  return capabilities.software ? rowCounts.map(blocks) : [...plain, ...rowCounts.map(blocks)];
};

/** Workgroups up to which a GPU waits for memory more than it works. */
const fewWorkgroups = 256;

/**
 * Without broadcasts: the default, then fewer rows, more, and fewer columns where that leaves whole tiles. A panel waits once for the device's memory: where little work is in flight 64 steps
 * at once are faster (H100, 8 heads × 64: 1.2 times at n = 64 to 512), beyond it 32, which leave room for more workgroups (1.13 times at n = 8,192). 64 take 32 KiB, which leaves RDNA3 too few
 * subgroups in flight, so only devices whose subgroups have one size get them.
 */
const plainChunks = (sizes: Sizes, capabilities: Capabilities): readonly ChunkTiles[] => {
  const { rule, tokens, batch, heads, keys, values, chunk } = sizes;
  const wide = keys % 64 === 0 && values % 64 === 0;
  const tall = chunk % 32 === 0 && rule.decay !== "channel";
  const rows = tall ? 32 : 16;
  const staged = chunk % 32 === 0 ? 32 : 16;
  const large = chunk % 64 === 0 && broadcasts(capabilities) && !capabilities.software && capabilities.maxComputeWorkgroupStorageSize >= 32768;
  const common = {
    path: "plain",
    rows,
    tile: wide ? 64 : 32,
    rowsEach: 4,
    panel: staged,
    sumsPanel: 16,
    pairsPanel: pairsPanel(sizes, rows, large),
  } as const;
  const long = large ? [{ ...common, panel: 64, sumsPanel: 64 }] : [];
  const few = Math.ceil(tokens / 32) * Math.ceil(values / common.tile) * batch * heads <= fewWorkgroups;
  return [
    ...(few ? long : []),
    common,
    ...(few ? [] : long),
    ...(tall ? [{ ...common, rows: 16 }] : []),
    ...(tall && chunk % 64 === 0 ? [{ ...common, rows: 64 }] : []),
    ...(wide ? [{ ...common, tile: 32 }] : []),
  ];
};

/**
 * Products of keys stage little, but where the decays of every channel lie beside them: then half a panel (AMD: 8 subgroups per SIMD instead of 6), and two where few workgroups wait for
 * memory (H200, gla, 8 heads × 64: 1.5 times faster at n = 64, 1.6 times slower at n = 2,048).
 */
const pairsPanel = ({ rule, tokens, batch, heads }: Sizes, rows: number, large: boolean): number => {
  if (rule.decay !== "channel") return panel;
  return large && Math.ceil(tokens / rows) * batch * heads <= fewWorkgroups ? 2 * panel : panel / 2;
};

const recurrentVariants = (sizes: Sizes, capabilities: Capabilities): readonly RecurrentTiles[] =>
  sizes.phase === "prefill" || capabilities.software ? columnVariants(sizes, capabilities) : [...spreadVariants(sizes), ...columnVariants(sizes, capabilities)];

/** Workgroups of half of this many threads, of fewer, and of all, as far as a head's columns go. */
const mostSpread = 256;

/** One token on a GPU. Of a normalized head one workgroup has all columns, since all of them need z, which it then writes. */
const spreadVariants = ({ keys, values, normalized }: Sizes): readonly RecurrentTiles[] => {
  const parts = keys / 4;
  const all = values / 4;
  const most = Math.min(all, Math.floor(mostSpread / parts));
  if (normalized && most < all) return [];
  const counts = normalized ? [all] : [...new Set([2, 4, 1].map((divisor) => Math.max(1, Math.min(most, Math.floor(mostSpread / parts / divisor)))))];
  return counts.map((quads) => ({ path: "spread", threads: parts * quads, columns: 4, parts }));
};

const columnVariants = (sizes: Sizes, capabilities: Capabilities): readonly RecurrentTiles[] => {
  const { rule, phase, values } = sizes;
  const { software } = capabilities;
  const broadcast = broadcasts(capabilities);
  // A step by the delta rule goes over keys and queries twice: they wait in workgroup memory.
  const path: "subgroup" | "plain" = broadcast && !(rule.delta && phase !== "prefill") ? "subgroup" : "plain";
  const unit = path === "subgroup" || (broadcast && software) ? capabilities.subgroupMinSize : 32;
  const widths = software ? [phase === "prefill" ? 2 : Math.max(1, Math.floor(32 / unit)), 1] : [1, 2];
  const parts = partCounts(sizes, unit, software);
  const wanted: readonly Pick<RecurrentTiles, "path" | "columns" | "parts">[] = [
    ...widths.map((columns) => ({ path, columns, parts: parts[0] })),
    ...parts.slice(1).map((count) => ({ path, columns: 1, parts: count })),
    ...(software || path === "plain" ? [] : [{ path: "plain" as const, columns: 1, parts: parts[0] }]),
  ];
  return wanted
    .filter((tiles) => tiles.columns === 1 || values * tiles.parts >= tiles.columns * unit)
    .map((tiles) => ({ ...tiles, threads: columnThreads(sizes, tiles.columns, unit), ...parting(sizes, capabilities) }));
};

/** Nothing where one dispatch is enough. */
const parting = ({ rule, phase, batch, heads, tokens, keys, values }: Sizes, capabilities: Capabilities): Pick<RecurrentTiles, "partTokens"> => {
  const partTokens = phase === "prefill" ? turnsAtOnce(tokens, batch * heads * keys * values * (4 + extraFlops(rule)), capabilities) : tokens;
  return partTokens < tokens ? { partTokens } : {};
};

/** A step of a normalized head is one workgroup, since all of it reads z, which one thread then writes. */
const columnThreads = ({ phase, values, normalized }: Sizes, columns: number, unit: number): number =>
  normalized && phase !== "prefill" ? roundUp(Math.ceil(values / columns), unit) : unit;

/**
 * Neighbours that share a column in prefill, the best first: as many as its vec4s of keys make necessary on a CPU emulation, and on a GPU up to 16 (H100, 8 heads × 64: 4.4 times faster
 * than alone, 1.1 times faster than 4).
 */
const partCounts = ({ phase, keys }: Sizes, unit: number, software: boolean): readonly [number, ...number[]] => {
  if (phase !== "prefill") return [1];
  const sharing = (quads: number): number => 2 ** Math.max(0, Math.ceil(Math.log2(keys / 4 / quads)));
  if (software) return [sharing(mostPartQuads)];
  const most = Math.min(16, unit, sharing(1));
  return [most, Math.max(1, most / 4)];
};

/** Tiles as the chunk form knows them. Throws when one is missing. */
export const chunkTiles = (tiles: Tiles): ChunkTiles =>
  tiles.path === "plain"
    ? {
        path: "plain",
        rows: tileSize(tiles, "rows"),
        tile: tileSize(tiles, "tile"),
        rowsEach: tileSize(tiles, "rowsEach"),
        panel: tileSize(tiles, "panel"),
        sumsPanel: tileSize(tiles, "sumsPanel"),
        pairsPanel: tileSize(tiles, "pairsPanel"),
        ...partedChunks(tiles),
      }
    : {
        path: "subgroup",
        rows: tileSize(tiles, "rows"),
        columns: tileSize(tiles, "columns"),
        keys: tileSize(tiles, "keys"),
        carried: tileSize(tiles, "carried"),
        ...partedChunks(tiles),
      };

const partedChunks = (tiles: Tiles): Pick<ChunkTiles, "partChunks"> => (tiles.partChunks === undefined ? {} : { partChunks: tileSize(tiles, "partChunks") });

/** Tiles as the recurrent form knows them. Throws when one is missing. */
export const recurrentTiles = (tiles: Tiles): RecurrentTiles => ({
  path: tiles.path === "plain" || tiles.path === "spread" ? tiles.path : "subgroup",
  threads: tileSize(tiles, "threads"),
  columns: tileSize(tiles, "columns"),
  parts: tileSize(tiles, "parts"),
  ...(tiles.partTokens === undefined ? {} : { partTokens: tileSize(tiles, "partTokens") }),
});

/** Workgroups that share a head's columns in the recurrent form. */
export const columnTiles = (values: number, { threads, columns, parts }: RecurrentTiles): number => Math.ceil((values * parts) / (threads * columns));

/** Threads of a head in generate, each with a position of its own. */
export const positionCount = (values: number, tiles: RecurrentTiles): number => columnTiles(values, tiles) * tiles.threads;
