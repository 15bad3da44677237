import { analyse } from "../analysis/analysis.ts";
import { plantedRun } from "../analysis/planted.ts";

/** What analysing a large run takes: 50 curves of 10 n, 48 samples a cell. Seconds of one core. */
export const timeAnalysis = (): { readonly cells: number; readonly samples: number; readonly seconds: number } => {
  const record = plantedRun({
    ns: Array.from({ length: 10 }, (_, i) => 32 * 2 ** i),
    dModels: Array.from({ length: 25 }, (_, i) => 64 * (i + 1)),
    arms: [
      { label: "softmax", family: "softmax", ms: (n) => 0.02 + 1e-4 * n, bytes: (n) => n },
      { label: "linear", family: "linear", ms: () => 0.1, bytes: () => 500 },
    ],
    workers: 3,
    turns: 4,
    samples: 4,
    noise: [0.01, 0.02, 0.02],
  });
  const before = process.cpuUsage();
  analyse(record);
  const { user, system } = process.cpuUsage(before);
  return { cells: record.cells.length, samples: record.cells[0]?.visits.flatMap(({ gpuMs }) => gpuMs).length ?? 0, seconds: (user + system) / 1e6 };
};
