import { allocation, counters, input, output } from "../allocation.ts";
import type { Capabilities, Form, Plan, PlanBuffer, Shape, Step, Tiles } from "../mechanism.ts";
import { partBuffers } from "../parts.ts";
import { storing } from "../storage.ts";
import { inputTokens, outputTokens } from "../stream.ts";
import { tileSize } from "../tiles.ts";
import { parting } from "../watchdog.ts";
import appendHidden from "./appendHidden.wgsl";
import { type AttendSteps, attendSteps, restartStep, tokenStep } from "./attend.ts";
import { isDirect, splitBuffers } from "./buffers.ts";
import { channelsOf, noCacheFlops } from "./noCacheCost.ts";
import projectSubgroup from "./projectSubgroup.wgsl";
import projectWorkgroup from "./projectWorkgroup.wgsl";
import { softmaxTiles } from "./tiles.ts";
import { storedTypes } from "./types.ts";
import { cachedTokens } from "./window.ts";

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
  return softmaxTiles(shape, form, capabilities)
    .map((tiles) => ({ ...tiles, ...projection }))
    .map((tiles) => ({ ...tiles, ...parting(noCacheFlops(shape, form, tiles).executed, capabilities) }));
};

/**
 * The hidden states of all tokens are the state: what has to be kept to write on without a cache. (Without them too, every layer would have to be
 * run anew for every token.) Keys and values are scratch, made anew from them for each token, and of f32 whatever the dtype of all else.
 */
export const noCacheBuffers = (shape: Shape, tiles: Tiles): PlanBuffer[] => {
  const { batch, heads: head, kvHeads: kvHead, headDim, headDimV, dModel, dtype } = shape;
  const decodes = shape.phase === "decode";
  const arriving = decodes ? { batch, token: inputTokens(shape) } : { batch, stream: inputTokens(shape) };
  const token = cachedTokens(shape);
  const { k, v } = channelsOf(shape);
  return [
    input("q", { ...arriving, head, channel: headDim }, dtype),
    input("x", { ...arriving, width: dModel }, dtype),
    input("wK", { width: dModel, channel: k }, dtype),
    input("wV", { width: dModel, channel: v }, dtype),
    { ...allocation("hidden", "state", decodes ? { tensor: "hidden" } : "poison", { batch, token, width: dModel }), dtype },
    allocation("k", "scratch", "poison", { batch, token, kvHead, channel: headDim }),
    allocation("v", "scratch", "poison", { batch, token, kvHead, channel: headDimV }),
    ...splitBuffers(shape, tiles),
    output({ batch, token: outputTokens(shape), head, channel: headDimV }, dtype),
    ...(decodes ? [] : [counters("positions", { slot: 2 })]),
    ...partBuffers(tiles),
  ];
};

interface TokenSteps extends AttendSteps {
  readonly append: Step;
  /** keys and values of the first `length` tokens; equal counts of row tiles share their two steps */
  project(length: number): readonly Step[];
}

const tokenSteps = (shape: Shape, tiles: Tiles, mostWorkgroups: number): TokenSteps => {
  const { batch, dModel } = shape;
  const rows = tileSize(tiles, "projectRows");
  const bySubgroup = tiles.projectLanes !== undefined;
  const types = storedTypes(shape);
  const projection = (name: "k" | "v", rowTiles: number): Step => {
    const channels = channelsOf(shape)[name];
    const x = Math.min(rowTiles, mostWorkgroups);
    return tokenStep(shape, {
      label: `project ${name}`,
      ...storing(bySubgroup ? projectSubgroup : projectWorkgroup, types),
      subgroups: bySubgroup,
      constants: {
        WIDTH: dModel,
        CHANNELS: channels,
        ROWS: rows,
        ...(bySubgroup ? { LANES: tileSize(tiles, "projectLanes"), CHANNEL_VECTORS: channelVectors } : {}),
      },
      bindings: ["hidden", name === "k" ? "wK" : "wV", name],
      workgroups: [x, Math.ceil(rowTiles / x) * Math.ceil(channels / tileSize(tiles, "projectColumns")), batch],
      groupFlops: 2 * rows * tileSize(tiles, "projectColumns") * dModel,
    });
  };
  const byCount = new Map<number, readonly Step[]>();
  return {
    append: tokenStep(shape, {
      label: "append",
      ...storing(appendHidden, types),
      constants: { THREADS: appendThreads, ROW_QUADS: dModel / 4 },
      bindings: ["x", "hidden"],
      workgroups: [Math.ceil(dModel / 4 / appendThreads), batch, 1],
    }),
    project(length) {
      const count = Math.ceil(length / rows);
      const made = byCount.get(count) ?? [projection("k", count), projection("v", count)];
      byCount.set(count, made);
      return made;
    },
    ...attendSteps(shape, tiles, { names: ["k", "v"], dtype: "f32", appends: false }),
  };
};

/**
 * For a token its hidden state, keys and values of all tokens so far, then the steps of a decode over them. In decode the newest token alone, in
 * generate each of a text of n from none; positions go from step to step as those of a text with a cache (decode.ts).
 */
export const noCachePlan = (shape: Shape, _form: Form, { maxComputeWorkgroupsPerDimension }: Capabilities, tiles: Tiles): Plan => {
  const { append, project, split, combine } = tokenSteps(shape, tiles, maxComputeWorkgroupsPerDimension);
  const newest = (length: number): readonly Step[] => [append, ...project(length), split(length), ...(isDirect(shape, tiles) ? [] : [combine])];
  const buffers = noCacheBuffers(shape, tiles);
  if (shape.phase === "decode") return { buffers, setup: [], steps: newest(cachedTokens(shape)) };
  return { buffers, setup: [], steps: [restartStep, ...Array.from({ length: shape.n }, (_, t) => newest(t + 1)).flat()] };
};
