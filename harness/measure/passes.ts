import { createStopwatch, type Stopwatch } from "../device/clock.ts";
import type { OpenDevice } from "../device/openDevice.ts";
import type { Program } from "../device/program.ts";
import type { GpuLoad } from "./gpuLoad.ts";
import { sample } from "./sampler.ts";
import { stageTimesOf } from "./stageTimes.ts";

/** Times of one repetition, ms: of each pass by the GPU's clock, empty without one, and by the wall clock. */
export interface Times {
  readonly gpuMs: readonly number[];
  readonly wallMs: readonly number[];
}

/** Passes of repetitions on a device, timed or not. `name`: of the cell, for errors. */
export interface Passes {
  submit(program: Program, repetitions: number): void;
  /** Times `samples` passes of k repetitions; one wait for all of them with timestamps, one each without. */
  time(name: string, program: Program, k: number, samples: number): Promise<Times>;
  /** GPU ms of one repetition by stage, from passes of their own; undefined without timestamps, without stages, and where one repetition has more of them than the clock holds. */
  timeStages(program: Program, repetitions: number): Promise<Readonly<Record<string, number>> | undefined>;
  /** Time of one repetition, ms: of a pass long enough for a coarse clock, and not of the first, which still warms caches and lazy drivers, unless it is slow. */
  estimate(name: string, program: Program): Promise<number>;
}

/** A pass that even a clock with steps of 65.5 µs times to a seventh. */
const longEnoughMs = 0.5;
/** A pass beside which warming up does not count. */
export const slowMs = 50;
const mostPairs = 2048;

/** `load` is told of the work that was timed. */
export const createPasses = (open: OpenDevice, load: Pick<GpuLoad, "worked">): Passes => {
  const { device } = open;
  const stopwatch: Stopwatch | undefined = open.timestamps ? createStopwatch(open, mostPairs) : undefined;

  const submit = (program: Program, repetitions: number, timestampWrites?: GPUComputePassTimestampWrites): void => {
    const { submits } = program.plan;
    if (submits) {
      submitParts(program, repetitions, repetitions * submits.length, timestampWrites);
      return;
    }
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass(timestampWrites ? { timestampWrites } : {});
    program.record(pass, repetitions);
    pass.end();
    device.queue.submit([encoder.finish()]);
  };

  /** What is too long for one submit (kernels/watchdog.ts; many repetitions are not, since they are counted so that a pass takes milliseconds), timed from where the first of its `parts` begins to where the last one ends. */
  const submitParts = (program: Program, repetitions: number, parts: number, timestampWrites?: GPUComputePassTimestampWrites): void => {
    let encoder: GPUCommandEncoder | undefined;
    program.recordParts(repetitions, (part) => {
      if (encoder) device.queue.submit([encoder.finish()]);
      encoder = device.createCommandEncoder();
      return encoder.beginComputePass(partWrites(timestampWrites, part === 0, part === parts - 1));
    });
    if (encoder) device.queue.submit([encoder.finish()]);
  };

  const time = async (name: string, program: Program, k: number, samples: number): Promise<Times> => {
    const times = await timed(name, program, k, Math.min(samples, mostPairs));
    load.worked((times.gpuMs.length > 0 ? times.gpuMs : times.wallMs).reduce((sum, ms) => sum + ms * k, 0));
    return times;
  };

  const timed = async (name: string, program: Program, k: number, samples: number): Promise<Times> => {
    const started = performance.now();
    if (!stopwatch) {
      const wallMs = await sample(
        name,
        samples,
        async () => {},
        async () => {
          const from = performance.now();
          submit(program, k);
          // A wall clock must not time naps.
          await device.queue.onSubmittedWorkDone();
          return (performance.now() - from) / k;
        },
      );
      return { gpuMs: [], wallMs };
    }
    let passMs: readonly number[] = [];
    const gpuMs = await sample(
      name,
      samples,
      async () => {
        for (let i = 0; i < samples; i++) submit(program, k, stopwatch.writes(i));
        passMs = await open.awaited(stopwatch.readMs(samples));
      },
      async (index) => (passMs[index] ?? Number.NaN) / k,
    );
    return { gpuMs, wallMs: [(performance.now() - started) / (samples * k)] };
  };

  const timeStages: Passes["timeStages"] = async (program, repetitions) => {
    const runs = program.stageRuns.length;
    const count = runs > 0 ? Math.min(repetitions, Math.floor(mostPairs / runs)) : 0;
    if (!stopwatch || count === 0) return undefined;
    for (let repetition = 0; repetition < count; repetition++) {
      const encoder = device.createCommandEncoder();
      program.recordStages((run) => encoder.beginComputePass({ timestampWrites: stopwatch.writes(repetition * runs + run) }));
      device.queue.submit([encoder.finish()]);
    }
    const passMs = await open.awaited(stopwatch.readMs(count * runs));
    load.worked(passMs.reduce((sum, ms) => sum + ms, 0));
    return stageTimesOf(program.stageRuns, passMs);
  };

  const estimate = async (name: string, program: Program): Promise<number> => {
    for (let k = 1, warm = false; ; warm = true) {
      const repetitionMs = median(await time(name, program, k, 1));
      const passMs = repetitionMs * k;
      if (passMs >= slowMs || (warm && passMs >= longEnoughMs) || 8 * k > mostPairs) return repetitionMs;
      if (passMs < longEnoughMs) k *= 8;
    }
  };

  return { submit, time, timeStages, estimate };
};

const partWrites = (writes: GPUComputePassTimestampWrites | undefined, first: boolean, last: boolean): GPUComputePassDescriptor => {
  if (!writes || !(first || last)) return {};
  const { querySet, beginningOfPassWriteIndex: begins, endOfPassWriteIndex: ends } = writes;
  return {
    timestampWrites: {
      querySet,
      ...(first && begins !== undefined ? { beginningOfPassWriteIndex: begins } : {}),
      ...(last && ends !== undefined ? { endOfPassWriteIndex: ends } : {}),
    },
  };
};

/** Of one repetition, by the GPU's clock where there is one. */
export const median = ({ gpuMs, wallMs }: Times): number => {
  const sorted = [...(gpuMs.length > 0 ? gpuMs : wallMs)].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
};
