import type { Summary } from "../record/derived.ts";
import type { Ceilings, CellRecord } from "../record/run.ts";
import { memoryGbps } from "./memoryCeiling.ts";
import { offloadSummary } from "./offload.ts";
import { type Draws, type Spread, sourceOf, timesOf } from "./resampling.ts";
import { stageSummary } from "./stages.ts";
import { median, percentileInterval } from "./statistics.ts";

/** What the samples of a cell say. `spread` is of the times of the cell's clock, ms; ceilings, where measured, give the share. */
export const summarise = (cell: CellRecord, spread: Spread, draws: Draws, ceilings: Ceilings | undefined): Summary => {
  const { value: medianMs, low: lowMs, high: highMs } = percentileInterval(spread.estimate, spread.replicates);
  const wall = cell.visits.flatMap((visit) => visit.wallMs);
  const seconds = medianMs / 1000;
  const flops = cell.prepared?.flops;
  const stages = stageSummary(cell, spread, draws);
  const offload = offloadSummary(cell, draws);
  const perSecond = (count: number | undefined): number => (count ?? 0) / seconds;
  return {
    medianMs,
    lowMs,
    highMs,
    samples: cell.visits.reduce((sum, visit) => sum + timesOf(visit, sourceOf(cell, draws)).length, 0),
    wallMs: wall.length > 0 ? median(wall) : medianMs,
    tokensPerSecond: perSecond(cell.phase === "decode" || cell.phase === "tokenLoop" ? cell.batch : cell.phase === "probe" ? 0 : cell.n * cell.batch),
    gflops: perSecond(flops?.useful) / 1e9,
    executedGflops: flops && flops.executed === undefined ? undefined : perSecond(flops?.executed) / 1e9,
    gbps: perSecond(cell.prepared?.leastBytes) / 1e9,
    ...roofline(cell, seconds, ceilings),
    ...(stages ? { stages } : {}),
    ...(offload ? { offload } : {}),
  };
};

/** The ceiling that takes the longer least time binds (Williams, Waterman and Patterson 2009); the share is that least time over the measured. */
const roofline = (cell: CellRecord, seconds: number, ceilings: Ceilings | undefined): Pick<Summary, "ceilingShare" | "binding"> => {
  const least = leastSeconds(cell, ceilings);
  return { ceilingShare: least && least.seconds / seconds, binding: least?.binding };
};

/** The least time that a run's ceilings allow a cell. None without ceilings, and for a peer, whose executed FLOPs are not known. */
export const leastSeconds = (
  { prepared, cache }: CellRecord,
  ceilings: Ceilings | undefined,
): { readonly seconds: number; readonly binding: "compute" | "memory" } | undefined => {
  const executed = prepared?.flops.executed;
  if (!prepared || executed === undefined || !ceilings || !(ceilings.fmaGflops > 0) || !(ceilings.readGbps > 0)) return undefined;
  const compute = executed / (ceilings.fmaGflops * 1e9);
  const memory = prepared.leastBytes / (memoryGbps(ceilings, cache) * 1e9);
  const seconds = Math.max(compute, memory);
  return seconds > 0 ? { seconds, binding: compute >= memory ? "compute" : "memory" } : undefined;
};
