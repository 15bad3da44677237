import { CellFailure } from "./failure.ts";
import type { OpenDevice } from "./openDevice.ts";

/** GPU timestamps in pairs: one query set, resolved and read in one go. */
export interface Stopwatch {
  readonly pairs: number;
  /** What a pass descriptor needs to be timed as pair i. */
  writes(pair: number): GPUComputePassTimestampWrites;
  /** Raw begin and end times of the first `pairs` pairs, alternating, in ns. */
  readNs(pairs: number): Promise<BigUint64Array>;
  /** Durations of the first `count` pairs in ms. Call after submitting the passes. Throws CellFailure timerError where time stood still or ran backwards. */
  readMs(count: number): Promise<number[]>;
  destroy(): void;
}

const maxQueries = 4096;

/** A stopwatch of `pairs` (at most 2048) begin/end timestamps on a device that has `timestamp-query`. */
export const createStopwatch = ({ device }: OpenDevice, pairs: number): Stopwatch => {
  const count = Math.min(2 * pairs, maxQueries);
  const querySet = device.createQuerySet({ label: "timestamps", type: "timestamp", count });
  const resolved = device.createBuffer({ label: "timestamps resolved", size: 8 * count, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC });
  const staging = device.createBuffer({ label: "timestamps read-back", size: 8 * count, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const readNs = async (used: number): Promise<BigUint64Array> => {
    const queries = 2 * used;
    const encoder = device.createCommandEncoder();
    encoder.resolveQuerySet(querySet, 0, queries, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, staging, 0, 8 * queries);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ, 0, 8 * queries);
    const values = new BigUint64Array(staging.getMappedRange(0, 8 * queries).slice(0));
    staging.unmap();
    return values;
  };
  return {
    pairs: count / 2,
    readNs,
    writes: (pair) => ({ querySet, beginningOfPassWriteIndex: 2 * pair, endOfPassWriteIndex: 2 * pair + 1 }),
    async readMs(used) {
      const ns = await readNs(used);
      return Array.from({ length: used }, (_, pair) => {
        const begin = ns[2 * pair] ?? 0n;
        const end = ns[2 * pair + 1] ?? 0n;
        if (end < begin || begin === 0n) throw new CellFailure("timerError", `GPU timestamps of pass ${pair}: began at ${begin} ns, ended at ${end} ns`);
        return Number(end - begin) / 1e6;
      });
    },
    destroy() {
      querySet.destroy();
      resolved.destroy();
      staging.destroy();
    },
  };
};

/** The smallest difference ever seen between two timestamps of this device, in ns: its step, or how fast it can be read, whichever is larger. */
export const measureStepNs = async (open: OpenDevice): Promise<number> => {
  const stopwatch = createStopwatch(open, 64);
  const encoder = open.device.createCommandEncoder();
  for (let pair = 0; pair < stopwatch.pairs; pair++) encoder.beginComputePass({ timestampWrites: stopwatch.writes(pair) }).end();
  open.device.queue.submit([encoder.finish()]);
  const sorted = [...new Set(await stopwatch.readNs(stopwatch.pairs))].sort((a, b) => (a < b ? -1 : 1));
  stopwatch.destroy();
  return Math.min(...sorted.slice(1).map((value, i) => Number(value - (sorted[i] ?? value))));
};

/** The smallest difference of performance.now() in ns. */
export const wallStepNs = (): number => {
  let smallest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 1000; i++) {
    const from = performance.now();
    let to = from;
    while (to === from) to = performance.now();
    smallest = Math.min(smallest, to - from);
  }
  return smallest * 1e6;
};
