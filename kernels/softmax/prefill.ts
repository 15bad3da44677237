import { laneSteps } from "../laneSteps.ts";
import type { Capabilities, Plan, Shape, Step, Tiles } from "../mechanism.ts";
import { scaleOf } from "../scale.ts";
import { type Kernel, stepOf } from "../step.ts";
import { storing } from "../storage.ts";
import { greatestDivisor, tileSize } from "../tiles.ts";
import banded from "./banded.wgsl";
import { attendedNames, softmaxBuffers } from "./buffers.ts";
import causal from "./causal.wgsl";
import keep from "./keep.wgsl";
import naiveOutput from "./naiveOutput.wgsl";
import naiveScores from "./naiveScores.wgsl";
import naiveSoftmax from "./naiveSoftmax.wgsl";
import tiledRows from "./tiledRows.wgsl";
import tiledSubgroup from "./tiledSubgroup.wgsl";
import tiledWorkgroup from "./tiledWorkgroup.wgsl";
import { storedTypes } from "./types.ts";
import { cacheCapacity, isWindowed, visibleKeys, windowOf } from "./window.ts";

const shapeConstants = ({ heads, kvHeads, headDim, headDimV }: Shape): Step["constants"] => ({
  HEADS: heads,
  KV_HEADS: kvHeads,
  HEAD_DIM: headDim,
  HEAD_DIM_V: headDimV,
});

/** A kernel with the functions that tell which keys a row sees, and their constants. */
const seeing = (shape: Shape, source: string): { kernel: Pick<Kernel, "source" | "f16">; visibility: Step["constants"] } => ({
  kernel: storing(`${source}\n${isWindowed(shape) ? banded : causal}`, storedTypes(shape)),
  visibility: isWindowed(shape) ? windowConstants(shape) : {},
});

const windowConstants = (shape: Shape): Step["constants"] => {
  const { window, sinks } = windowOf(shape);
  return { WINDOW: window, SINKS: sinks };
};

const keepThreads = 256;

/** Behind the attention of a window: its cache is filled. Two steps, of one kernel where keys and values are of one size. */
const keepSteps = (shape: Shape, most: number): Step[] => {
  if (!isWindowed(shape)) return [];
  const sizes = [
    ["k", shape.headDim],
    ["v", shape.headDimV],
  ] as const;
  return sizes.map(([name, channels]) => {
    const rowQuads = (shape.kvHeads * channels) / 4;
    const workgroups = Math.ceil((cacheCapacity(shape) * rowQuads) / keepThreads);
    const x = Math.min(workgroups, most);
    return stepOf({
      label: `keep ${name}`,
      ...storing(keep, storedTypes(shape)),
      constants: { THREADS: keepThreads, ROW_QUADS: rowQuads, ...windowConstants(shape) },
      bindings: [name, `${name}Cache`],
      workgroups: [x, Math.ceil(workgroups / x), shape.batch],
    });
  });
};

/** Largest divisor of `quads` (vec4s of a head) that a slice staged in workgroup memory may have. */
const sliceQuads = (quads: number): number => greatestDivisor(quads, 8);

/** Rows and columns of a tile of naiveScores.wgsl and naiveOutput.wgsl. */
const naiveTile = 32;
/** Operations that would take as long as what naiveSoftmax.wgsl does with a score, which is to wait for memory: it is read and written five times, 20 bytes of which a GPU moves while it does 600 at best, 60 at a tenth. */
const flopsOfScore = 64;

/** Scores, row softmax, weighted sum: three steps with all n × n scores in memory. */
export const naivePlan = (shape: Shape, tiles: Tiles, { maxComputeWorkgroupsPerDimension }: Capabilities): Plan => {
  const { n, batch, heads, headDim, headDimV } = shape;
  const across = Math.ceil(n / tileSize(tiles, "keys"));
  const down = Math.ceil(n / tileSize(tiles, "rows"));
  const { kernel, visibility } = seeing(shape, naiveScores);
  const [keys, values] = attendedNames(shape);
  const scores = stepOf({
    label: "scores",
    ...kernel,
    constants: { ...shapeConstants(shape), ...visibility, SLICE: sliceQuads(headDim / 4), SCALE: scaleOf(shape) },
    bindings: ["q", keys, "scores"],
    workgroups: [across, down, batch * heads],
    groupFlops: 2 * naiveTile * naiveTile * headDim,
  });
  const softmax = stepOf({
    label: "softmax",
    source: naiveSoftmax,
    constants: {},
    bindings: ["scores"],
    workgroups: [n, 1, batch * heads],
    groupFlops: flopsOfScore * n,
  });
  const output = stepOf({
    label: "output",
    ...storing(naiveOutput, storedTypes(shape)),
    constants: shapeConstants(shape),
    bindings: ["scores", values, "o"],
    workgroups: [Math.ceil(headDimV / naiveTile), down, batch * heads],
    groupFlops: 2 * naiveTile * naiveTile * n,
  });
  return { buffers: softmaxBuffers(shape, "naive", tiles), setup: [], steps: [scores, softmax, output, ...keepSteps(shape, maxComputeWorkgroupsPerDimension)] };
};

/** Keys that a workgroup of row tiles walks at most: all, or the sinks and a band as wide as the window and the rows, each in whole tiles. */
const mostKeys = (shape: Shape, tiles: Tiles): number =>
  Math.min(shape.n, visibleKeys(shape, shape.n) + (isWindowed(shape) ? tileSize(tiles, "rows") + 2 * tileSize(tiles, "keys") : 0));

/** One step: each workgroup walks the keys that its query rows may see. */
export const tiledPlan = (shape: Shape, tiles: Tiles, { maxComputeWorkgroupsPerDimension }: Capabilities): Plan => {
  const rows = tileSize(tiles, "rows");
  const rowTiles = Math.ceil(shape.n / rows);
  const x = Math.min(rowTiles, maxComputeWorkgroupsPerDimension);
  const { source, constants, subgroups } = tiledKernel(shape, tiles);
  const { kernel, visibility } = seeing(shape, source);
  const [keys, values] = attendedNames(shape);
  const attention = stepOf({
    label: "attention",
    ...kernel,
    subgroups,
    constants: {
      ...shapeConstants(shape),
      ...visibility,
      SCALE_LOG2E: Math.LOG2E * scaleOf(shape),
      ...constants,
    },
    bindings: ["q", keys, values, "o"],
    workgroups: [x, Math.ceil(rowTiles / x), shape.batch * shape.heads],
    groupFlops: 2 * rows * (shape.headDim + shape.headDimV) * mostKeys(shape, tiles),
  });
  return { buffers: softmaxBuffers(shape, "tiled", tiles), setup: [], steps: [attention, ...keepSteps(shape, maxComputeWorkgroupsPerDimension)] };
};

const tiledKernel = (shape: Shape, tiles: Tiles): Required<Pick<Kernel, "source" | "constants" | "subgroups">> => {
  if (tiles.path === "subgroup") return { source: tiledSubgroup, constants: subgroupConstants(shape, tiles), subgroups: true };
  if (tiles.path === "rows") return { source: tiledRows, constants: rowsConstants(shape, tiles), subgroups: tileSize(tiles, "share") > 1 };
  return { source: tiledWorkgroup, constants: workgroupConstants(shape, tiles), subgroups: false };
};

const rowsConstants = ({ headDim, headDimV }: Shape, tiles: Tiles): Step["constants"] => {
  const [share, splits, rowsEach] = [tileSize(tiles, "share"), tileSize(tiles, "splits"), tileSize(tiles, "rowsEach")];
  const oQuads = Math.ceil(headDimV / 4 / share);
  return {
    ROWS: tileSize(tiles, "rows"),
    ROWS_EACH: rowsEach,
    PAIRED: rowsEach > 1,
    KEYS: tileSize(tiles, "keys"),
    SPLITS: splits,
    SPLIT: splits > 1,
    SHARE: share,
    SHARED: share > 1,
    Q_QUADS: Math.ceil(headDim / 4 / share),
    O_GROUPS: Math.ceil(oQuads / splits),
    PADDED: (headDim / 4) % share !== 0 || (headDimV / 4) % (share * splits) !== 0,
  };
};

const subgroupConstants = ({ headDimV }: Shape, tiles: Tiles): Step["constants"] => {
  const lanes = tileSize(tiles, "lanes");
  return { ...laneSteps(lanes), LANES: lanes, ROWS: tileSize(tiles, "rows"), KEY_VECTORS: tileSize(tiles, "keys") / lanes, CHANNEL_VECTORS: headDimV / lanes };
};

const workgroupConstants = ({ headDim, headDimV }: Shape, tiles: Tiles): Step["constants"] => {
  const quads = headDimV / 4;
  return {
    ROWS_EACH: tileSize(tiles, "rows") / 16,
    SLICE: sliceQuads(headDim / 4),
    V_KEYS: [32, 16, 8].find((keys) => keys * quads <= 384) ?? 4,
    CHANNEL_QUADS: Math.ceil(quads / 8),
  };
};
