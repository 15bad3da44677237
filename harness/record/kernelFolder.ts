import { printable } from "../experiment/problem.ts";

/** A folder of `--kernels` as it was when a run began. */
export interface KernelFolder {
  /** its last part: the rest of a path names a machine's folders and users */
  readonly name: string;
  /** of its files' paths below it and their bytes (kernels/folderHash.ts) */
  readonly hash: string;
}

/** Do these hold the same, in whatever order they were named? Of a run of before nobody knows, and that sets nothing apart. */
export const sameKernels = (one: readonly KernelFolder[] | undefined, other: readonly KernelFolder[] | undefined): boolean => {
  if (one === undefined || other === undefined) return true;
  const [held, wanted] = [one, other].map((folders) => JSON.stringify(folders.map(({ hash }) => hash).sort()));
  return held === wanted;
};

/** "mine (3fa9c1b2)", "mine (3fa9c1b2) and theirs (77ab01c2)", "none" */
export const kernelsText = (folders: readonly KernelFolder[] | undefined): string =>
  printable((folders ?? []).map(({ name, hash }) => `${name} (${hash.slice(0, shownDigits)})`).join(" and ")) || "none";

const shownDigits = 8;
