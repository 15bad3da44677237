import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { makeOwnFolder } from "../record/leftovers.ts";
import { isOwn, livingOwner } from "../record/owner.ts";
import { type DuetSide, duetSides } from "../record/run.ts";
import { ownEnvironment } from "./subprocess.ts";

/** Where a duet's two states lie: a folder for temporary files, which git knows as worktrees. */
export interface Worktrees {
  readonly folders: Readonly<Record<DuetSide, string>>;
  /** removes the folders, and git's memory of them; twice does no harm */
  remove(): void;
}

const prefix = "attnbench-duet-";
/** As makeOwnFolder() calls them: number and start of the process, and letters of its own. */
const ownName = /^attnbench-duet-(\d+)-(\d*)-\w{6}$/;

/** An empty place for the worktrees of the repository `root`. What duets that were killed left is removed. */
export const makeWorktrees = (root: string): Worktrees => {
  const parent = makeOwnFolder(tmpdir(), prefix);
  removeStaleWorktrees(root);
  const folders = { base: join(parent, "base"), head: join(parent, "head") };
  let removed = false;
  return {
    folders,
    remove() {
      if (removed) return;
      removed = true;
      // Even where a folder is gone, or was never whole: git may remember it all the same.
      for (const folder of Object.values(folders)) forget(root, folder);
      rmSync(parent, { recursive: true, force: true });
    },
  };
};

/** Removes worktrees of duets that have ended without doing so, wherever their folders lie or lay, and returns them. Those of the user are never touched: one may lie on a disk that is not there at the moment. */
export const removeStaleWorktrees = (root: string): readonly string[] =>
  knownTo(root).filter((folder) => {
    if (!isStale(folder) || !forget(root, folder)) return false;
    rmSync(dirname(folder), { recursive: true, force: true });
    return true;
  });

const isStale = (folder: string): boolean => {
  const [, pid, started] = ownName.exec(basename(dirname(folder))) ?? [];
  if (pid === undefined || !duetSides.some((side) => side === basename(folder))) return false;
  const mark = `${pid} ${started}`;
  return !isOwn(mark) && livingOwner(mark) === undefined;
};

const git = (root: string, ...args: readonly string[]): string | undefined => {
  try {
    return execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], env: ownEnvironment() });
  } catch {
    return undefined;
  }
};

/** Folders of the repository's worktrees; none where git does not answer. */
const knownTo = (root: string): readonly string[] =>
  [...(git(root, "worktree", "list", "--porcelain") ?? "").matchAll(/^worktree (.+)$/gm)].flatMap(([, folder]) => folder ?? []);

/** Removes a worktree of a duet; false where git knows none there. */
const forget = (root: string, folder: string): boolean => {
  // Twice --force: of a checkout that was cut short git keeps the lock under which it made it.
  const isForgotten = (): boolean => git(root, "worktree", "remove", "--force", "--force", folder) !== undefined;
  if (isForgotten()) return true;
  // One that is no longer whole it refuses to touch, but not one that is gone.
  rmSync(folder, { recursive: true, force: true });
  return isForgotten();
};
