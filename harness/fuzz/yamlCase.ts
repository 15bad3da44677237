import { isAbsolute, join, relative } from "node:path";
import type { Mechanism } from "../../kernels/mechanism.ts";
import { checkText } from "../experiment/fileText.ts";
import { parseExperiments } from "../experiment/parse.ts";
import { formatProblem } from "../experiment/problem.ts";
import { runFolder } from "../record/runFolder.ts";
import { flawOfRun } from "../record/runSchema.ts";
import { fixtureRecord } from "../report/fixture.ts";
import { newRecord } from "../runExperiment.ts";
import { drawOf } from "./draw.ts";
import { mutatedText } from "./textMutation.ts";
import { flawsOfText } from "./written.ts";

/** What became of one mutated file: taken, refused in words, or a fault of ours. */
export interface Verdict {
  readonly outcome: "taken" | "refused";
  /** what must not be */
  readonly faults: readonly string[];
}

const { environment } = fixtureRecord();

/** The experiments that cases are made of are told apart by seed too, so that a seed alone names a case. */
export const yamlOf = (seed: number, sources: readonly string[]): string => mutatedText(sources[seed % sources.length] ?? "", drawOf(seed, "yaml"));

/** One mutated experiment file through everything that reads it before a device is opened. */
export const yamlVerdict = (text: string, mechanisms: readonly Mechanism[]): Verdict => {
  const checked = checkText(new TextEncoder().encode(text), "fuzz.yaml");
  if (typeof checked !== "string") return { outcome: "refused", faults: flawsOfText(formatProblem(checked)) };
  const { experiments, problems } = parseExperiments({ text: checked, file: "fuzz.yaml", sets: [] }, mechanisms);
  if (problems.length > 0) return { outcome: "refused", faults: problems.flatMap((problem) => flawsOfText(formatProblem(problem))) };
  const faults = experiments.flatMap(({ experiment, cells }) => {
    const record = newRecord({ experiment, cells, mechanisms, command: "fuzz" }, environment);
    const stored: unknown = JSON.parse(JSON.stringify(record));
    const flaw = flawOfRun(stored);
    const inside = relative("out", join(runFolder("out", experiment.name, record.run), "run.json"));
    return [
      ...(inside.startsWith("..") || isAbsolute(inside) || inside.split("/").length !== 4 ? [`the run's folder is ${inside}`] : []),
      ...(flaw === undefined ? [] : [`what was taken is no run: ${flaw}`]),
    ];
  });
  return { outcome: "taken", faults: experiments.length === 0 ? ["neither an experiment nor a problem"] : faults };
};
