import { allocation, input, output } from "../allocation.ts";
import type { BytesByRole, Capabilities, Flops, Form, Plan, PlanBuffer, Shape, Step, Tiles } from "../mechanism.ts";
import { elementBytes } from "../plan.ts";
import { stepOf } from "../step.ts";
import { storing } from "../storage.ts";
import { roundUp, tileSize } from "../tiles.ts";
import appendHidden from "./appendHidden.wgsl";
import { attendSteps } from "./attend.ts";
import { splitCount } from "./buffers.ts";
import { softmaxFlops } from "./cost.ts";
import projectSubgroup from "./projectSubgroup.wgsl";
import projectWorkgroup from "./projectWorkgroup.wgsl";
import { softmaxTiles } from "./tiles.ts";
import { storedTypes } from "./types.ts";

const f32Bytes = 4;
const appendThreads = 32;
/** Channels of a lane in projectSubgroup.wgsl. */
const channelVectors = 8;

/** Those of the attention, and `projectRows` × `projectColumns` of a workgroup that projects; by a subgroup of `projectLanes` on CPU emulations. */
export const noCacheTiles = (shape: Shape, form: Form, capabilities: Capabilities): readonly Tiles[] => {
  const { software, subgroups, subgroupMinSize: lanes, subgroupMaxSize } = capabilities;
  const bySubgroup = software && subgroups && lanes === subgroupMaxSize;
  // Rows × 8 accumulators of a lane: with more, compiling takes too long (5 s on lavapipe, 1 s on SwiftShader).
  const projection = bySubgroup
    ? { projectLanes: lanes, projectRows: lanes < 8 ? 12 : 16, projectColumns: channelVectors * lanes }
    : { projectRows: 64, projectColumns: 64 };
  return softmaxTiles(shape, form, capabilities).map((tiles) => ({ ...tiles, ...projection }));
};

/** Channels of the keys and of the values of one token, all heads. */
const channelsOf = ({ kvHeads, headDim, headDimV }: Shape) => ({ k: kvHeads * headDim, v: kvHeads * headDimV });

/**
 * The hidden states of all tokens are the state: what has to be kept to write on without a cache. (Without them too, every layer would have to be
 * run anew for every token.) Keys and values are scratch, made anew from them for each token, and of f32 whatever the dtype of all else.
 */
export const noCacheBuffers = (shape: Shape, tiles: Tiles): PlanBuffer[] => {
  const { batch, n, heads: head, kvHeads: kvHead, headDim, headDimV, dModel, dtype } = shape;
  const token = n + 1;
  const split = splitCount(shape, tiles);
  const { k, v } = channelsOf(shape);
  return [
    input("q", { batch, token: 1, head, channel: headDim }, dtype),
    input("x", { batch, token: 1, width: dModel }, dtype),
    input("wK", { width: dModel, channel: k }, dtype),
    input("wV", { width: dModel, channel: v }, dtype),
    { ...allocation("hidden", "state", { tensor: "hidden" }, { batch, token, width: dModel }), dtype },
    allocation("k", "scratch", "poison", { batch, token, kvHead, channel: headDim }),
    allocation("v", "scratch", "poison", { batch, token, kvHead, channel: headDimV }),
    allocation("partials", "scratch", "poison", { batch, head, split, channel: headDimV }),
    allocation("stats", "scratch", "poison", { batch, head, split, maxAndSum: 2 }),
    output({ batch, token: 1, head, channel: headDimV }, dtype),
  ];
};

/** The newest hidden state, keys and values of all tokens, then the steps of a decode over them. */
export const noCachePlan = (shape: Shape, _form: Form, { maxComputeWorkgroupsPerDimension }: Capabilities, tiles: Tiles): Plan => {
  const { batch, n, dModel } = shape;
  const rowTiles = Math.ceil((n + 1) / tileSize(tiles, "projectRows"));
  const bySubgroup = tiles.projectLanes !== undefined;
  const x = Math.min(rowTiles, maxComputeWorkgroupsPerDimension);
  const projection = (name: "k" | "v"): Step => {
    const channels = channelsOf(shape)[name];
    return stepOf({
      label: `project ${name}`,
      ...storing(bySubgroup ? projectSubgroup : projectWorkgroup, storedTypes(shape)),
      subgroups: bySubgroup,
      constants: {
        WIDTH: dModel,
        CHANNELS: channels,
        ROWS: tileSize(tiles, "projectRows"),
        ...(bySubgroup ? { LANES: tileSize(tiles, "projectLanes"), CHANNEL_VECTORS: channelVectors } : {}),
      },
      bindings: ["hidden", name === "k" ? "wK" : "wV", name],
      workgroups: [x, Math.ceil(rowTiles / x) * Math.ceil(channels / tileSize(tiles, "projectColumns")), batch],
    });
  };
  const append = stepOf({
    label: "append",
    ...storing(appendHidden, storedTypes(shape)),
    constants: { THREADS: appendThreads, ROW_QUADS: dModel / 4 },
    bindings: ["x", "hidden"],
    workgroups: [Math.ceil(dModel / 4 / appendThreads), batch, 1],
  });
  const { split, combine } = attendSteps(shape, tiles, { names: ["k", "v"], dtype: "f32" });
  return { buffers: noCacheBuffers(shape, tiles), setup: [], steps: [append, projection("k"), projection("v"), split(n + 1), combine] };
};

/** Those of a decode with a cache, and both projections of all tokens: 2 dModel a channel. */
export const noCacheFlops = (shape: Shape, form: Form, tiles: Tiles): Flops => {
  const { k, v } = channelsOf(shape);
  const each = 2 * shape.batch * shape.dModel;
  const attention = softmaxFlops(shape, form, tiles);
  const tokens = shape.n + 1;
  const padded = (channels: number): number => roundUp(channels, tileSize(tiles, "projectColumns"));
  const width = roundUp(shape.dModel, tiles.projectLanes === undefined ? 16 : tileSize(tiles, "projectLanes"));
  return {
    useful: attention.useful + each * tokens * (k + v),
    executed: attention.executed + 2 * shape.batch * width * roundUp(tokens, tileSize(tiles, "projectRows")) * (padded(k) + padded(v)),
  };
};

/** q, o, the newest hidden state and the weights once; the earlier hidden states read, the newest one written. Keys and values need never leave the chip. */
export const noCacheLeastBytes = (shape: Shape): number => {
  const { batch, n, heads, headDim, headDimV, dModel, dtype } = shape;
  const { k, v } = channelsOf(shape);
  return elementBytes[dtype] * (batch * heads * (headDim + headDimV) + batch * dModel * (n + 2) + dModel * (k + v));
};

/** Bytes of each role: hidden states as state, keys and values as scratch. */
export const noCacheBytesByRole = (shape: Shape, _form: Form, tiles: Tiles): BytesByRole => {
  const { batch, n, heads, headDim, headDimV, dModel, dtype } = shape;
  const { k, v } = channelsOf(shape);
  const stored = elementBytes[dtype];
  return {
    input: stored * (batch * (heads * headDim + dModel) + dModel * (k + v)),
    output: stored * batch * heads * headDimV,
    state: stored * batch * (n + 1) * dModel,
    scratch: f32Bytes * batch * ((n + 1) * (k + v) + heads * splitCount(shape, tiles) * (headDimV + 2)),
    harness: 0,
  };
};
