import { CellFailure } from "../device/failure.ts";
import type { SentinelTurn } from "../record/run.ts";
import { instrumentCell, instrumentSizes } from "./ceilings.ts";
import { repetitions, type Timer } from "./schedule.ts";
import { perRepetitionMs } from "./task.ts";
import type { WorkerSession } from "./workerSession.ts";

/** One kernel that is timed before and after each turn, always the same: what changes there is not the cells'. */
export interface Sentinel {
  /** ms of one repetition now; undefined where this device could not time it */
  read(): Promise<number | undefined>;
}

const samples = 5;
const limitMs = 60_000;

/** Half of its samples may be disturbed before their median is. A failure ends it for the run, but for the first loss of its worker, and nothing else: a run is not lost for want of a gauge. */
export const createSentinel = (session: WorkerSession, timer: Timer, seed: number): Sentinel => {
  const cell = instrumentCell("fma", instrumentSizes(timer.software).fma);
  let k = 1;
  let failed = false;
  let lostWorker = false;
  return {
    async read() {
      if (failed) return undefined;
      try {
        // Without a worker there is nothing to gauge yet, and the next cell's failure to get one tells why.
        await session.connection();
        if (!session.prepared.has(cell.id)) {
          const { estimateMs } = await session.ask("prepare", { cell, seed, rotateBytes: 0 }, limitMs);
          session.prepared.add(cell.id);
          // It is compared with itself alone, so its passes need not be as long as a peer's.
          k = repetitions(estimateMs, { ...timer, besidePeer: false }) ?? 1;
        }
        const ms = perRepetitionMs(await session.ask("visit", { cell: cell.id, k, samples }, limitMs));
        return ms > 0 ? ms : undefined;
      } catch (error) {
        if (!(error instanceof CellFailure)) throw error;
        failed = lostWorker || error.code !== "deviceLost";
        lostWorker = true;
        return undefined;
      }
    },
  };
};

/** Readings that differ by more do not come from one state of the machine. */
const jump = 0.1;
/** Of all turns, so many may be made again. A machine that is never quiet is measured all the same, and said to be so. */
const repeatedAtMost = 0.25;

export const hasJumped = (beforeMs: number, afterMs: number): boolean => Math.abs(Math.log(afterMs / beforeMs)) > Math.log(1 + jump);

/** Whether a turn may be made again for its jump. `before`: those of the run so far. */
export const mayRepeat = (before: readonly SentinelTurn[]): boolean =>
  before.filter(({ discarded }) => discarded).length + 1 <= Math.max(1, repeatedAtMost * (before.length + 1));
