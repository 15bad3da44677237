import type { Capabilities, Plan, Shape, Step, Tiles } from "../mechanism.ts";
import { softmaxBuffers } from "./buffers.ts";
import naiveOutput from "./naiveOutput.wgsl";
import naiveScores from "./naiveScores.wgsl";
import naiveSoftmax from "./naiveSoftmax.wgsl";
import tiledSubgroup from "./tiledSubgroup.wgsl";
import tiledWorkgroup from "./tiledWorkgroup.wgsl";
import { tileSize } from "./tiles.ts";
import { unroll } from "./unroll.ts";

type Constants = Record<string, number>;

const shapeConstants = (shape: Shape): Constants => ({ TOKENS: shape.n, HEADS: shape.heads, KV_HEADS: shape.kvHeads, HEAD_DIM: shape.headDim });

/** Largest divisor of `quads` (vec4s of a head) that a slice staged in workgroup memory may have. */
const sliceQuads = (quads: number): number => [8, 7, 6, 5, 4, 3, 2].find((size) => quads % size === 0) ?? 1;

const step = (label: string, wgsl: string, counts: Constants, constants: Constants, bindings: readonly string[], workgroups: Step["workgroups"]): Step => ({
  label,
  wgsl: unroll(wgsl, counts),
  entryPoint: "main",
  enables: [],
  constants,
  bindings,
  workgroups,
});

/** Scores, row softmax, weighted sum: three steps with all n × n scores in memory. */
export const naivePlan = (shape: Shape, tiles: Tiles): Plan => {
  const { n, batch, heads, headDim } = shape;
  const quads = headDim / 4;
  const across = Math.ceil(n / tileSize(tiles, "keys"));
  const down = Math.ceil(n / tileSize(tiles, "rows"));
  const constants = shapeConstants(shape);
  const scoreConstants = { ...constants, SLICE: sliceQuads(quads), SCALE: 1 / Math.sqrt(headDim) };
  return {
    buffers: softmaxBuffers(shape, "naive", tiles),
    setup: [],
    steps: [
      step("scores", naiveScores, {}, scoreConstants, ["q", "k", "scores"], [across, down, batch * heads]),
      step("softmax", naiveSoftmax, {}, { TOKENS: n }, ["scores"], [n, 1, batch * heads]),
      step("output", naiveOutput, {}, constants, ["scores", "v", "o"], [Math.ceil(quads / 8), down, batch * heads]),
    ],
  };
};

/** One step: each workgroup walks the keys that its query rows may see. */
export const tiledPlan = (shape: Shape, tiles: Tiles, { maxComputeWorkgroupsPerDimension }: Capabilities): Plan => {
  const rows = tileSize(tiles, "rows");
  const rowTiles = Math.ceil(shape.n / rows);
  const x = Math.min(rowTiles, maxComputeWorkgroupsPerDimension);
  const constants = { ...shapeConstants(shape), ROW_TILES: rowTiles, SCALE_LOG2E: Math.LOG2E / Math.sqrt(shape.headDim) };
  const workgroups = [x, Math.ceil(rowTiles / x), shape.batch * shape.heads] as const;
  const bindings = ["q", "k", "v", "o"];
  const buffers = softmaxBuffers(shape, "tiled", tiles);
  if (tiles.path === "subgroup") {
    const lanes = tileSize(tiles, "lanes");
    const counts = { ROWS: rows, KEY_VECTORS: tileSize(tiles, "keys") / lanes, CHANNEL_VECTORS: shape.headDim / lanes };
    const own = { ...constants, LANES: lanes, ROWS: rows, KEY_VECTORS: counts.KEY_VECTORS };
    return { buffers, setup: [], steps: [{ ...step("attention", tiledSubgroup, counts, own, bindings, workgroups), enables: ["subgroups"] }] };
  }
  const quads = shape.headDim / 4;
  const own = { ...constants, SLICE: sliceQuads(quads), V_KEYS: [32, 16, 8].find((keys) => keys * quads <= 384) ?? 8 };
  return { buffers, setup: [], steps: [step("attention", tiledWorkgroup, { CHANNEL_QUADS: Math.ceil(quads / 8) }, own, bindings, workgroups)] };
};
