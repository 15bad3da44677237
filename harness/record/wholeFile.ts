import { randomBytes } from "node:crypto";
import { open, realpath, rename, rm } from "node:fs/promises";

/** Ending of a file that is being written. */
export const halfEnding = /\.[0-9a-f]{8}\.half$/;

/** Name of its own for a file that is being written and will be `path`: where whoever writes it is killed, the next one removes it (leftovers.ts). */
export const halfName = (path: string): string => `${path}.${randomBytes(4).toString("hex")}.half`;

/**
 * Writes a file, given at once or in parts, whole or not at all: beside its place, then moved there. Rejects with the file system's error and leaves what was there. (write-file-atomic 7 calls
 * fs.write once: on a disk that is all but full it moves a part into place and says nothing.)
 */
export const writeWhole = async (path: string, contents: string | Uint8Array | Iterable<string>): Promise<void> => {
  // A link stays one.
  const file = await realpath(path).catch(() => path);
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
