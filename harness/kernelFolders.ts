import { basename, join, resolve } from "node:path";
import { folderHash } from "../kernels/folderHash.ts";
import type { KernelFolder } from "./record/kernelFolder.ts";
import { namedAsRun } from "./record/runFolder.ts";

/** What folders of mechanisms hold now, for a run to record; runs and reports, should they lie in one, are no part of it, those of any `--out` and all of `outFolder`. Throws UnloadableKernels. */
export const kernelFolders = (folders: readonly string[], outFolder: string): readonly KernelFolder[] =>
  folders.map((folder) => ({
    name: basename(resolve(folder)),
    hash: folderHash(folder, [join(outFolder, "results"), join(outFolder, "reports")], isWritten),
  }));

/** A run's folder, or a page that was written of one. */
const isWritten = (path: string): boolean => {
  const [name = "", parent] = path.split("/").reverse();
  return namedAsRun.test(name) || (parent === "reports" && name.endsWith(".html"));
};
