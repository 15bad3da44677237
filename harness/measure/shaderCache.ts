import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename } from "node:path";
import { makeOwnFolder } from "../record/leftovers.ts";

const prefix = "attnbench-shaders-";

/** There is no place for temporary files: the user's to mend, whatever adapter is asked for. */
export class NoTemporaryFolder extends Error {}

const made = new Set<string>();
const removeAll = (): void => {
  for (const folder of made) removeShaderCache(folder);
};

/**
 * A folder for the driver's compiled shaders, empty when a run starts and shared by its workers: the first one's compile times are cold,
 * a restart is cheap. Removed when this process exits; those of processes that were killed together with their workers are removed now. Throws NoTemporaryFolder.
 */
export const makeShaderCache = (): string => {
  const folder = madeIn(tmpdir());
  // One listener for all: a process that opens many runs would be warned of a leak.
  if (made.size === 0) process.once("exit", removeAll);
  made.add(folder);
  return folder;
};

const madeIn = (parent: string): string => {
  try {
    return makeOwnFolder(parent, prefix);
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw error;
    throw new NoTemporaryFolder(`no temporary files can be made in ${parent} (${code} in ${syscall}): name a folder that can be written by TMPDIR`);
  }
};

/** For the worker too, whose parent may have been killed before it could clean up. Only ever removes a folder made above. */
export const removeShaderCache = (folder: string | undefined): void => {
  if (folder && basename(folder).startsWith(prefix)) rmSync(folder, { recursive: true, force: true });
};
