import type { Capabilities, Form, Tiles } from "../mechanism.ts";
import { roundUp, tileSize } from "../tiles.ts";
import { solvedRows } from "./chunkBindings.ts";
import type { Sizes } from "./sizes.ts";

/**
 * The chunk form: `rows` × `columns` register tiles, `keys` columns of scores at a time (subgroup); or a workgroup's `rows` × `tile` (plain). `carried`
 * columns of S where the delta rule carries it, and, by subgroups, solves.
 */
export type ChunkTiles =
  | { readonly path: "subgroup"; readonly rows: number; readonly columns: number; readonly keys: number; readonly carried: number }
  | { readonly path: "plain"; readonly rows: number; readonly tile: number; readonly carried: number };

/** The recurrent form: threads a workgroup, the columns of S each keeps in registers, and the neighbouring threads that share them, a part of the keys each. */
export interface RecurrentTiles {
  readonly path: "subgroup" | "plain";
  readonly threads: number;
  readonly columns: number;
  readonly parts: number;
}

/**
 * vec4s of keys of a column that a thread holds at most. CPU emulations: with twice as many, compiling takes 9 s (lavapipe). GPUs: with twice as many, too
 * few subgroups are in flight or registers spill (npm run gpu-stats).
 */
const mostPartQuads = { software: 16, hardware: 8 };

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
  (form === "recurrent" ? recurrentVariants : chunkVariants)(sizes, capabilities).map((tiles) => ({ ...tiles }));

const chunkVariants = (sizes: Sizes, capabilities: Capabilities): readonly ChunkTiles[] => {
  const { rule, values, chunk } = sizes;
  const plain = plainChunks(sizes);
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

/** Without broadcasts: the default, then fewer rows, fewer columns where that leaves whole tiles, and under the delta rule a narrower S to carry. */
const plainChunks = ({ rule, keys, values, chunk }: Sizes): readonly ChunkTiles[] => {
  const wide = keys % 64 === 0 && values % 64 === 0;
  const tall = chunk % 32 === 0 && rule.decay !== "channel";
  // A workgroup that carries S has at most 256 threads, a thread 4 × 4 elements, and what they share within 16 KiB.
  const fitting = Math.min(256 / (keys / 4), 16384 / (16 * (keys + chunk)), values / 4);
  const carried = fitting >= 4 ? 16 : fitting >= 2 ? 8 : 4;
  const first = { path: "plain", rows: tall ? 32 : 16, tile: wide ? 64 : 32, carried } as const;
  return [
    first,
    ...(tall ? [{ ...first, rows: 16 }] : []),
    ...(wide && !rule.delta ? [{ ...first, tile: 32 }] : []),
    ...(rule.delta && carried > 4 ? [{ ...first, carried: carried / 2 }] : []),
  ];
};

const recurrentVariants = ({ rule, phase, keys, values, normalized }: Sizes, capabilities: Capabilities): readonly RecurrentTiles[] => {
  const { software } = capabilities;
  const broadcast = broadcasts(capabilities);
  // A step by the delta rule goes over keys and queries twice: they wait in workgroup memory.
  const path = broadcast && !(rule.delta && phase !== "prefill") ? "subgroup" : "plain";
  const unit = path === "subgroup" || (broadcast && software) ? capabilities.subgroupMinSize : 32;
  const candidate = (columns: number, partQuads: number, path: RecurrentTiles["path"]): RecurrentTiles => ({
    path,
    // A step of a normalized head is one workgroup, since all of it reads z, which one thread then writes.
    threads: normalized && phase !== "prefill" ? roundUp(Math.ceil(values / columns), unit) : unit,
    columns,
    parts: phase === "prefill" ? Math.min(unit, 2 ** Math.max(0, Math.ceil(Math.log2(keys / 4 / partQuads)))) : 1,
  });
  const quads = software ? mostPartQuads.software : mostPartQuads.hardware;
  const widths = software ? [phase === "prefill" ? 2 : Math.max(1, Math.floor(32 / unit)), 1] : [1, 2];
  const own = widths.map((columns) => candidate(columns, quads, path));
  const all = software
    ? own
    : [
        ...own,
        ...(phase === "prefill" ? widths.map((columns) => candidate(columns, quads / 2, path)) : []),
        ...(path === "subgroup" ? widths.map((columns) => candidate(columns, quads, "plain")) : []),
      ];
  return all.filter(({ columns, parts }) => columns === 1 || values * parts >= columns * unit);
};

/** Tiles as the chunk form knows them. Throws when one is missing. */
export const chunkTiles = (tiles: Tiles): ChunkTiles =>
  tiles.path === "plain"
    ? { path: "plain", rows: tileSize(tiles, "rows"), tile: tileSize(tiles, "tile"), carried: tileSize(tiles, "carried") }
    : {
        path: "subgroup",
        rows: tileSize(tiles, "rows"),
        columns: tileSize(tiles, "columns"),
        keys: tileSize(tiles, "keys"),
        carried: tileSize(tiles, "carried"),
      };

/** Tiles as the recurrent form knows them. Throws when one is missing. */
export const recurrentTiles = (tiles: Tiles): RecurrentTiles => ({
  path: tiles.path === "plain" ? "plain" : "subgroup",
  threads: tileSize(tiles, "threads"),
  columns: tileSize(tiles, "columns"),
  parts: tileSize(tiles, "parts"),
});

/** Workgroups that share a head's columns in the recurrent form. */
export const columnTiles = (values: number, { threads, columns, parts }: RecurrentTiles): number => Math.ceil((values * parts) / (threads * columns));

/** Threads of a head in generate, each with a position of its own. */
export const positionCount = (values: number, tiles: RecurrentTiles): number => columnTiles(values, tiles) * tiles.threads;
