import { resolve } from "node:path";
import { builtInKernels } from "../../kernels/builtIn.ts";
import type { Dtype, Form, Mechanism, Tiles } from "../../kernels/mechanism.ts";
import { joinMechanisms, loadMechanisms } from "../../kernels/registry.ts";
import type { AdapterFacts } from "../device/adapterFacts.ts";
import { CellFailure } from "../device/failure.ts";
import { boundless } from "../experiment/cells.ts";
import type { Cell } from "../experiment/experiment.ts";
import { connector } from "../measure/connection.ts";
import { createSession } from "../measure/workerSession.ts";
import { type ExecCell, execCell } from "./cell.ts";
import { contentsOf, resultBytes, resultsOf } from "./contents.ts";
import { type ExecProblem, Unexecutable } from "./problem.ts";
import type { NamedTensors } from "./tensor.ts";
import { checkedDtype, notFiniteCounts } from "./values.ts";

/** Where to compute, and with which mechanisms. */
export interface ExecOptions {
  /** as `--adapter`: auto unless given */
  readonly adapter?: string | undefined;
  /** folders of mechanisms besides the built-in ones */
  readonly kernels?: readonly string[] | undefined;
  /** ms after which a computation is given up; 10 minutes unless given */
  readonly timeoutMs?: number | undefined;
}

export interface ExecResult {
  /** `o` and caches in `dtype`; a state in f32, or in the one that it was given in */
  readonly tensors: NamedTensors;
  /** of q, k and v */
  readonly dtype: Dtype;
  readonly form: Form;
  readonly tiles: Tiles;
  /** the problem as it was planned: sizes, scale, parameters, the dtype that kernels stored q, k, v and o in; n is the context in decode */
  readonly cell: Cell;
  readonly adapter: AdapterFacts & { readonly choice: string };
  /** states and caches that the problem did not bring: they were zeros, or empty */
  readonly absent: readonly string[];
  /** of the tensors that came out, how many values are infinite or no numbers, where there are any */
  readonly notFinite: Readonly<Record<string, number>>;
}

/** One worker for many computations. */
export interface ExecSession {
  readonly mechanisms: readonly Mechanism[];
  /** Bytes of the tensors that come out, as a file holds them. Opens no device. Throws Unexecutable where the problem is at fault. */
  resultBytes(problem: ExecProblem): number;
  /** Rejects with Unexecutable before a device is opened where the problem is at fault, with NoAdapter, and with CellFailure where the device is. */
  exec(problem: ExecProblem): Promise<ExecResult>;
  close(): Promise<void>;
}

const defaultTimeoutMs = 600_000;
const memoryBudgetBytes = 2 ** 30;

/** Loads the mechanisms; the device is opened by the first computation. Rejects with UnloadableKernels. */
export const openExec = async ({ adapter = "auto", kernels = [], timeoutMs = defaultTimeoutMs }: ExecOptions = {}): Promise<ExecSession> => {
  const folders = kernels.map((folder) => resolve(folder));
  const mechanisms = joinMechanisms(...(await Promise.all([builtInKernels, ...folders].map((folder) => loadMechanisms(folder)))));
  const session = createSession(connector(adapter, { mode: "timing", kernels: folders, memoryBudgetBytes }), 0);
  return {
    mechanisms,
    resultBytes: (problem) => resultBytes(execCell(problem, mechanisms, boundless), problem.tensors, checkedDtype(problem.tensors)),
    async exec(problem) {
      const dtype = checkedDtype(problem.tensors);
      execCell(problem, mechanisms, boundless);
      const { hello, choice } = await session.connection();
      const planned = execCell(problem, mechanisms, hello.capabilities);
      const { cell } = planned;
      const { buffers } = await session.ask("exec", { cell, tensors: contentsOf(planned, problem.tensors) }, timeoutMs).catch(unlessRefused);
      const tensors = resultsOf(planned, buffers, problem.tensors, dtype);
      return {
        tensors,
        dtype,
        form: cell.form,
        tiles: planned.tiles,
        cell,
        adapter: { ...hello.facts, choice },
        absent: absentOf(planned, problem),
        notFinite: notFiniteCounts(tensors),
      };
    },
    close: () => session.close(),
  };
};

/** Computes one problem on a worker of its own. Rejects as a session does. */
export const exec = async ({ adapter, kernels, timeoutMs, ...problem }: ExecProblem & ExecOptions): Promise<ExecResult> => {
  const session = await openExec({ adapter, kernels, timeoutMs });
  try {
    return await session.exec(problem);
  } finally {
    await session.close();
  }
};

const absentOf = ({ wanted }: ExecCell, { tensors }: ExecProblem): readonly string[] =>
  wanted.flatMap(({ name }) => (Object.hasOwn(tensors, name) ? [] : [name]));

/** What the device has no room or feature for is the problem's to change. */
const unlessRefused = (error: unknown): never => {
  if (error instanceof CellFailure && error.record.status === "skipped") throw new Unexecutable(error.message);
  throw error;
};
