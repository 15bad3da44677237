import { accessSync, constants, statSync } from "node:fs";
import { dirname, sep } from "node:path";
import { UnreadableTensors } from "../exec/safetensors.ts";
import { type NamedTensors, readTensors } from "../exec/tensor.ts";
import { printable } from "../experiment/problem.ts";
import { fileSizeLimit } from "../record/fileSizeLimit.ts";
import { CommandEnd, exitCode } from "./exit.ts";
import { fileBytes } from "./fileBytes.ts";

/** The files that exec reads and writes, and in words why it cannot. */

/** Tensors of a safetensors file or pipe. Throws CommandEnd 2 where it cannot be read. */
export const tensorsIn = (file: string): NamedTensors => {
  const bytes = bytesIn(file);
  try {
    return readTensors(bytes);
  } catch (error) {
    if (error instanceof UnreadableTensors) throw new CommandEnd(exitCode.usage, `${printable(file)}: ${error.message}`);
    throw error;
  }
};

const bytesIn = (file: string): Uint8Array => {
  if (file === "") throw new CommandEnd(exitCode.usage, "--tensors: no file is named, its name is empty");
  try {
    return fileBytes(file);
  } catch (error) {
    throw new CommandEnd(exitCode.usage, `--tensors ${printable(file)}: ${readFault(error as NodeJS.ErrnoException)}`);
  }
};

const readFault = (error: NodeJS.ErrnoException): string => {
  if (error.code === "ENOENT") return "no such file";
  if (error.code === "EISDIR") return "a folder; name a safetensors file";
  if (error.code === "ERR_FS_FILE_TOO_LARGE")
    return "it has 2 GiB or more; accepted are smaller files, since the device's process gets all tensors in one message";
  return fileFault(error);
};

/** Ends the command with 2, and the file system's reason in words, where it refuses. */
export const written = async (out: string, writing: Promise<void>): Promise<void> => {
  try {
    await writing;
  } catch (error) {
    throw new CommandEnd(exitCode.usage, `--out ${printable(out)}: ${writeFault(error as NodeJS.ErrnoException)}`);
  }
};

const writeFault = (error: NodeJS.ErrnoException): string => {
  const { code } = error;
  if (code === "ENOENT") return "no file can be made in this folder; name a place in another";
  if (code === "ENOSPC") return "its disk is full; make room, or name a place on another";
  if (code === "EDQUOT") return "this user's share of its disk is used up; make room, or name a place on another";
  if (code === "EFBIG") return `it would be larger than files may be here${limitText(fileSizeLimit())}`;
  return fileFault(error);
};

const limitText = (bytes: number | undefined): string =>
  bytes === undefined ? ", by its file system; name a place on another" : `, ${bytes} bytes (ulimit -f); raise the limit`;

/** Ends the command with 2 where `out` names no file that could be written, or the input. */
export const assertNamed = (out: string, input: string): void => {
  const end = (fault: string): never => {
    throw new CommandEnd(exitCode.usage, out === "" ? `--out: ${fault}` : `--out ${printable(out)}: ${fault}`);
  };
  if (out === "") end("no file is named, its name is empty");
  if (out.endsWith("/") || out.endsWith(sep)) end("a folder; name a file to write");
  try {
    const there = statSync(out, { throwIfNoEntry: false });
    const given = statSync(input);
    if (there && there.dev === given.dev && there.ino === given.ino) end("it is the file of --tensors; name another");
    if (there && !there.isFile()) end(`${there.isDirectory() ? "a folder" : "no regular file"}; name a file to write`);
    if (there) accessSync(out, constants.W_OK);
    const folder = statSync(dirname(out), { throwIfNoEntry: false });
    if (!folder?.isDirectory()) end(`there is no folder ${printable(dirname(out))}`);
    accessSync(dirname(out), constants.W_OK);
  } catch (error) {
    if (error instanceof CommandEnd) throw error;
    end(fileFault(error as NodeJS.ErrnoException));
  }
};

/** In words what a file system says of a file whichever way it is opened. */
const fileFault = ({ code, message }: NodeJS.ErrnoException): string => {
  if (code === "ENOTDIR") return "a part of the path is no folder";
  if (code === "EACCES" || code === "EPERM") return "this user may not";
  if (code === "EROFS") return "its disk can only be read";
  if (code === "ENAMETOOLONG") return "its name is too long for the file system";
  if (code === "ELOOP") return "links lead from it in a circle";
  return message;
};
