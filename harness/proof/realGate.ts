import { performance } from "node:perf_hooks";
import { builtInKernels } from "../../kernels/builtIn.ts";
import { uniformStream } from "../../kernels/random.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import { compareRuns } from "../analysis/comparison/comparison.ts";
import { median } from "../analysis/statistics.ts";
import { describeEnvironment } from "../device/environment.ts";
import { parseExperiment } from "../experiment/parse.ts";
import { formatProblem } from "../experiment/problem.ts";
import { type Connect, connector } from "../measure/connection.ts";
import { measureDuet } from "../measure/measureDuet.ts";
import type { Messages, MessageType } from "../measure/messages.ts";
import { createSession } from "../measure/workerSession.ts";
import type { DuetSide, RunRecord } from "../record/run.ts";
import { newRecord } from "../runExperiment.ts";
import { gateNames, samplesOf, slowerBy } from "./gateJudges.ts";

/** Extra work of some cells of a block, as a factor on their time; all others run the same code on both sides. */
const extras = [1.05, 1.1, 1.2] as const;

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
  (connect: Connect, factorOf: (id: string) => number): Connect =>
  async () => {
    const connection = await connect();
    const { worker } = connection;
    const ask = async <T extends MessageType>(type: T, request: Messages[T]["request"], timeoutMs: number): Promise<Messages[T]["reply"]> => {
      if (type !== "visit") return worker.ask(type, request, timeoutMs);
      const asked = request as Messages["visit"]["request"];
      // In twentieths, so that one of them is 5 % exactly.
      const k = 20 * Math.ceil(asked.k / 20);
      const factor = factorOf(asked.cell);
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
  /** head's work over base's */
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
  readonly cells: readonly ToldCell[];
  readonly records: Readonly<Record<DuetSide, RunRecord>>;
}

/** One duet of this code with itself on a real adapter, in which three cells of twelve, drawn by the block's number, do 5, 10 and 20 % more work in head. */
export const realBlock = async (adapter: string, seconds: number, number: number): Promise<Block> => {
  const mechanisms = await loadMechanisms(builtInKernels);
  const { experiment, cells, problems } = parseExperiment({ text: yaml(seconds, number), file: "gate.yaml", sets: [] }, mechanisms);
  if (!experiment) throw new Error(problems.map(formatProblem).join("\n"));
  const uniform = uniformStream(number, "extra work");
  const order = cells.map(({ cell }) => ({ id: cell.id, at: uniform() })).sort((one, other) => one.at - other.at);
  const factors = new Map(extras.map((factor, i) => [order[i]?.id ?? "", factor]));
  const connect = (): Connect => connector(adapter, { mode: "timing", kernels: [], memoryBudgetBytes: 2 ** 30 });
  const sessions = {
    base: createSession(
      withExtraWork(connect(), () => 1),
      0,
    ),
    head: createSession(
      withExtraWork(connect(), (id) => factors.get(id) ?? 1),
      0,
    ),
  };
  try {
    const { hello, choice } = await sessions.head.connection();
    const fresh = newRecord({ experiment, cells, mechanisms, command: "gate" }, describeEnvironment(adapter, choice, hello));
    const voice = (side: DuetSide) => ({
      record: { ...fresh, duet: { id: fresh.run, side } },
      session: sessions[side],
      journal: { append: () => {}, close: () => {} },
    });
    const { records } = await measureDuet({
      voices: { base: voice("base"), head: voice("head") },
      planned: cells,
      mechanisms,
      now: () => performance.now(),
      signal: new AbortController().signal,
      onProgress: () => {},
    });
    const said = slowerBy(records);
    const compared = compareRuns(records.base, records.head, { strict: true }).cells;
    const told = cells.flatMap(({ cell: { id } }): ToldCell[] => {
      const ratio = compared.find(({ cell }) => cell === id)?.metrics.time.ratio;
      const factor = factors.get(id) ?? 1;
      if (!ratio) return [];
      const medians = median(samplesOf(records.head, id)) / median(samplesOf(records.base, id));
      return [
        {
          cell: id,
          factor,
          slower: Object.fromEntries(gateNames.map((name) => [name, (said[name] ?? []).includes(id)])),
          off: { attnbench: Math.log(ratio.value / factor), medians: Math.log(medians / factor) },
          held: ratio.low <= factor && factor <= ratio.high,
        },
      ];
    });
    return { cells: told, records };
  } finally {
    await Promise.all([sessions.base.close(), sessions.head.close()]);
  }
};
