import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mechanismsOnce } from "./builtInMechanisms.ts";
import { parseExperiment, parseExperiments } from "./experiment/parse.ts";
import { formatProblem } from "./experiment/problem.ts";
import type { FakeWorkers } from "./measure/fakeWorker.ts";
import type { Progress } from "./measure/progress.ts";
import { type RunOptions, type RunResult, runExperiment } from "./runExperiment.ts";

/** For tests: an experiment from its YAML text, with the built-in mechanisms. Throws what is wrong with the text. */
export const experimentOf = async (text: string, filter?: string) => {
  const mechanisms = await mechanismsOnce();
  const parsed = parseExperiment({ text, file: "test.yaml", sets: [], filter }, mechanisms);
  if (!parsed.experiment) throw new Error(parsed.problems.map(formatProblem).join("\n"));
  return { ...parsed, mechanisms };
};

/** For tests: the experiments of a file of several phases. Throws what is wrong with the text. */
export const experimentsOf = async (text: string) => {
  const mechanisms = await mechanismsOnce();
  const { experiments, problems } = parseExperiments({ text, file: "test.yaml", sets: [] }, mechanisms);
  if (problems.length > 0) throw new Error(problems.map(formatProblem).join("\n"));
  return { experiments, mechanisms };
};

export const newFolder = (): string => mkdtempSync(join(tmpdir(), "attnbench-test-"));

/** For tests: a whole run, files and all, on fake workers; its page only where asked for, which takes most of the time. */
export const fakeRun = async (
  text: string,
  workers: FakeWorkers,
  more: Partial<RunOptions> = {},
): Promise<RunResult & { readonly progress: readonly Progress[] }> => {
  const { experiment, cells, mechanisms } = await experimentOf(text);
  const progress: Progress[] = [];
  const result = await runExperiment({
    experiment,
    cells,
    mechanisms,
    connect: workers.connect,
    now: workers.now,
    adapter: "fake",
    command: "test",
    outFolder: more.outFolder ?? newFolder(),
    resume: false,
    report: false,
    signal: new AbortController().signal,
    onProgress: (step) => progress.push(step),
    // A fake worker is there again, or is not, whatever time it is.
    pausesMs: [1, 5],
    ...more,
  });
  return { ...result, progress };
};
