import { basename, join, resolve } from "node:path";
import { folderHash } from "../kernels/folderHash.ts";
import type { KernelFolder } from "./record/kernelFolder.ts";

/** What folders of mechanisms hold now, for a run to record; results and reports in `outFolder`, should they lie in one, are no part of it. Throws UnloadableKernels. */
export const kernelFolders = (folders: readonly string[], outFolder: string): readonly KernelFolder[] =>
  folders.map((folder) => ({ name: basename(resolve(folder)), hash: folderHash(folder, [join(outFolder, "results"), join(outFolder, "reports")]) }));
