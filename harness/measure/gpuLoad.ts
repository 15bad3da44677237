import type { Mechanism } from "../../kernels/mechanism.ts";
import type { OpenDevice } from "../device/openDevice.ts";
import { type Compiler, createCompiler, createProgram } from "../device/program.ts";
import { instrumentCell } from "./ceilings.ts";
import { createGpuRest, wakeMs } from "./gpuRest.ts";

/**
 * Work that keeps a GPU's clock up. The clock follows what its units do, not that something runs: light kernels alone, a few workgroups that wait for
 * memory, let it fall however often they come. So work on all units goes before each visit, and for longer after a rest.
 */
export interface GpuLoad {
  /** Counts `ms` of timed work that has just ended. */
  worked(ms: number): void;
  /** Keeps a GPU that has rested busy until its clock is up. Returns the ms that took. */
  wake(): Promise<number>;
  /** Multiply-adds that it does when its clock is up, 2 operations each, a second; undefined of a CPU emulation. Rounded to a power of two: plans are made of it, and should not differ from run to run by noise. */
  flopsPerSecond(): Promise<number | undefined>;
  /** Submits a stretch of work to be followed at once by what is timed; does not wait for it. */
  hold(): Promise<void>;
}

/** Work on all units of a device. */
export interface Load {
  /** floating-point operations of one repetition */
  readonly flops: number;
  submit(repetitions: number): void;
  /** Resolves when all that was submitted is done. */
  done(): Promise<unknown>;
}

/** A stretch before a visit: on an H200 a step took as long beside 3 ms, and in 4 s of measuring beside none. */
const holdMs = 1;
/** A pass while waking. */
const wakingPassMs = 5;

/** `open`: called once, before the first work. `now`: ms. */
export const createGpuLoad = (open: () => Promise<Load>, now: () => number): GpuLoad => {
  const rest = createGpuRest(now);
  let opened: Promise<{ readonly load: Load; repetitionMs: number }> | undefined;

  const timed = async (load: Load, repetitions: number): Promise<number> => {
    const from = now();
    load.submit(repetitions);
    await load.done();
    return Math.max(1e-3, (now() - from) / repetitions);
  };
  const work = () => {
    opened ??= open().then(async (load) => {
      // The first repetition holds what a driver compiles lazily.
      await timed(load, 1);
      return { load, repetitionMs: await timed(load, 1) };
    });
    return opened;
  };
  const repetitionsFor = (ms: number, repetitionMs: number): number => Math.max(1, Math.round(ms / repetitionMs));

  const wake = async (): Promise<number> => {
    if (!rest.isRested()) return 0;
    const from = now();
    const current = await work();
    // A clock on its way up makes repetitions shorter.
    while (now() - from < wakeMs)
      current.repetitionMs = Math.min(current.repetitionMs, await timed(current.load, repetitionsFor(wakingPassMs, current.repetitionMs)));
    const tookMs = now() - from;
    rest.worked(tookMs);
    return tookMs;
  };

  return {
    worked: rest.worked,
    wake,
    async flopsPerSecond() {
      await wake();
      const { load, repetitionMs } = await work();
      return 2 ** Math.round(Math.log2((1e3 * load.flops) / repetitionMs));
    },
    async hold() {
      const { load, repetitionMs } = await work();
      load.submit(repetitionsFor(holdMs, repetitionMs));
      rest.worked(holdMs);
    },
  };
};

/** A CPU emulation has no clock of its own to keep up. */
export const noLoad: GpuLoad = { worked() {}, wake: async () => 0, flopsPerSecond: async () => undefined, hold: async () => {} };

/** f32 values that multiply-adds run over: lanes enough for the largest GPUs, and 10 ms at most on one of 400 GFLOP/s. */
const loadValues = 2 ** 20;

/** Of a device: by the instrument `fma`, none of a CPU emulation. */
export const gpuLoadOf = (open: OpenDevice, mechanisms: readonly Mechanism[]): GpuLoad => {
  const fma = mechanisms.find(({ name }) => name === "fma");
  if (open.facts.software || !fma) return noLoad;
  return createGpuLoad(
    () => openLoad(open, createCompiler(open), fma),
    () => performance.now(),
  );
};

/** The instrument `fma` as work on all units. Rejects with CellFailure as any program does. */
const openLoad = async (open: OpenDevice, compiler: Compiler, fma: Mechanism): Promise<Load> => {
  const { device } = open;
  const cell = instrumentCell("fma", loadValues);
  const plan = fma.plan(cell, cell.form, open.capabilities, {});
  const program = await createProgram(open, plan, await compiler.compile(plan), 1);
  program.fill(fma.inputs(cell, 1));
  return {
    flops: fma.flops(cell, cell.form, {}).executed,
    submit(repetitions) {
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      program.record(pass, repetitions);
      pass.end();
      device.queue.submit([encoder.finish()]);
    },
    done: () => device.queue.onSubmittedWorkDone(),
  };
};
