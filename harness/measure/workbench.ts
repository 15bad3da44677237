import { createHash } from "node:crypto";
import type { BytesByRole, Mechanism, Plan, Shape, Tensors } from "../../kernels/mechanism.ts";
import { problemOf, tierOf } from "../../kernels/offload.ts";
import { bufferBytes, planModules } from "../../kernels/plan.ts";
import { CellFailure } from "../device/failure.ts";
import { totalBytes } from "../device/ledger.ts";
import type { OpenDevice } from "../device/openDevice.ts";
import { createCompiler, createProgram, type Pipelines, type Program } from "../device/program.ts";
import type { Cell } from "../experiment/experiment.ts";
import type { GpuLoad } from "./gpuLoad.ts";
import type { KeptReferences } from "./keptReferences.ts";
import type { ExecReply, ExecRequest, PrepareReply, PrepareRequest, VisitReply, VisitRequest, WriteReply, WriteRequest } from "./messages.ts";
import { createOffload } from "./offload.ts";
import { createPasses, median, slowMs } from "./passes.ts";
import { givingWay } from "./residency.ts";
import { stagedRepetitions } from "./stageTimes.ts";
import { expectedRows, verify } from "./verification.ts";
import { routesOf, timedText, writtenTokens } from "./writing.ts";

/** What a worker does with cells on its device. Every method throws CellFailure where the cell, and not the worker, is at fault. */
export interface Workbench {
  prepare(request: PrepareRequest): Promise<PrepareReply>;
  visit(request: VisitRequest): Promise<VisitReply>;
  evict(cell: string): void;
  exec(request: ExecRequest): Promise<ExecReply>;
  write(request: WriteRequest): Promise<WriteReply>;
}

interface Bench {
  readonly cell: Cell;
  /** of what its kernels compute */
  readonly shape: Shape;
  readonly mechanism: Mechanism;
  readonly plan: Plan;
  readonly pipelines: Pipelines;
  readonly copies: number;
  readonly seed: number;
  /** tensors of the buffers that drift: needed at every visit, so kept */
  readonly drifting: Tensors;
  program: Program | undefined;
  estimateMs: number;
  /** repetitions in visits so far, and of how many stages were timed */
  timed: number;
  staged: number;
  /** how often the device had been used when this was last visited */
  usedAt: number;
}

/** Copies of a 64 KiB state over twice the last-level cache of today's largest GPUs. */
const mostCopies = 4096;
/** Beside a slower repetition, warming up before a visit costs more than it gains. */
const longestWarmupMs = 50;

/** `references`: computed by earlier workers of the run, and kept for later ones. `load`: of this device. */
export const createWorkbench = (
  open: OpenDevice,
  mechanisms: readonly Mechanism[],
  memoryBudgetBytes: number,
  references: KeptReferences,
  load: GpuLoad,
): Workbench => {
  const { device } = open;
  const benches = new Map<string, Bench>();
  const compiler = createCompiler(open);
  /** by kernel hash: what the first dispatch took beyond a later one, which is a driver's own compiling */
  const lazyCompileMs = new Map<string, number>();
  const complaints: CellFailure[] = [];
  const passes = createPasses(open, load);
  const offload = createOffload(open, passes);
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

  /** The mechanism of a cell that fits this device. Throws CellFailure with its reason where it does not. */
  const acceptingMechanism = (cell: Cell): Mechanism => {
    const mechanism = mechanisms.find((candidate) => candidate.name === cell.mechanism);
    if (!mechanism) throw new CellFailure("noFeature", `no mechanism ${cell.mechanism} in this worker`);
    const refusal = mechanism.refusal(cell, cell.form, open.capabilities);
    if (refusal) throw new CellFailure(refusal.code, refusal.reason);
    return mechanism;
  };

  let uses = 0;
  /** Make room for `bytes` beside what stays within `budgetBytes`. */
  const makeRoom = (bytes: number, budgetBytes: number): void => {
    const residents = [...benches.values()].flatMap((bench) =>
      bench.program ? [{ bench, bytes: totalBytes(bench.program.ledger.bytes()), usedAt: bench.usedAt }] : [],
    );
    for (const { bench } of givingWay(residents, bytes, budgetBytes, uses, benches.size)) {
      bench.program?.destroy();
      bench.program = undefined;
    }
  };

  const create = async ({ plan, pipelines, copies }: Bench): Promise<Program> => {
    const bytes = copies * plan.buffers.reduce((sum, buffer) => sum + bufferBytes(buffer), 0);
    makeRoom(bytes, memoryBudgetBytes);
    try {
      return await createProgram(open, plan, pipelines, copies);
    } catch (error) {
      // The device has less than the budget: all of it for this one.
      if (!(error instanceof CellFailure) || error.code !== "outOfMemory" || [...benches.values()].every(({ program }) => !program)) throw error;
      makeRoom(bytes, 0);
      return createProgram(open, plan, pipelines, copies);
    }
  };

  const allocate = async (bench: Bench, tensors: Tensors | undefined): Promise<Program> => {
    const program = await create(bench);
    program.fill(tensors ?? bench.mechanism.inputs(bench.shape, bench.seed));
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
      const mechanism = acceptingMechanism(cell);
      const tiles = chosen ?? mechanism.tiles(cell, cell.form, open.capabilities)[0];
      if (!tiles) throw new CellFailure("noFeature", `${cell.mechanism} has no variant of ${cell.form} for this device`);
      const plan = mechanism.plan(cell, cell.form, open.capabilities, tiles);
      const kernelHash = hashOf(plan);
      const compileFrom = performance.now();
      const pipelines = await compiler.compile(plan);
      // Neither grows with n.
      let compilingOrWakingMs = performance.now() - compileFrom;
      const { shape } = problemOf(mechanism, cell, cell.form);
      const tensors = mechanism.inputs(shape, seed);
      const bench: Bench = {
        cell,
        shape,
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
        timed: 0,
        staged: 0,
        usedAt: ++uses,
      };
      const program = await allocate(bench, tensors);
      try {
        const ledger = assertLedger(program, mechanism.bytesByRole(cell, cell.form, tiles));
        program.restore(tensors);
        const broughtBackMs = cell.phase === "offload" ? await offload.prove(program, cell) : undefined;
        checkDevice();
        const first = await passes.time(cell.id, program, 1, 1);
        checkDevice();
        const { rows, sparedMs } = references.rows({ mechanism: mechanism.name, seed, shape }, () => expectedRows(mechanism, shape, tensors));
        const verified = await verify(mechanism, shape, plan.buffers, tensors, program.read, rows);
        checkDevice();
        benches.set(cell.id, bench);
        // The first pass of a kernel holds what its driver compiles lazily.
        compilingOrWakingMs += await load.wake();
        const computedMs = lazyCompileMs.has(kernelHash) && median(first) >= slowMs ? median(first) : await passes.estimate(cell.id, program);
        bench.estimateMs = broughtBackMs ?? computedMs;
        checkDevice();
        if (!lazyCompileMs.has(kernelHash)) {
          const lazyMs = Math.max(0, (first.wallMs[0] ?? 0) - computedMs);
          lazyCompileMs.set(kernelHash, lazyMs);
          compilingOrWakingMs += lazyMs;
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
          flops: movesBytes(cell) ? { useful: 0, executed: undefined } : mechanism.flops(cell, cell.form, tiles),
          leastBytes: mechanism.leastBytes(cell, cell.form),
          ...(program.stageRuns.length > 0 && mechanism.stages ? { stages: mechanism.stages(cell, cell.form, tiles) } : {}),
          estimateMs: bench.estimateMs,
          fillMs: Math.max(0, performance.now() - started - compilingOrWakingMs),
          sparedMs,
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
      bench.usedAt = ++uses;
      const program = bench.program ?? (await allocate(bench, undefined));
      await load.wake();
      program.restore(bench.drifting);
      await load.hold();
      // Untimed: buffers written since the last visit, caches of another cell's data.
      if (bench.estimateMs < longestWarmupMs) passes.submit(program, 1);
      // Else a wall clock would time this too.
      await open.awaited(device.queue.onSubmittedWorkDone());
      const times =
        bench.cell.phase === "offload" ? { gpuMs: [], ...(await offload.time(program, bench.cell, k, samples)) } : await passes.time(cell, program, k, samples);
      bench.timed += k * samples;
      const staged = stagedRepetitions(bench.timed, bench.staged);
      const stages = await passes.timeStages(program, staged);
      bench.staged += staged;
      checkDevice();
      bench.estimateMs = median(times);
      return { ...times, ...(stages ? { stages } : {}), rssBytes: process.resourceUsage().maxRSS * 1024 };
    },

    async write({ cell, seed }) {
      complaints.length = 0;
      const mechanism = acceptingMechanism(cell);
      const tiles = mechanism.tiles(cell, cell.form, open.capabilities)[0] ?? {};
      const plan = mechanism.plan(cell, cell.form, open.capabilities, tiles);
      makeRoom(
        plan.buffers.reduce((sum, buffer) => sum + bufferBytes(buffer), 0),
        memoryBudgetBytes,
      );
      const program = await createProgram(open, plan, await compiler.compile(plan), 1);
      try {
        assertLedger(program, mechanism.bytesByRole(cell, cell.form, tiles));
        const drawn = mechanism.inputs(cell, seed);
        const { text, msPerToken } = await timedText(open, program, cell, drawn);
        const tensors = { ...drawn, text, ...(await routesOf(program, cell)) };
        checkDevice();
        const { maxError, tolerance } = await verify(mechanism, cell, plan.buffers, tensors, program.read);
        return { ...writtenTokens(mechanism, cell, tensors), msPerToken, tiles, kernelHash: hashOf(plan), maxError, tolerance };
      } finally {
        program.destroy();
      }
    },

    async exec({ cell, tensors }) {
      complaints.length = 0;
      const mechanism = acceptingMechanism(cell);
      const tiles = mechanism.tiles(cell, cell.form, open.capabilities)[0] ?? {};
      const plan = mechanism.plan(cell, cell.form, open.capabilities, tiles);
      const program = await createProgram(open, plan, await compiler.compile(plan), 1);
      try {
        program.fill(tensors);
        program.restore(tensors);
        passes.submit(program, 1);
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

/** What was allocated. Throws CellFailure ledgerMismatch where the closed form says otherwise. */
const assertLedger = ({ ledger }: Program, closedForm: BytesByRole): BytesByRole => {
  const bytes = ledger.bytes();
  for (const role of ["input", "output", "state", "scratch"] as const) {
    if (bytes[role] !== closedForm[role])
      throw new CellFailure("ledgerMismatch", `role ${role}: ${bytes[role]} bytes were allocated, the closed form says ${closedForm[role]}`);
  }
  return bytes;
};

const hashOf = (plan: Plan): string => createHash("sha256").update(planModules(plan).join("\n\n")).digest("hex").slice(0, 16);

/** Nothing is computed while a tier brings a state back, so no ceiling of the device binds it. */
const movesBytes = ({ phase, form }: Cell): boolean => phase === "offload" && tierOf(form) !== undefined;

/** How many copies of what a repetition reads exceed `rotateBytes` together; 1 where one already does, or where the phase is a stream by itself. */
const rotatingCopies = (plan: Plan, cell: Cell, rotateBytes: number, memoryBudgetBytes: number): number => {
  if (rotateBytes === 0 || cell.phase === "generate" || cell.phase === "offload" || cell.phase === "probe") return 1;
  const readBytes = plan.buffers.reduce((sum, buffer) => sum + (buffer.role === "input" || buffer.role === "state" ? bufferBytes(buffer) : 0), 0);
  const wanted = Math.ceil(rotateBytes / Math.max(1, readBytes));
  return Math.max(1, Math.min(wanted, mostCopies, Math.floor(memoryBudgetBytes / 2 / Math.max(1, readBytes))));
};
