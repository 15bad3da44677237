import type { Capabilities, Plan, Shape, Step, Tiles } from "../mechanism.ts";
import { scaleOf } from "../scale.ts";
import { stepOf } from "../step.ts";
import { tileSize } from "../tiles.ts";
import { softmaxBuffers } from "./buffers.ts";
import naiveOutput from "./naiveOutput.wgsl";
import naiveScores from "./naiveScores.wgsl";
import naiveSoftmax from "./naiveSoftmax.wgsl";
import tiledSubgroup from "./tiledSubgroup.wgsl";
import tiledWorkgroup from "./tiledWorkgroup.wgsl";

const shapeConstants = ({ heads, kvHeads, headDim, headDimV }: Shape): Step["constants"] => ({
  HEADS: heads,
  KV_HEADS: kvHeads,
  HEAD_DIM: headDim,
  HEAD_DIM_V: headDimV,
});

/** Largest divisor of `quads` (vec4s of a head) that a slice staged in workgroup memory may have. */
const sliceQuads = (quads: number): number => [8, 7, 6, 5, 4, 3, 2].find((size) => quads % size === 0) ?? 1;

/** Scores, row softmax, weighted sum: three steps with all n × n scores in memory. */
export const naivePlan = (shape: Shape, tiles: Tiles): Plan => {
  const { n, batch, heads, headDim, headDimV } = shape;
  const across = Math.ceil(n / tileSize(tiles, "keys"));
  const down = Math.ceil(n / tileSize(tiles, "rows"));
  const scores = stepOf({
    label: "scores",
    source: naiveScores,
    constants: { ...shapeConstants(shape), SLICE: sliceQuads(headDim / 4), SCALE: scaleOf(shape) },
    bindings: ["q", "k", "scores"],
    workgroups: [across, down, batch * heads],
  });
  const softmax = stepOf({ label: "softmax", source: naiveSoftmax, constants: {}, bindings: ["scores"], workgroups: [n, 1, batch * heads] });
  const output = stepOf({
    label: "output",
    source: naiveOutput,
    constants: shapeConstants(shape),
    bindings: ["scores", "v", "o"],
    workgroups: [Math.ceil(headDimV / 32), down, batch * heads],
  });
  return { buffers: softmaxBuffers(shape, "naive", tiles), setup: [], steps: [scores, softmax, output] };
};

/** One step: each workgroup walks the keys that its query rows may see. */
export const tiledPlan = (shape: Shape, tiles: Tiles, { maxComputeWorkgroupsPerDimension }: Capabilities): Plan => {
  const rowTiles = Math.ceil(shape.n / tileSize(tiles, "rows"));
  const x = Math.min(rowTiles, maxComputeWorkgroupsPerDimension);
  const bySubgroup = tiles.path === "subgroup";
  const attention = stepOf({
    label: "attention",
    source: bySubgroup ? tiledSubgroup : tiledWorkgroup,
    subgroups: bySubgroup,
    constants: {
      ...shapeConstants(shape),
      SCALE_LOG2E: Math.LOG2E * scaleOf(shape),
      ...(bySubgroup ? subgroupConstants : workgroupConstants)(shape, tiles),
    },
    bindings: ["q", "k", "v", "o"],
    workgroups: [x, Math.ceil(rowTiles / x), shape.batch * shape.heads],
  });
  return { buffers: softmaxBuffers(shape, "tiled", tiles), setup: [], steps: [attention] };
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
