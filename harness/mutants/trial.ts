import type { Mechanism, Tensors } from "../../kernels/mechanism.ts";
import { CellFailure, type FailureCode } from "../device/failure.ts";
import type { PrepareReply } from "../measure/messages.ts";
import type { WorkerSession } from "../measure/workerSession.ts";
import type { MutantCase, Probe } from "./cases.ts";
import { mutableCell } from "./mutable.ts";
import type { PlanMutant } from "./mutantPlan.ts";

/** What became of a mutant. */
export type Trial =
  /** verification refused it, or it hung or took the device down: `code` says which */
  | { readonly outcome: "caught"; readonly code: FailureCode; readonly reason: string }
  /** WGSL or WebGPU refuses it: it never ran */
  | { readonly outcome: "notCompiled"; readonly reason: string }
  /** to the bit what the original writes, in every look */
  | { readonly outcome: "equivalent" }
  /** writes something else in some look, and passes in all */
  | { readonly outcome: "survived"; readonly reason: string };

/** What the original writes in each look of a case, and how long a mutant may take. */
export interface Original {
  readonly outputs: readonly Tensors[];
  readonly timeoutMs: number;
}

/** A first preparation of the original, under whatever load this machine is. */
const firstMs = 120_000;
/** Beyond what the original took, so that an endless loop is told from a slow one. */
const patience = { ms: 4000, compiling: 2, running: 10 };

/**
 * The original of a case, verified in each look and run twice. Throws Error where it fails itself, or where two runs of it differ: then its mutants
 * cannot be judged.
 */
export const runOriginal = async (session: WorkerSession, mechanism: Mechanism, { cell, module, probes }: MutantCase): Promise<Original> => {
  const outputs: Tensors[] = [];
  let timeoutMs = 0;
  for (const probe of probes) {
    const { compileMs } = await prepare(session, probe, undefined, firstMs);
    const started = performance.now();
    const first = await outputsOf(session, mechanism, probe, undefined, firstMs);
    const difference = differenceOf(first, await outputsOf(session, mechanism, probe, undefined, firstMs));
    if (difference) throw new Error(`${cell.id}, ${module.step.label}: two runs of the original differ: ${difference}`);
    outputs.push(first);
    timeoutMs = Math.max(timeoutMs, patience.ms + patience.compiling * compileMs + patience.running * (performance.now() - started));
  }
  session.prepared.add(cell.id);
  return { outputs, timeoutMs };
};

/** Hold a mutant against verification in each look, then, if it passes in all, against what the original writes. Rejects where no worker can be had. */
export const runMutant = async (
  session: WorkerSession,
  mechanism: Mechanism,
  { cell, probes }: MutantCase,
  { outputs, timeoutMs }: Original,
  mutant: PlanMutant,
): Promise<Trial> => {
  // A new worker has compiled none of the plan's modules, of which a mutant changes one.
  if (!session.prepared.has(cell.id) && probes[0]) {
    await prepare(session, probes[0], undefined, firstMs);
    session.prepared.add(cell.id);
  }
  for (const probe of probes) {
    try {
      await prepare(session, probe, mutant, timeoutMs);
    } catch (error) {
      // A worker's own error is a fault of ours, not of the mutant.
      if (!(error instanceof CellFailure) || error.code === "workerError") throw error;
      const reason = error.message;
      return error.code === "compileError" ? { outcome: "notCompiled", reason } : { outcome: "caught", code: error.code, reason };
    }
  }
  for (const [index, probe] of probes.entries()) {
    const at = `n = ${probe.cell.n}, seed ${probe.seed}`;
    try {
      const difference = differenceOf(outputs[index] ?? {}, await outputsOf(session, mechanism, probe, mutant, timeoutMs));
      if (difference) return { outcome: "survived", reason: `${at}: ${difference}` };
    } catch (error) {
      if (!(error instanceof CellFailure) || error.code === "workerError") throw error;
      return { outcome: "survived", reason: `${at}: passed, and at the next run ${error.message}` };
    }
  }
  return { outcome: "equivalent" };
};

const prepare = async (session: WorkerSession, { cell, seed }: Probe, mutant: PlanMutant | undefined, timeoutMs: number): Promise<PrepareReply> => {
  const prepared = await session.ask("prepare", { cell: mutableCell(cell, mutant), seed, rotateBytes: 0 }, timeoutMs);
  await session.ask("evict", { cell: cell.id }, timeoutMs);
  return prepared;
};

const outputsOf = async (
  session: WorkerSession,
  mechanism: Mechanism,
  { cell, seed }: Probe,
  mutant: PlanMutant | undefined,
  timeoutMs: number,
): Promise<Tensors> => (await session.ask("exec", { cell: mutableCell(cell, mutant), tensors: mechanism.inputs(cell, seed) }, timeoutMs)).buffers;

/**
 * "12 of 480 elements of o differ, by 6.0e-8 of its RMS at most, o[17] is 0.25 instead of 0.5", for the first buffer whose bits differ; undefined where
 * none does. A difference like a unit roundoff (6e-8) is another order of rounding, and right.
 */
export const differenceOf = (expected: Tensors, given: Tensors): string | undefined => {
  for (const [name, values] of Object.entries(expected)) {
    const others = given[name] ?? new Float32Array();
    const [before, now] = [bitsOf(values), bitsOf(others)];
    const differing = [...before.keys()].filter((index) => before[index] !== now[index]);
    if (differing.length === 0) continue;
    const scale = Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0) / values.length);
    const errorAt = (index: number): number => Math.abs((others[index] ?? Number.NaN) - (values[index] ?? Number.NaN)) / scale;
    const worst = differing.reduce((a, b) => (errorAt(b) > errorAt(a) ? b : a));
    const size = errorAt(worst).toExponential(1);
    return `${differing.length} of ${values.length} elements of ${name} differ, by ${size} of its RMS at most, ${name}[${worst}] is ${others[worst]} instead of ${values[worst]}`;
  }
  return undefined;
};

const bitsOf = (values: Float32Array | Uint32Array): Uint32Array => new Uint32Array(values.buffer, values.byteOffset, values.length);
