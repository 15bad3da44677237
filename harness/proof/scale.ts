import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { builtInKernels } from "../../kernels/builtIn.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import { median } from "../analysis/statistics.ts";
import { parseExperiment } from "../experiment/parse.ts";
import { formatProblem } from "../experiment/problem.ts";
import { keepHeapSmall } from "../heap.ts";
import { fakeWorkers } from "../measure/fakeWorker.ts";
import { runExperiment } from "../runExperiment.ts";

/** Two arms, ten n, 25 numbers of heads and ten head sizes: 5,000 cells. */
const yaml = `name: scale
title: Five thousand cells
phase: decode
mechanisms: [softmax, linear]
axes:
  n: { from: 64, to: 32768, factor: 2 }
  heads: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 26, 28, 30, 31, 32]
  headDim: [16, 32, 48, 64, 80, 96, 112, 128, 192, 256]
measure: { maxTime: 1200s, seed: 1 }
`;

export interface Scale {
  readonly cells: number;
  readonly visits: number;
  readonly planMs: number;
  /** the run as a whole, fake workers and analysis and report and all */
  readonly runSeconds: number;
  /** of this process: while it measured, and in all, analysis and charts too */
  readonly measuringRssMiB: number;
  readonly peakRssMiB: number;
  /** from visit to visit, the journal's line and its way to the disk too: median of a thousand at the beginning and at the end, ms */
  readonly visitMs: readonly [first: number, last: number];
  readonly reportSeconds: number;
  readonly reportMiB: number;
}

/** What a sweep of 5,000 cells costs this command itself: a device that takes no time of its own. */
export const measureScale = async (): Promise<Scale> => {
  // As the command does.
  keepHeapSmall();
  const mechanisms = await loadMechanisms(builtInKernels);
  const began = performance.now();
  const { experiment, cells, problems } = parseExperiment({ text: yaml, file: "scale.yaml", sets: [] }, mechanisms);
  const planMs = performance.now() - began;
  if (!experiment) throw new Error(problems.map(formatProblem).join("\n"));
  const outFolder = mkdtempSync(join(tmpdir(), "attnbench-scale-"));
  try {
    const workers = fakeWorkers({
      costMs: ({ mechanism, n, dModel, phase }) => (phase === "probe" ? 0.1 : (mechanism === "softmax" ? 0.1 + 1e-3 * n : 0.9) * (dModel / 512)),
      noise: { sample: 0.03, turn: 0.02, worker: 0.02 },
    });
    const visitAt: number[] = [];
    let measuringRssMiB = 0;
    const started = performance.now();
    const { record } = await runExperiment({
      experiment,
      cells,
      mechanisms,
      connect: workers.connect,
      now: workers.now,
      adapter: "fake",
      command: "scale",
      outFolder,
      resume: false,
      signal: new AbortController().signal,
      onProgress: ({ type }) => {
        if (type === "visit") visitAt.push(performance.now());
        if (type === "turn" || type === "visit") measuringRssMiB = Math.max(measuringRssMiB, process.memoryUsage.rss() / 2 ** 20);
      },
    });
    const runSeconds = (performance.now() - started) / 1000;
    const peakRssMiB = process.resourceUsage().maxRSS / 1024;
    const between = (from: number, to: number): number => median(visitAt.slice(from + 1, to).map((at, i) => at - (visitAt[from + i] ?? at)));
    // As the command does, which has no use for charts while it measures.
    const { pageParts } = await import("../report/page.ts");
    const reporting = performance.now();
    const bytes = [...(await pageParts(record))].reduce((sum, part) => sum + Buffer.byteLength(part), 0);
    return {
      cells: record.cells.length,
      visits: record.cells.reduce((sum, { visits }) => sum + visits.length, 0),
      planMs,
      runSeconds,
      measuringRssMiB,
      peakRssMiB,
      visitMs: [between(cells.length + 1, cells.length + 1001), between(visitAt.length - 1001, visitAt.length - 1)],
      reportSeconds: (performance.now() - reporting) / 1000,
      reportMiB: bytes / 2 ** 20,
    };
  } finally {
    rmSync(outFolder, { recursive: true, force: true });
  }
};
