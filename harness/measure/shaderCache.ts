import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename } from "node:path";
import { makeOwnFolder } from "../record/leftovers.ts";

const prefix = "attnbench-shaders-";

const made = new Set<string>();
const removeAll = (): void => {
  for (const folder of made) removeShaderCache(folder);
};

/**
 * A folder for the driver's compiled shaders, empty when a run starts and shared by its workers: the first one's compile times are cold,
 * a restart is cheap. Removed when this process exits; those of processes that were killed together with their workers are removed now.
 */
export const makeShaderCache = (): string => {
  const folder = makeOwnFolder(tmpdir(), prefix);
  // One listener for all: a process that opens many runs would be warned of a leak.
  if (made.size === 0) process.once("exit", removeAll);
  made.add(folder);
  return folder;
};

/** For the worker too, whose parent may have been killed before it could clean up. Only ever removes a folder made above. */
export const removeShaderCache = (folder: string | undefined): void => {
  if (folder && basename(folder).startsWith(prefix)) rmSync(folder, { recursive: true, force: true });
};
