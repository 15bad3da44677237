import { CellFailure } from "../device/failure.ts";
import type { Cell, Measure } from "../experiment/experiment.ts";
import type { Ceilings } from "../record/run.ts";
import { repetitions, type Timer } from "./schedule.ts";
import type { WorkerSession } from "./workerSession.ts";

/**
 * What this adapter does at best, measured in this run by the instruments (kernels/instruments) as ordinary cells: prepared, verified, timed.
 */
const samples = 5;
const limitMs = 120_000;

/**
 * n (f32 values) of each instrument, ascending: a CPU emulation takes as long for a thousandth of what a GPU does. The largest GPUs read 64 MiB too fast to be at
 * full speed for most of it: an H200 shows 3.2 TB/s there and 4.3 at 256 MiB.
 */
export const instrumentSizes = (software: boolean): { streams: readonly number[]; fma: number; knee: readonly number[] } =>
  software
    ? { streams: [2 ** 20], fma: 2 ** 14, knee: [2 ** 16, 2 ** 18, 2 ** 20, 2 ** 22, 2 ** 24] }
    : { streams: [2 ** 24, 2 ** 26], fma: 2 ** 22, knee: [2 ** 18, 2 ** 20, 2 ** 22, 2 ** 23, 2 ** 24, 2 ** 25, 2 ** 26] };

const tooLarge: ReadonlySet<string> = new Set(["overLimit", "outOfMemory"]);

/** A fall of the read rate to this share of the best of smaller sizes is the edge of the last-level cache; noise on a CPU emulation reaches a quarter. */
const kneeShare = 0.6;

export const instrumentCell = (mechanism: string, n: number): Cell => ({
  id: `${mechanism}-probe-n${n}`,
  mechanism,
  label: mechanism,
  form: "probe",
  phase: "probe",
  n,
  batch: 1,
  heads: 1,
  kvHeads: 1,
  headDim: 1,
  headDimV: 1,
  dModel: 1,
  dtype: "f32",
  kvDtype: "f32",
  stateDtype: "f32",
  parameters: {},
});

/** Rejects with CellFailure where an instrument itself fails: nothing on such a device can be trusted. */
export const measureCeilings = async (
  session: WorkerSession,
  timer: Timer,
  { cache, seed, wantsKnee }: Pick<Measure, "cache" | "seed"> & { /** some cells are timed from a cold cache */ readonly wantsKnee: boolean },
): Promise<Ceilings> => {
  const bestMs = async (mechanism: string, n: number): Promise<number> => {
    const cell = instrumentCell(mechanism, n);
    const { estimateMs } = await session.ask("prepare", { cell, seed, rotateBytes: 0 }, limitMs);
    const reply = await session.ask("visit", { cell: cell.id, k: repetitions(estimateMs, timer) ?? 1, samples }, limitMs);
    await session.ask("evict", { cell: cell.id }, limitMs);
    // A ceiling is the best that was seen, so the shortest time stands.
    return Math.min(...(reply.gpuMs.length > 0 ? reply.gpuMs : reply.wallMs));
  };
  const size = instrumentSizes(timer.software);
  /** What an instrument does per ms. One that takes no time on a coarse clock has no rate, and infinity is none. */
  const perMs = async (mechanism: string, n: number, amount: number): Promise<number> => {
    const ms = await bestMs(mechanism, n);
    if (!(ms > 0)) throw new CellFailure("belowResolution", `${mechanism} of ${n} values took ${ms} ms; the clock's step is ${timer.stepNs} ns`);
    return amount / ms;
  };
  const gbps = async (mechanism: string, n: number, bytes: number): Promise<number> => (await perMs(mechanism, n, bytes)) / 1e6;
  /** By n, up to what this device has room for: a smaller one is still measured by the smallest. */
  const ratesOf = async (mechanism: string, sizes: readonly number[], bytesOf: (n: number) => number): Promise<ReadonlyMap<number, number>> => {
    const rates = new Map<number, number>();
    for (const n of sizes) {
      try {
        rates.set(n, await gbps(mechanism, n, bytesOf(n)));
      } catch (error) {
        if (rates.size === 0 || !(error instanceof CellFailure) || !tooLarge.has(error.code)) throw error;
        break;
      }
    }
    return rates;
  };
  const rates = await ratesOf("read", wantsKnee ? size.knee : size.streams, (n) => 4 * n);
  const knee = findKnee([...rates]);
  // Cold cells must be held against memory, hot ones against the fastest level that they may sit in.
  const hot = Math.max(...rates.values());
  const cold = knee === undefined ? hot : Math.min(...[...rates].filter(([n]) => n >= knee).map(([, rate]) => rate));
  return {
    readGbps: cache === "cold" ? cold : hot,
    ...(wantsKnee ? { readGbpsFrom: { hot, cold } } : {}),
    copyGbps: Math.max(...(await ratesOf("copy", size.streams, (n) => 8 * n)).values()),
    fmaGflops: (await perMs("fma", size.fma, size.fma * 8 * 256 * 2)) / 1e6,
    emptyDispatchMs: await bestMs("empty", 1024),
    cacheKneeBytes: knee === undefined ? undefined : 4 * knee,
  };
};

/** Smallest n whose rate, and every larger one's, falls below `kneeShare` of the best rate of smaller n; undefined where none does. */
export const findKnee = (rates: readonly (readonly [n: number, rate: number])[]): number | undefined => {
  for (let i = 1; i < rates.length; i++) {
    const best = Math.max(...rates.slice(0, i).map(([, rate]) => rate));
    if (rates.slice(i).every(([, rate]) => rate < kneeShare * best)) return rates[i]?.[0];
  }
  return undefined;
};
