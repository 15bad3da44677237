import { closeSync, constants, openSync, readSync } from "node:fs";

/** Reads from the disk itself, where the system lets programs pass its page cache by: Linux's O_DIRECT (open(2)), which wants memory, places and lengths in whole blocks. */

/** Disks want multiples of 512 or of this. */
const blockBytes = 4096;
/** Of one call: room for a disk to work on many requests at once, and small beside a state that takes a while. */
const chunkBytes = 8 << 20;
/** Allocators keep to this. */
const leastAlignment = 16;

/** Where a disk takes memory. JavaScript does not say where memory lies, so that places in it are tried until one is taken. */
let chunk: Uint8Array | undefined;

/**
 * Fills the parts, one after another, with the file's bytes, past the system's page cache; by way of 8 MiB that the disk fills, as parts lie and end anywhere. Returns how many bytes there were, at most those of the parts; undefined where this system or this
 * file's disk does not read so: then nothing is told of the file. Throws the system's errors.
 */
export const readPastCache = (file: string, parts: readonly Uint8Array[]): number | undefined => {
  if (constants.O_DIRECT === undefined) return undefined;
  const flags = constants.O_RDONLY | constants.O_DIRECT;
  const descriptor = unlessRefused(() => openSync(file, flags));
  if (descriptor === undefined) return undefined;
  try {
    chunk ??= takenBy(descriptor);
    return chunk && filled(descriptor, chunk, parts);
  } finally {
    closeSync(descriptor);
  }
};

const filled = (descriptor: number, through: Uint8Array, parts: readonly Uint8Array[]): number | undefined => {
  const wanted = parts.reduce((sum, { length }) => sum + length, 0);
  for (let at = 0; at < wanted; ) {
    const got = unlessRefused(() => readSync(descriptor, through, 0, through.length, at));
    if (got === undefined) return undefined;
    scatter(through.subarray(0, Math.min(got, wanted - at)), parts, at);
    // Whole blocks alone can be gone on behind; less is the end of a file.
    if (got === 0 || got % blockBytes !== 0) return Math.min(at + got, wanted);
    at += got;
  }
  return wanted;
};

/** Bytes that stand `at` in all parts together. */
const scatter = (bytes: Uint8Array, parts: readonly Uint8Array[], at: number): void => {
  let begin = 0;
  for (const part of parts) {
    const from = Math.max(at, begin);
    const to = Math.min(at + bytes.length, begin + part.length);
    if (from < to) part.set(bytes.subarray(from - at, to - at), from - begin);
    begin += part.length;
  }
};

const takenBy = (descriptor: number): Uint8Array | undefined => {
  const memory = new Uint8Array(chunkBytes + blockBytes);
  for (let from = 0; from < blockBytes; from += leastAlignment) {
    if (unlessRefused(() => readSync(descriptor, memory, from, blockBytes, 0)) !== undefined) return memory.subarray(from, from + chunkBytes);
  }
  return undefined;
};

/** EINVAL is how a system or a disk says that it does not do this. */
const unlessRefused = (work: () => number): number | undefined => {
  try {
    return work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EINVAL") return undefined;
    throw error;
  }
};
