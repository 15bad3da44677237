import type { Capabilities, Plan, Shape, Step, Tiles } from "../mechanism.ts";
import { scaleOf } from "../scale.ts";
import { type Kernel, stepOf } from "../step.ts";
import { greatestDivisor, tileSize } from "../tiles.ts";
import banded from "./banded.wgsl";
import { attendedNames, softmaxBuffers } from "./buffers.ts";
import { overCache } from "./cacheType.ts";
import causal from "./causal.wgsl";
import keep from "./keep.wgsl";
import naiveOutput from "./naiveOutput.wgsl";
import naiveScores from "./naiveScores.wgsl";
import naiveSoftmax from "./naiveSoftmax.wgsl";
import tiledSubgroup from "./tiledSubgroup.wgsl";
import tiledWorkgroup from "./tiledWorkgroup.wgsl";
import { cacheCapacity, isWindowed, windowOf } from "./window.ts";

const shapeConstants = ({ heads, kvHeads, headDim, headDimV }: Shape): Step["constants"] => ({
  HEADS: heads,
  KV_HEADS: kvHeads,
  HEAD_DIM: headDim,
  HEAD_DIM_V: headDimV,
});

/** A kernel with the functions that tell which keys a row sees, and their constants. */
const seeing = (shape: Shape, source: string): { kernel: Pick<Kernel, "source" | "f16">; visibility: Step["constants"] } => ({
  kernel: overCache(shape, `${source}\n${isWindowed(shape) ? banded : causal}`),
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
      ...overCache(shape, keep),
      constants: { THREADS: keepThreads, ROW_QUADS: rowQuads, ...windowConstants(shape) },
      bindings: [name, `${name}Cache`],
      workgroups: [x, Math.ceil(workgroups / x), shape.batch],
    });
  });
};

/** Largest divisor of `quads` (vec4s of a head) that a slice staged in workgroup memory may have. */
const sliceQuads = (quads: number): number => greatestDivisor(quads, 8);

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
  });
  const softmax = stepOf({ label: "softmax", source: naiveSoftmax, constants: {}, bindings: ["scores"], workgroups: [n, 1, batch * heads] });
  const output = stepOf({
    label: "output",
    ...overCache(shape, naiveOutput),
    constants: shapeConstants(shape),
    bindings: ["scores", values, "o"],
    workgroups: [Math.ceil(headDimV / 32), down, batch * heads],
  });
  return { buffers: softmaxBuffers(shape, "naive", tiles), setup: [], steps: [scores, softmax, output, ...keepSteps(shape, maxComputeWorkgroupsPerDimension)] };
};

/** One step: each workgroup walks the keys that its query rows may see. */
export const tiledPlan = (shape: Shape, tiles: Tiles, { maxComputeWorkgroupsPerDimension }: Capabilities): Plan => {
  const rowTiles = Math.ceil(shape.n / tileSize(tiles, "rows"));
  const x = Math.min(rowTiles, maxComputeWorkgroupsPerDimension);
  const bySubgroup = tiles.path === "subgroup";
  const { kernel, visibility } = seeing(shape, bySubgroup ? tiledSubgroup : tiledWorkgroup);
  const [keys, values] = attendedNames(shape);
  const attention = stepOf({
    label: "attention",
    ...kernel,
    subgroups: bySubgroup,
    constants: {
      ...shapeConstants(shape),
      ...visibility,
      SCALE_LOG2E: Math.LOG2E * scaleOf(shape),
      ...(bySubgroup ? subgroupConstants : workgroupConstants)(shape, tiles),
    },
    bindings: ["q", keys, values, "o"],
    workgroups: [x, Math.ceil(rowTiles / x), shape.batch * shape.heads],
  });
  return { buffers: softmaxBuffers(shape, "tiled", tiles), setup: [], steps: [attention, ...keepSteps(shape, maxComputeWorkgroupsPerDimension)] };
};

const subgroupConstants = ({ headDimV }: Shape, tiles: Tiles): Step["constants"] => {
  const lanes = tileSize(tiles, "lanes");
  return { LANES: lanes, ROWS: tileSize(tiles, "rows"), KEY_VECTORS: tileSize(tiles, "keys") / lanes, CHANNEL_VECTORS: headDimV / lanes };
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
