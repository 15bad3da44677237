import { closeSync, fsyncSync, openSync, readSync, writeSync } from "node:fs";
import { CellFailure } from "../device/failure.ts";
import { readPastCache } from "./pastCache.ts";

/** A state in a file: its parts one after another. Synchronous, as a thread pool in between would be timed too. Failures of the disk are the cell's own. */

/** Written whole, and on the disk when this returns. Throws CellFailure diskFull or diskError. */
export const writeState = (file: string, parts: readonly Uint8Array[]): void =>
  onDisk("writing a state", () =>
    opened(file, "w", (descriptor) => {
      // A disk that is all but full takes a part and says nothing; it speaks up at the next.
      for (const part of parts) for (let at = 0; at < part.length; ) at += writeSync(descriptor, part, at);
      fsyncSync(descriptor);
    }),
  );

/** Fills the parts. True where they came from the disk, false where the system may have had them in its page cache. Throws CellFailure shortFile where the file has fewer bytes, or diskError. */
export const readState = (file: string, parts: readonly Uint8Array[]): boolean =>
  onDisk("reading a state", () => {
    const wanted = parts.reduce((sum, { length }) => sum + length, 0);
    const direct = readPastCache(file, parts);
    const read = direct ?? opened(file, "r", (descriptor) => readParts(descriptor, parts));
    if (read < wanted) throw new CellFailure("shortFile", `the file of a state has ${read} bytes, ${wanted} were written`);
    return direct !== undefined;
  });

/** How many bytes there were, at most those of the parts. */
const readParts = (descriptor: number, parts: readonly Uint8Array[]): number => {
  let read = 0;
  for (const part of parts) {
    for (let at = 0; at < part.length; ) {
      const got = readSync(descriptor, part, at, part.length - at, null);
      if (got === 0) return read;
      at += got;
      read += got;
    }
  }
  return read;
};

const opened = <T>(file: string, flags: "r" | "w", work: (descriptor: number) => T): T => {
  const descriptor = openSync(file, flags);
  try {
    return work(descriptor);
  } finally {
    closeSync(descriptor);
  }
};

/** No room on the disk, within the user's share of it, or within what a file of this process may grow to. */
const fullCodes = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** Does something with the disk; its failures become the cell's. `what`: "writing a state". */
export const onDisk = <T>(what: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw error;
    // The system's own sentence names the path, and with it this machine's folders.
    const reason = `${what} failed: ${code} in ${syscall}`;
    if (fullCodes.has(code)) throw new CellFailure("diskFull", `${reason}; make room where temporary files go, or name another place by TMPDIR`);
    throw new CellFailure("diskError", `${reason}; TMPDIR names another place for temporary files`);
  }
};
