import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { livingOwner, ownMark } from "./owner.ts";
import { halfEnding } from "./wholeFile.ts";

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

/** Removes files that somebody began to write and nobody has touched for `restMs`. */
export const removeHalfWritten = (folder: string, restMs: number): void => {
  for (const entry of readdirSync(folder)) {
    const path = join(folder, entry);
    const { mtimeMs } = (halfEnding.test(entry) && statSync(path, { throwIfNoEntry: false })) || {};
    if (mtimeMs !== undefined && Math.abs(Date.now() - mtimeMs) >= restMs) discard(path);
  }
};

/** Removes what is at a path, if it may: another may be about it as well, or the disk may not let go: it lies there no worse than before. */
export const discard = (path: string): void => {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {}
};
