import type { Mechanism } from "../../kernels/mechanism.ts";
import { totalBytes } from "../device/ledger.ts";
import type { Until } from "../experiment/experiment.ts";
import { formOfCosts } from "../experiment/runtimes.ts";
import type { Outcome } from "../record/run.ts";
import type { HelloReply } from "./messages.ts";
import { leastTurns } from "./schedule.ts";
import { curveOf, predictedFillMs, predictedMs, type Task } from "./task.ts";

/** What ends a curve of an open axis (`until`) on this device. */
export interface Reach {
  readonly hello: HelloReply;
  readonly mechanisms: readonly Mechanism[];
  /** of the machine: the whole of what a share means on a CPU emulation */
  readonly memoryBytes: number;
  readonly maxTimeMs: number;
  /** curves that share maxTime */
  readonly curves: number;
}

/** Why a curve ends before this cell, or undefined: its predicted time, its bytes by the closed form. */
export const beyondReach = (task: Task, until: Until, tasks: readonly Task[], reach: Reach): Outcome | undefined => {
  const ms = predictedMs(task, tasks);
  // Each cell is visited in at least 10 turns, and the cells of a curve double in time: a third of its share for the largest.
  const shareMs = reach.maxTimeMs / reach.curves;
  const fairMs = shareMs / (3 * leastTurns);
  const capMs = Math.min((until.cellSeconds ?? Number.POSITIVE_INFINITY) * 1000, fairMs);
  const curveEnd = `this curve ends at n = ${curveOf(task, tasks).at(-1)?.n}`;
  if (ms !== undefined && ms > capMs) {
    const limit = capMs === fairMs ? `maxTime allows ${fairMs.toFixed(0)} ms` : `until.cell allows ${capMs.toFixed(0)} ms`;
    return {
      status: "censored",
      code: "timeCap",
      reason: `one repetition would take about ${ms.toFixed(0)} ms, ${limit}: ${curveEnd}`,
    };
  }
  const fillMs = predictedFillMs(task, tasks);
  // Three workers prepare a curve, whose cells together take twice what the largest does: out of what visits leave of the curve's share, or two fifths of it.
  const fairFillMs = Math.max(0.4 * shareMs, shareMs - 3 * leastTurns * (ms ?? 0)) / 3 / 2;
  if (fillMs !== undefined && fillMs > fairFillMs) {
    return {
      status: "censored",
      code: "timeCap",
      reason: `filling and verifying its buffers would take about ${(fillMs / 1000).toFixed(1)} s, maxTime allows ${(fairFillMs / 1000).toFixed(1)} s: ${curveEnd}`,
    };
  }
  if (!until.memory) return undefined;
  const bytes = allocatedBytes(task, reach);
  const whole = reach.hello.facts.software ? reach.memoryBytes : reach.hello.capabilities.maxBufferSize;
  const capBytes = "bytes" in until.memory ? until.memory.bytes : until.memory.share * whole;
  return bytes > capBytes
    ? { status: "censored", code: "memoryCap", reason: `its buffers need ${bytes} bytes, until.memory allows ${Math.floor(capBytes)}` }
    : undefined;
};

const allocatedBytes = ({ planned: { cell } }: Task, { mechanisms, hello }: Reach): number => {
  const mechanism = mechanisms.find(({ name }) => name === cell.mechanism);
  if (!mechanism) return 0;
  const form = formOfCosts(cell, cell.phase, mechanism);
  const tiles = mechanism.tiles(cell, form, hello.capabilities)[0];
  return tiles ? totalBytes(mechanism.bytesByRole(cell, form, tiles)) : 0;
};
