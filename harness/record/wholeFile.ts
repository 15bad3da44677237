import { randomBytes } from "node:crypto";
import { open, realpath, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Ending of a file that is being written. */
export const halfEnding = /\.[0-9a-f]{8}\.half$/;

/** Characters of its file's name that a half keeps: with all of them it could be too long where the name itself is not (255 bytes, 143 on encrypted disks; a character has 4 at most). */
const keptCharacters = 32;

/** Name of its own for a file that is being written and will be `path`: where whoever writes it is killed, the next one removes it (leftovers.ts). */
export const halfName = (path: string): string =>
  join(dirname(path), `${[...basename(path)].slice(0, keptCharacters).join("")}.${randomBytes(4).toString("hex")}.half`);

/** Writes so many bytes where `writeWhole` would begin to write `path`, and removes them. Rejects with the file system's error: neither modes nor owners tell what it takes, or how much. */
export const tryWhole = async (path: string, bytes: number): Promise<void> => {
  const half = halfName(await placeOf(path));
  try {
    const handle = await open(half, "wx");
    try {
      const zeros = new Uint8Array(Math.min(bytes, partBytes));
      for (let left = bytes; left > 0; left -= zeros.length) await handle.writeFile(zeros.subarray(0, left));
    } finally {
      await handle.close();
    }
  } finally {
    await rm(half, { force: true }).catch(() => undefined);
  }
};

const partBytes = 2 ** 20;

/** A link stays one. */
const placeOf = (path: string): Promise<string> => realpath(path).catch(() => path);

/**
 * Writes a file, given at once or in parts, whole or not at all: beside its place, then moved there. Rejects with the file system's error and leaves what was there. (write-file-atomic 7 calls
 * fs.write once: on a disk that is all but full it moves a part into place and says nothing.)
 */
export const writeWhole = async (path: string, contents: string | Uint8Array | Iterable<string>): Promise<void> => {
  const file = await placeOf(path);
  const half = halfName(file);
  try {
    const handle = await open(half, "wx");
    try {
      // Each goes on where the last one ended.
      for (const part of typeof contents === "string" || contents instanceof Uint8Array ? [contents] : contents) await handle.writeFile(part);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(half, file);
  } catch (error) {
    await rm(half, { force: true }).catch(() => undefined);
    throw error;
  }
};
