import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { livingOwner, ownMark } from "./owner.ts";

/** What a process that was killed leaves behind: whoever comes next to the same place removes it. */

/** A new folder for this process alone, `prefix` and its mark in its name. Those of processes that have ended are removed. */
export const makeOwnFolder = (parent: string, prefix: string): string => {
  removeOrphans(parent, prefix);
  return mkdtempSync(join(parent, `${prefix}${ownMark().replace(" ", "-")}-`));
};

const removeOrphans = (parent: string, prefix: string): void => {
  for (const name of readdirSync(parent)) {
    const [, pid, started] = name.startsWith(prefix) ? (/^(\d+)-(\d*)-\w{6}$/.exec(name.slice(prefix.length)) ?? []) : [];
    if (pid !== undefined && Number(pid) !== process.pid && livingOwner(`${pid} ${started}`) === undefined) discard(join(parent, name));
  }
};

/** Files that write-file-atomic began beside `name`, or beside any file where none is given, and nobody has touched for `restMs`. */
export const removeHalfWritten = (folder: string, restMs: number): void => {
  for (const entry of readdirSync(folder)) {
    if (!/^[\w-]+\.(json|html|csv)\.\d{3,12}$/.test(entry)) continue;
    const path = join(folder, entry);
    const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? {};
    if (mtimeMs !== undefined && Math.abs(Date.now() - mtimeMs) >= restMs) discard(path);
  }
};

/** Another may be about it as well, or the disk may not let go: it lies there no worse than before. */
const discard = (path: string): void => {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {}
};
