import { createHash } from "node:crypto";
import type { Mechanism, Plan, Tensors } from "../../kernels/mechanism.ts";
import { bufferBytes, planModules } from "../../kernels/plan.ts";
import { createStopwatch, type Stopwatch } from "../device/clock.ts";
import { CellFailure } from "../device/failure.ts";
import { totalBytes } from "../device/ledger.ts";
import type { OpenDevice } from "../device/openDevice.ts";
import { createCompiler, createProgram, type Pipelines, type Program } from "../device/program.ts";
import { quietly } from "../device/quietly.ts";
import type { Cell } from "../experiment/experiment.ts";
import type { ExecReply, ExecRequest, PrepareReply, PrepareRequest, VisitReply, VisitRequest } from "./messages.ts";
import { sample } from "./sampler.ts";
import { verify } from "./verification.ts";

/** What a worker does with cells on its device. Every method throws CellFailure where the cell, and not the worker, is at fault. */
export interface Workbench {
  prepare(request: PrepareRequest): Promise<PrepareReply>;
  visit(request: VisitRequest): Promise<VisitReply>;
  evict(cell: string): void;
  exec(request: ExecRequest): Promise<ExecReply>;
}

interface Bench {
  readonly cell: Cell;
  readonly mechanism: Mechanism;
  readonly plan: Plan;
  readonly pipelines: Pipelines;
  readonly copies: number;
  readonly seed: number;
  /** tensors of the buffers that drift: needed at every visit, so kept */
  readonly drifting: Tensors;
  program: Program | undefined;
  estimateMs: number;
}

/** Copies of a 64 KiB state over twice the last-level cache of today's largest GPUs. */
const mostCopies = 4096;
/** A pass that even a clock with steps of 65.5 µs times to a seventh. */
const longEnoughMs = 0.5;
/** A pass beside which warming up does not count. */
const slowMs = 50;
const mostPairs = 2048;
/**
 * A GPU lowers its clock when it has little to do, and raises it only after so long a stretch of work: on an H100, FMA ran 5.7 times slower after 3 s of
 * rest, for 0.27 s of work; after 1.6 s it was as fast as before.
 */
const restMs = 500;
const wakeMs = 400;
/** Beside a slower repetition, warming up before a visit costs more than it gains. */
const longestWarmupMs = 50;

export const createWorkbench = (open: OpenDevice, mechanisms: readonly Mechanism[], memoryBudgetBytes: number): Workbench => {
  const { device } = open;
  const benches = new Map<string, Bench>();
  const compiler = createCompiler(open);
  /** by kernel hash: what the first dispatch took beyond a later one, which is a driver's own compiling */
  const lazyCompileMs = new Map<string, number>();
  const stopwatch: Stopwatch | undefined = open.timestamps ? createStopwatch(open, mostPairs) : undefined;
  const complaints: CellFailure[] = [];
  device.addEventListener("uncapturederror", ({ error }) => {
    complaints.push(new CellFailure(error instanceof GPUOutOfMemoryError ? "outOfMemory" : "compileError", error.message));
  });

  /** A submit that Dawn refused, or a device that died, is this cell's failure, not a quiet zero. */
  const checkDevice = (): void => {
    const lost = open.lostReason();
    if (lost !== undefined) throw new CellFailure("deviceLost", lost);
    const [complaint] = complaints.splice(0);
    if (complaint) throw complaint;
  };

  const submitPass = (program: Program, repetitions: number, timestampWrites: GPUComputePassTimestampWrites | undefined): void => {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass(timestampWrites ? { timestampWrites } : {});
    program.record(pass, repetitions);
    pass.end();
    device.queue.submit([encoder.finish()]);
  };

  /** A CPU emulation needs the core that waiting would keep busy. */
  const awaited = <T>(work: Promise<T>): Promise<T> => (open.facts.software ? quietly(work) : work);
  /** Where the wall clock times a pass, it must not time naps. */
  const timed = <T>(work: Promise<T>): Promise<T> => (stopwatch ? awaited(work) : work);

  /** Times `samples` passes of k repetitions; one wait for all of them with timestamps, one each without. */
  const timePasses = async (bench: Bench, program: Program, k: number, samples: number): Promise<{ gpuMs: number[]; wallMs: number[] }> => {
    const started = performance.now();
    try {
      return await timedPasses(bench, program, k, samples, started);
    } finally {
      busyUntil = performance.now();
    }
  };

  const timedPasses = async (bench: Bench, program: Program, k: number, samples: number, started: number): Promise<{ gpuMs: number[]; wallMs: number[] }> => {
    if (!stopwatch) {
      const wallMs = await sample(
        bench.cell.id,
        samples,
        async () => {},
        async () => {
          const from = performance.now();
          submitPass(program, k, undefined);
          await timed(device.queue.onSubmittedWorkDone());
          return (performance.now() - from) / k;
        },
      );
      return { gpuMs: [], wallMs };
    }
    let passMs: readonly number[] = [];
    const gpuMs = await sample(
      bench.cell.id,
      samples,
      async () => {
        for (let i = 0; i < samples; i++) submitPass(program, k, stopwatch.writes(i));
        passMs = await awaited(stopwatch.readMs(samples));
      },
      async (index) => (passMs[index] ?? Number.NaN) / k,
    );
    return { gpuMs, wallMs: [(performance.now() - started) / (samples * k)] };
  };

  let busyUntil = Number.NEGATIVE_INFINITY;
  /** Keeps a GPU that has rested busy until its clock is up. A CPU emulation needs none. */
  const wake = async (program: Program, repetitionMs: number): Promise<void> => {
    const from = performance.now();
    if (open.facts.software || from - busyUntil < restMs) return;
    const repetitions = Math.max(1, Math.min(1024, Math.ceil(5 / Math.max(repetitionMs, 1e-3))));
    while (performance.now() - from < wakeMs) {
      submitPass(program, repetitions, undefined);
      await device.queue.onSubmittedWorkDone();
    }
  };

  /** Time of one repetition, ms: of a pass long enough for a coarse clock, and not of the first, which still warms caches and lazy drivers, unless it is slow. */
  const estimate = async (bench: Bench, program: Program): Promise<number> => {
    for (let k = 1, warm = false; ; warm = true) {
      const repetitionMs = median(await timePasses(bench, program, k, 1));
      const passMs = repetitionMs * k;
      if (passMs >= slowMs || (warm && passMs >= longEnoughMs) || 8 * k > mostPairs) return repetitionMs;
      if (passMs < longEnoughMs) k *= 8;
    }
  };

  const residentBytes = (): number => [...benches.values()].reduce((sum, bench) => sum + (bench.program ? totalBytes(bench.program.ledger.bytes()) : 0), 0);

  /** Make room for `bytes`, the longest unused first: insertion order of the map is order of use. */
  const makeRoom = (bytes: number): void => {
    for (const bench of benches.values()) {
      if (residentBytes() + bytes <= memoryBudgetBytes) return;
      bench.program?.destroy();
      bench.program = undefined;
    }
  };

  const allocate = async (bench: Bench, tensors: Tensors | undefined): Promise<Program> => {
    const planBytes = bench.plan.buffers.reduce((sum, buffer) => sum + bufferBytes(buffer), 0);
    makeRoom(planBytes * bench.copies);
    const program = await createProgram(open, bench.plan, bench.pipelines, bench.copies);
    program.fill(tensors ?? bench.mechanism.inputs(bench.cell, bench.seed));
    bench.program = program;
    return program;
  };

  const evict = (id: string): void => {
    benches.get(id)?.program?.destroy();
    benches.delete(id);
  };

  return {
    evict,

    async prepare({ cell, tiles: chosen, seed, rotateBytes }) {
      evict(cell.id);
      complaints.length = 0;
      const started = performance.now();
      const mechanism = mechanisms.find((candidate) => candidate.name === cell.mechanism);
      if (!mechanism) throw new Error(`no mechanism ${cell.mechanism} in this worker`);
      const refusal = mechanism.refusal(cell, cell.form, open.capabilities);
      if (refusal) throw new CellFailure(refusal.code, refusal.reason);
      const tiles = chosen ?? mechanism.tiles(cell, cell.form, open.capabilities)[0];
      if (!tiles) throw new CellFailure("noFeature", `${cell.mechanism} has no variant of ${cell.form} for this device`);
      const plan = mechanism.plan(cell, cell.form, open.capabilities, tiles);
      const kernelHash = hashOf(plan);
      const compileFrom = performance.now();
      const pipelines = await compiler.compile(plan);
      let compilingMs = performance.now() - compileFrom;
      const tensors = mechanism.inputs(cell, seed);
      const bench: Bench = {
        cell,
        mechanism,
        plan,
        pipelines,
        copies: rotatingCopies(plan, cell, rotateBytes, memoryBudgetBytes),
        seed,
        drifting: Object.fromEntries(
          plan.buffers.flatMap(({ drifts, init }) => (drifts && typeof init === "object" ? [[init.tensor, tensors[init.tensor] ?? new Float32Array()]] : [])),
        ),
        program: undefined,
        estimateMs: 0,
      };
      const program = await allocate(bench, tensors);
      try {
        const ledger = program.ledger.bytes();
        const closedForm = mechanism.bytesByRole(cell, cell.form, tiles);
        for (const role of ["input", "output", "state", "scratch"] as const) {
          if (ledger[role] !== closedForm[role])
            throw new CellFailure("ledgerMismatch", `role ${role}: ${ledger[role]} bytes were allocated, the closed form says ${closedForm[role]}`);
        }
        program.restore(tensors);
        const first = await timePasses(bench, program, 1, 1);
        checkDevice();
        const verified = await verify(mechanism, cell, plan.buffers, tensors, program.read);
        checkDevice();
        benches.set(cell.id, bench);
        // The first pass of a kernel holds what its driver compiles lazily.
        await wake(program, median(first));
        bench.estimateMs = lazyCompileMs.has(kernelHash) && median(first) >= slowMs ? median(first) : await estimate(bench, program);
        checkDevice();
        if (!lazyCompileMs.has(kernelHash)) {
          const lazyMs = Math.max(0, (first.wallMs[0] ?? 0) - bench.estimateMs);
          lazyCompileMs.set(kernelHash, lazyMs);
          compilingMs += lazyMs;
        }
        return {
          tiles,
          kernelHash,
          compileMs: pipelines.compileMs + (lazyCompileMs.get(kernelHash) ?? 0),
          maxError: verified.maxError,
          tolerance: verified.tolerance,
          verifiedRows: verified.rows,
          bytesByRole: ledger,
          copies: bench.copies,
          flops: mechanism.flops(cell, cell.form, tiles),
          leastBytes: mechanism.leastBytes(cell, cell.form),
          estimateMs: bench.estimateMs,
          fillMs: Math.max(0, performance.now() - started - compilingMs),
        };
      } catch (error) {
        benches.delete(cell.id);
        program.destroy();
        throw error;
      }
    },

    async visit({ cell, k, samples }) {
      const bench = benches.get(cell);
      if (!bench) throw new Error(`visit of ${cell}, which was not prepared`);
      benches.delete(cell);
      benches.set(cell, bench);
      const program = bench.program ?? (await allocate(bench, undefined));
      await wake(program, bench.estimateMs);
      program.restore(bench.drifting);
      // Untimed: buffers written since the last visit, caches of another cell's data.
      if (bench.estimateMs < longestWarmupMs) submitPass(program, 1, undefined);
      // Else a wall clock would time this too.
      await awaited(device.queue.onSubmittedWorkDone());
      const { gpuMs, wallMs } = await timePasses(bench, program, k, Math.min(samples, mostPairs));
      checkDevice();
      bench.estimateMs = median({ gpuMs, wallMs });
      return { gpuMs, wallMs, rssBytes: process.resourceUsage().maxRSS * 1024 };
    },

    async exec({ cell, tensors }) {
      complaints.length = 0;
      const mechanism = mechanisms.find((candidate) => candidate.name === cell.mechanism);
      if (!mechanism) throw new Error(`no mechanism ${cell.mechanism} in this worker`);
      const refusal = mechanism.refusal(cell, cell.form, open.capabilities);
      if (refusal) throw new CellFailure(refusal.code, refusal.reason);
      const tiles = mechanism.tiles(cell, cell.form, open.capabilities)[0] ?? {};
      const plan = mechanism.plan(cell, cell.form, open.capabilities, tiles);
      const program = await createProgram(open, plan, await compiler.compile(plan), 1);
      try {
        program.fill(tensors);
        program.restore(tensors);
        submitPass(program, 1, undefined);
        const buffers: Record<string, Float32Array | Uint32Array> = {};
        for (const { name, role } of plan.buffers) if (role === "output" || role === "state") buffers[name] = await program.read(name);
        checkDevice();
        return { buffers };
      } finally {
        program.destroy();
      }
    },
  };
};

const hashOf = (plan: Plan): string => createHash("sha256").update(planModules(plan).join("\n\n")).digest("hex").slice(0, 16);

const median = ({ gpuMs, wallMs }: { gpuMs: readonly number[]; wallMs: readonly number[] }): number => {
  const sorted = [...(gpuMs.length > 0 ? gpuMs : wallMs)].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
};

/** How many copies of what a repetition reads exceed `rotateBytes` together; 1 where one already does, or where the phase is a stream by itself. */
const rotatingCopies = (plan: Plan, cell: Cell, rotateBytes: number, memoryBudgetBytes: number): number => {
  if (rotateBytes === 0 || cell.phase === "generate" || cell.phase === "probe") return 1;
  const readBytes = plan.buffers.reduce((sum, buffer) => sum + (buffer.role === "input" || buffer.role === "state" ? bufferBytes(buffer) : 0), 0);
  const wanted = Math.ceil(rotateBytes / Math.max(1, readBytes));
  return Math.max(1, Math.min(wanted, mostCopies, Math.floor(memoryBudgetBytes / 2 / Math.max(1, readBytes))));
};
