import { UnloadableKernels } from "../../kernels/registry.ts";
import { NoTemporaryFolder } from "../measure/shaderCache.ts";
import { UnwritableFolder } from "../record/folder.ts";
import { CommandEnd, type ExitCode, exitCode } from "./exit.ts";
import { say, unstyled } from "./terminal.ts";

/** Why a command ended before its answer was whole: `error` of the object that --json prints. */
export interface Fault {
  readonly exitCode: ExitCode;
  readonly message: string;
}

/** What a disk, or what stands on it, refuses: the user's to mend, whatever command met it. A file that is not there may be one of attnbench's own, a folder that cannot be made is not. */
const diskErrors = new Set(["EACCES", "EROFS", "ENOSPC", "ENOTDIR", "EISDIR", "EEXIST", "EPERM", "EDQUOT"]);
const isDiskError = (error: Error): boolean => error instanceof UnwritableFolder || diskErrors.has((error as NodeJS.ErrnoException).code ?? "");
/** Messages that say all of it: what was given, and what to give. */
const isAsked = (error: Error): boolean => error instanceof UnloadableKernels || error instanceof NoTemporaryFolder;
const isGoneFolder = (error: Error): boolean => (error as NodeJS.ErrnoException).syscall === "uv_cwd";

/** Says on stderr what went wrong: in words where it is the user's to mend, with its trace where it is a mistake of attnbench's own. */
export const tellFault = (error: unknown): Fault => {
  const fault = faultOf(error);
  const isOurs = error instanceof Error && !(error instanceof CommandEnd || isAsked(error)) && !isDiskError(error) && !isGoneFolder(error);
  say(isOurs ? (error.stack ?? fault.message) : fault.message);
  return { ...fault, message: unstyled(fault.message) };
};

const faultOf = (error: unknown): Fault => {
  if (error instanceof CommandEnd) return { exitCode: error.code, message: error.message };
  if (!(error instanceof Error)) return { exitCode: exitCode.cellFailed, message: String(error) };
  if (isAsked(error)) return { exitCode: exitCode.usage, message: error.message };
  if (isGoneFolder(error)) return { exitCode: exitCode.usage, message: "the folder that this command was started in is gone: change to one that is there" };
  if (isDiskError(error)) return { exitCode: exitCode.usage, message: `${error.message}: choose a folder that can be written with --out` };
  return { exitCode: exitCode.cellFailed, message: error.message };
};
