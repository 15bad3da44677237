import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const prefix = "attnbench-shaders-";

/**
 * A folder for the driver's compiled shaders, empty when a run starts and shared by its workers: the first one's compile times are cold,
 * a restart is cheap. Removed when this process exits.
 */
export const makeShaderCache = (): string => {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  process.once("exit", () => removeShaderCache(folder));
  return folder;
};

/** For the worker too, whose parent may have been killed before it could clean up. Only ever removes a folder made above. */
export const removeShaderCache = (folder: string | undefined): void => {
  if (folder && basename(folder).startsWith(prefix)) rmSync(folder, { recursive: true, force: true });
};
