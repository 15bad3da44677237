import { analyse } from "../analysis/analysis.ts";
import { seedFor } from "../analysis/random.ts";
import { mechanismsOnce } from "../builtInMechanisms.ts";
import { describeEnvironment } from "../device/environment.ts";
import type { Cell } from "../experiment/experiment.ts";
import { parseExperiment } from "../experiment/parse.ts";
import { formatProblem } from "../experiment/problem.ts";
import { fakeWorkers } from "../measure/fakeWorker.ts";
import { measureRun } from "../measure/measureRun.ts";
import { createSession } from "../measure/workerSession.ts";
import { createWorkers } from "../measure/workers.ts";
import type { RunRecord } from "../record/run.ts";
import { newRecord } from "../runExperiment.ts";
import type { Truth } from "./truth.ts";

/** What the sentinel takes: it has no law, and feels drift alone. */
const instrumentMs = 0.1;

const yaml = ({ ns }: Truth, seed: number): string => `name: planted
title: Planted
phase: prefill
mechanisms: [softmax, linear]
axes: { n: [${ns.join(", ")}] }
fixed: { heads: 8, headDim: 64 }
measure: { precision: 5%, maxTime: 20s, seed: ${seed} }
`;

/** A planted experiment through the real schedule, stopping rule and analysis: only the device, its clock and the disk are not there. */
export const runPlanted = async (truth: Truth, number: number): Promise<RunRecord> => {
  const mechanisms = await mechanismsOnce();
  // Noise of its own for each truth: else all would err in the same runs.
  const seed = Math.abs(seedFor(number, truth.name)) % 1_000_000;
  const { experiment, cells, problems } = parseExperiment({ text: yaml(truth, seed), file: "planted.yaml", sets: [] }, mechanisms);
  if (!experiment) throw new Error(problems.map(formatProblem).join("\n"));
  const costMs = ({ mechanism, phase, n }: Pick<Cell, "mechanism" | "phase" | "n">): number =>
    phase === "probe" ? instrumentMs : (mechanism === "linear" ? truth.linear : truth.softmax).ms(n);
  const device = fakeWorkers({ ...truth.device, seed, costMs });
  const session = createSession(device.connect, 0);
  const { hello, choice } = await session.connection();
  const record = newRecord({ experiment, cells, mechanisms, command: "planted" }, describeEnvironment("fake", choice, hello));
  const { record: measured } = await measureRun({
    record: { ...record, ceilingsFailure: "none are planted" },
    planned: cells,
    mechanisms,
    workers: createWorkers(session, record.cells, undefined),
    journal: { append: () => {}, close: () => {} },
    tune: false,
    now: device.now,
    signal: new AbortController().signal,
    onProgress: () => {},
  });
  return analyse({ ...measured, state: "complete", endedAt: record.startedAt });
};
