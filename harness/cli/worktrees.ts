import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { makeOwnFolder } from "../record/leftovers.ts";
import { isOwn, livingOwner, ownPlace } from "../record/owner.ts";
import { type DuetSide, duetSides } from "../record/run.ts";
import { ownEnvironment } from "./subprocess.ts";

/** Where a duet's two states lie: a folder for temporary files, which git knows as worktrees. */
export interface Worktrees {
  readonly folders: Readonly<Record<DuetSide, string>>;
  /** removes the folders, and git's memory of them; twice does no harm */
  remove(): void;
}

/** A repository may be shared between machines and containers, each with process numbers of its own. */
const hereAs = (): string => createHash("sha256").update(ownPlace()).digest("hex").slice(0, 8);
const prefix = (): string => `attnbench-duet-${hereAs()}-`;
/** As makeOwnFolder() calls them: number and start of the process, and letters of its own. */
const ownName = /^attnbench-duet-([0-9a-f]{8})-(\d+)-(\d*)-\w{6}$/;
/** No duet takes so long: maxTime is a day at most. Whether one elsewhere goes on nobody can ask. */
const longestMs = 3 * 24 * 3600 * 1000;

/** An empty place for the worktrees of the repository `root`. What duets that were killed left is removed. */
export const makeWorktrees = (root: string): Worktrees => {
  const parent = makeOwnFolder(tmpdir(), prefix());
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
    if (!isStale(root, folder) || !forget(root, folder)) return false;
    rmSync(dirname(folder), { recursive: true, force: true });
    return true;
  });

const isStale = (root: string, folder: string): boolean => {
  const [, place, pid, started] = ownName.exec(basename(dirname(folder))) ?? [];
  if (pid === undefined || !duetSides.some((side) => side === basename(folder))) return false;
  const mark = `${pid} ${started}`;
  return place === hereAs() ? !isOwn(mark) && livingOwner(mark) === undefined : Date.now() - madeAtMs(root, folder) > longestMs;
};

/** When git made a worktree, by its own notes of it; now where it has none. */
const madeAtMs = (root: string, folder: string): number => {
  const notes = join(resolve(root, git(root, "rev-parse", "--git-common-dir")?.trim() ?? ""), "worktrees");
  try {
    const own = readdirSync(notes).find((name) => readFileSync(join(notes, name, "gitdir"), "utf8").trim() === join(folder, ".git"));
    return own === undefined ? Date.now() : statSync(join(notes, own, "gitdir")).mtimeMs;
  } catch {
    return Date.now();
  }
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
