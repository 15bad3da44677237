import { statSync } from "node:fs";
import { builtInKernels } from "../../kernels/builtIn.ts";
import type { Mechanism } from "../../kernels/mechanism.ts";
import { joinMechanisms, loadMechanisms, UnloadableKernels } from "../../kernels/registry.ts";
import type { PlannedExperiment } from "../experiment/parse.ts";
import { kernelFolders } from "../kernelFolders.ts";
import type { KernelFolder } from "../record/kernelFolder.ts";
import type { Shard } from "../record/merged.ts";
import { CommandEnd, exitCode } from "./exit.ts";
import { fileBytes } from "./fileBytes.ts";

/** Built-in mechanisms and those of `--kernels`. Ends the command with 2 where a folder cannot be loaded. */
export const mechanismsOf = async (folders: readonly string[]): Promise<readonly Mechanism[]> => {
  try {
    return joinMechanisms(...(await Promise.all([builtInKernels, ...folders].map((folder) => loadMechanisms(folder)))));
  } catch (error) {
    throw explainedKernels(error);
  }
};

/** What `--kernels` folders hold, to be recorded. Ends the command with 2 where one cannot be read. */
export const kernelFoldersOf = (folders: readonly string[], outFolder: string): readonly KernelFolder[] => {
  try {
    return kernelFolders(folders, outFolder);
  } catch (error) {
    throw explainedKernels(error);
  }
};

const explainedKernels = (error: unknown): unknown => (error instanceof UnloadableKernels ? new CommandEnd(exitCode.usage, error.message) : error);

export interface ReadExperiment extends PlannedExperiment {
  readonly file: string;
  /** which shard of the plan `cells` are, and its share (0..1) of the predicted cost; undefined for the whole plan */
  readonly shard?: Shard;
  readonly costShare?: number;
}

/** What the user may change of a file from the command line. */
export interface Changes {
  readonly set: readonly string[];
  readonly filter?: string | undefined;
}

/** Reads and checks experiment files, all before anything runs. Ends the command with 2 and every problem of every file. */
export const readExperiments = async (files: readonly string[], changes: Changes, mechanisms: readonly Mechanism[]): Promise<readonly ReadExperiment[]> => {
  const { parseExperiments } = await import("../experiment/parse.ts");
  const { checkText } = await import("../experiment/fileText.ts");
  const { formatProblem } = await import("../experiment/problem.ts");
  const complaints: string[] = [];
  const read: ReadExperiment[] = [];
  for (const file of files) {
    const bytes = bytesOf(file);
    if (typeof bytes === "string") {
      complaints.push(bytes);
      continue;
    }
    const text = checkText(bytes, file);
    if (typeof text !== "string") {
      complaints.push(formatProblem(text));
      continue;
    }
    const { experiments, problems } = parseExperiments({ text, file, sets: changes.set, filter: changes.filter }, mechanisms);
    read.push(...experiments.map((planned) => ({ file, ...planned })));
    complaints.push(...problems.map(formatProblem));
  }
  const names = read.map(({ experiment }) => experiment.name);
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated) complaints.push(`two of these experiments are named ${repeated}: their reports would overwrite each other`);
  if (complaints.length > 0) throw new CommandEnd(exitCode.usage, [...new Set(complaints)].join("\n\n"));
  return read;
};

/** A file's bytes, or one sentence on why there are none. */
const bytesOf = (file: string): Uint8Array | string => {
  if (file === "") return "no file is named: its name is empty";
  try {
    if (statSync(file).isDirectory()) return `${file}: a folder; name the experiment files in it, e.g. ${file.replace(/\/$/, "")}/*.yaml`;
    return fileBytes(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return `${file}: no such file; attnbench init writes one to start from`;
    if (code === "EACCES") return `${file}: may not be read by this user`;
    return `${file}: ${message}`;
  }
};
