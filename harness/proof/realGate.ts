import { performance } from "node:perf_hooks";
import { builtInKernels } from "../../kernels/builtIn.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import { compareRuns } from "../analysis/comparison/comparison.ts";
import { median } from "../analysis/statistics.ts";
import { describeEnvironment } from "../device/environment.ts";
import { parseExperiment } from "../experiment/parse.ts";
import { formatProblem } from "../experiment/problem.ts";
import { type Connect, connector } from "../measure/connection.ts";
import { type DuetVoice, measureDuet } from "../measure/measureDuet.ts";
import type { Messages, MessageType } from "../measure/messages.ts";
import { createSession, type WorkerSession } from "../measure/workerSession.ts";
import type { DuetSide, RunRecord } from "../record/run.ts";
import { newRecord } from "../runExperiment.ts";
import { gateNames, samplesOf, slowerBy } from "./gateJudges.ts";

/** Arms beside base: the same code, and more work, as a factor on time. */
const factors = [1, 1.05, 1.1, 1.2] as const;

/** Twelve cells of real kernels, so short that a pass holds 20 repetitions or more. */
const yaml = (maxTimeSeconds: number, seed: number): string => `name: gate
title: Gate
phase: decode
mechanisms: [softmax, linear, gatedDeltaNet]
axes: { n: [64, 128, 256, 512] }
fixed: { heads: 8, headDim: 64 }
measure: { maxTime: ${maxTimeSeconds}s, seed: ${seed} }
`;

/** Real extra work: a pass holds so many more repetitions than base's, and its time counts as that of as many. */
const withExtraWork =
  (connect: Connect, factor: number): Connect =>
  async () => {
    const connection = await connect();
    const { worker } = connection;
    const ask = async <T extends MessageType>(type: T, request: Messages[T]["request"], timeoutMs: number): Promise<Messages[T]["reply"]> => {
      if (type !== "visit") return worker.ask(type, request, timeoutMs);
      const asked = request as Messages["visit"]["request"];
      // In twentieths, so that one of them is 5 % exactly.
      const k = 20 * Math.ceil(asked.k / 20);
      const reply = await worker.ask("visit", { ...asked, k: Math.round(k * factor) }, timeoutMs);
      const scaled = (times: readonly number[]): readonly number[] => times.map((ms) => ms * factor);
      return { ...reply, gpuMs: scaled(reply.gpuMs), wallMs: scaled(reply.wallMs) } as Messages[T]["reply"];
    };
    return {
      ...connection,
      worker: {
        ask,
        get alive() {
          return worker.alive;
        },
        close: () => worker.close(),
      },
    };
  };

/** What was told of one cell whose change is known. */
export interface ToldCell {
  readonly cell: string;
  /** its arm's work over base's */
  readonly factor: number;
  /** by judge */
  readonly slower: Readonly<Record<string, boolean>>;
  /** log of the ratio that attnbench tells, and of that of the medians of all samples, each less that of the factor */
  readonly off: { readonly attnbench: number; readonly medians: number };
  /** attnbench's interval holds the factor */
  readonly held: boolean;
}

/** What each judge said of one block's cells. */
export interface Block {
  /** every cell by every arm */
  readonly cells: readonly ToldCell[];
  /** by judge, of each grid of one changed cell: another was called SLOWER */
  readonly besideOf: Readonly<Record<string, readonly boolean[]>>;
  /** of base, of the arm that does the same, and of those that do more */
  readonly records: Readonly<Record<DuetSide, RunRecord>> & { readonly furtherHeads: readonly RunRecord[] };
}

/**
 * One block of a session of real kernels: base, the same code once more, and three arms of 5, 10 and 20 % more work, each in its own processes, visited in the same turns. `seconds` are those of two arms;
 * all take their share beyond. A changed cell is judged as a duet would meet it: in a grid in which the eleven others are as they were.
 */
export const realBlock = async (adapter: string, seconds: number, number: number): Promise<Block> => {
  const mechanisms = await loadMechanisms(builtInKernels);
  const arms = 1 + factors.length;
  const { experiment, cells, problems } = parseExperiment({ text: yaml((seconds * arms) / 2, number), file: "gate.yaml", sets: [] }, mechanisms);
  if (!experiment) throw new Error(problems.map(formatProblem).join("\n"));
  const sessionOf = (factor: number): WorkerSession =>
    createSession(withExtraWork(connector(adapter, { mode: "timing", kernels: [], memoryBudgetBytes: 2 ** 30 }), factor), 0);
  const [base, [head, ...further]] = [sessionOf(1), factors.map(sessionOf)];
  if (!head) throw new Error("an arm that does the same is wanted");
  try {
    const { hello, choice } = await head.connection();
    const fresh = newRecord({ experiment, cells, mechanisms, command: "gate" }, describeEnvironment(adapter, choice, hello));
    const voice = (side: DuetSide, session: WorkerSession): DuetVoice => ({
      record: { ...fresh, duet: { id: fresh.run, side } },
      session,
      journal: { append: () => {}, close: () => {} },
    });
    const { records, furtherHeads } = await measureDuet({
      voices: { base: voice("base", base), head: voice("head", head) },
      furtherHeads: further.map((session) => voice("head", session)),
      planned: cells,
      mechanisms,
      now: () => performance.now(),
      signal: new AbortController().signal,
      onProgress: () => {},
    });
    return { ...judged(records, furtherHeads), records: { ...records, furtherHeads } };
  } finally {
    await Promise.all([base, head, ...further].map((session) => session.close()));
  }
};

/** What is said of each arm's cells, one at a time in place of that of the arm that does the same. */
const judged = ({ base, head }: Readonly<Record<DuetSide, RunRecord>>, furtherHeads: readonly RunRecord[]): Omit<Block, "records"> => {
  const same = slowerBy({ base, head });
  const beside = new Map<string, boolean[]>(gateNames.map((name) => [name, []]));
  const told = [head, ...furtherHeads].flatMap((arm, at) =>
    arm.cells.flatMap((cell): readonly ToldCell[] => {
      const factor = factors[at] ?? 1;
      const grid = { ...head, cells: head.cells.map((one) => (one.id === cell.id ? cell : one)) };
      const said = factor === 1 ? same : slowerBy({ base, head: grid });
      if (factor > 1) for (const name of gateNames) beside.get(name)?.push(said[name]?.some((id) => id !== cell.id) ?? false);
      const ratio = compareRuns(base, grid, { strict: true }).cells.find((one) => one.cell === cell.id)?.metrics.time.ratio;
      if (!ratio) return [];
      const medians = median(samplesOf(arm, cell.id)) / median(samplesOf(base, cell.id));
      return [
        {
          cell: cell.id,
          factor,
          slower: Object.fromEntries(gateNames.map((name) => [name, (said[name] ?? []).includes(cell.id)])),
          off: { attnbench: Math.log(ratio.value / factor), medians: Math.log(medians / factor) },
          held: ratio.low <= factor && factor <= ratio.high,
        },
      ];
    }),
  );
  return { cells: told, besideOf: Object.fromEntries(beside) };
};
