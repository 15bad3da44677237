import { formatCount } from "../../analysis/format.ts";
import { type ExitCode, exitCode } from "../exit.ts";
import { mechanismsOf, readExperiments } from "../input.ts";
import { printJson, say } from "../terminal.ts";

/** `attnbench check FILE…`: everything that is wrong with the files, or how many cells they have. */
export const check = async (files: readonly string[], options: { set: readonly string[]; kernels: readonly string[]; json?: true }): Promise<ExitCode> => {
  const read = await readExperiments(files, options, await mechanismsOf(options.kernels));
  if (options.json) {
    printJson({ experiments: read.map(({ file, experiment, cells }) => ({ file, name: experiment.name, hash: experiment.hash, cells: cells.length })) });
    return exitCode.ok;
  }
  for (const { file, experiment, cells } of read) {
    const skipped = cells.filter(({ skip }) => skip).length;
    const open = cells.some(({ until }) => until);
    say(
      `${file}: ok, ${experiment.name}, ${open ? "up to " : ""}${formatCount(cells.length)} ${cells.length === 1 ? "cell" : "cells"}${experiment.hybrids ? `, ${formatCount(experiment.hybrids.length)} ${experiment.hybrids.length === 1 ? "hybrid" : "hybrids"} composed of them` : ""}${skipped > 0 ? `, ${skipped} of them would be skipped (run --dry-run says why)` : ""}`,
    );
  }
  return exitCode.ok;
};
