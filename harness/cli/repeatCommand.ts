import { basename, isAbsolute, relative, resolve } from "node:path";
import type { Shard } from "../record/merged.ts";
import { shellPath, shellWord } from "./shellWord.ts";

/** The flags that change what is measured. */
export interface MeasuringFlags {
  readonly set: readonly string[];
  readonly filter?: string;
  readonly adapter: string;
  readonly kernels: readonly string[];
  readonly budget?: string;
  /** share of n*, e.g. 5% */
  readonly refine?: string;
  readonly tune?: true;
}

/** A path as another may have it: below this folder as given, elsewhere its last part, since the rest names this machine's folders and users. */
const publicPath = (path: string): string => {
  const below = relative(process.cwd(), resolve(path));
  return below.startsWith("..") || isAbsolute(below) ? basename(path) : below;
};

/** A command as another may type it: `run`, or `duet` with its commit, what it measures, and the flags that change that. */
export const repeatCommand = (words: readonly string[], file: string, flags: MeasuringFlags, shard?: Shard): string =>
  [
    "npx attnbench",
    ...words.map(shellWord),
    shellPath(publicPath(file)),
    ...flags.set.map((set) => `--set ${shellWord(set)}`),
    ...(flags.filter === undefined ? [] : [`--filter ${shellWord(flags.filter)}`]),
    ...(flags.adapter === "auto" ? [] : [`--adapter ${shellWord(flags.adapter)}`]),
    ...flags.kernels.map((folder) => `--kernels ${shellWord(publicPath(folder))}`),
    ...(flags.budget === undefined ? [] : [`--budget ${shellWord(flags.budget)}`]),
    ...(flags.refine === undefined ? [] : [`--refine crossover=${flags.refine}`]),
    ...(flags.tune ? ["--tune"] : []),
    ...(shard ? [`--shard ${shard.index}/${shard.of}`] : []),
  ].join(" ");
