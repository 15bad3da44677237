import { cpSync, existsSync, lstatSync, mkdirSync, realpathSync, rmSync } from "node:fs";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import type { DuetSide } from "../record/run.ts";
import { type Build, built } from "./build.ts";
import { CommandEnd, exitCode } from "./exit.ts";
import { plainLine } from "./plainText.ts";
import { FailedProgram, printed } from "./subprocess.ts";
import { makeWorktrees, type Worktrees } from "./worktrees.ts";

/** A state of the repository in a folder of its own, built where it is attnbench's. */
export interface Checkout extends Build {
  readonly folder: string;
  readonly commit: string;
  /** the working tree's: with what is not committed */
  readonly dirty: boolean;
}

export interface Checkouts extends Readonly<Record<DuetSide, Checkout>> {
  /** of the repository itself */
  readonly root: string;
  /** removes the folders; twice does no harm */
  remove(): void;
}

/** Ends the command with 2, its message and what git said, where git fails. */
const git = async (args: readonly string[], folder: string, signal: AbortSignal, failing: string): Promise<string> => {
  try {
    return await printed("git", args, folder, signal);
  } catch (error) {
    if (!(error instanceof FailedProgram)) throw error;
    throw new CommandEnd(exitCode.usage, `${failing}: ${error.said || error.message}`);
  }
};

/** The whole of what a duet compares, from the repository around `start`. */
interface Wanted {
  readonly ref: string;
  readonly start: string;
  /** more places in it whose packages are needed, as folders of mechanisms are */
  readonly needed?: readonly string[];
  /** folders of results: what lies in them and is not committed is no part of the working tree */
  readonly written?: readonly string[];
  readonly signal: AbortSignal;
  readonly onStep: (text: string) => void;
  /** as soon as there is something to remove, in case the command ends before all is made */
  readonly onMade: (worktrees: Pick<Worktrees, "remove">) => void;
}

/**
 * The repository around `start` at `ref`, and its working tree with all that git does not ignore, side by side in a folder for temporary files: both are made the same way, so that nothing but their
 * code sets them apart. Ends the command with 2 where this is no repository, `ref` is no commit of it, head cannot be installed or built, or base cannot for a reason that is not its own; and once
 * `signal` is aborted, when whoever aborted it knows the code. Nothing is left then.
 */
export const makeCheckouts = async ({ ref, start, needed = [], written = [], signal, onStep, onMade }: Wanted): Promise<Checkouts> => {
  const ask = async (args: readonly string[], folder: string, failing: string): Promise<string> => (await git(args, folder, signal, failing)).trim();
  const root = await ask(["rev-parse", "--show-toplevel"], start, "duet needs a git repository with a working tree around this folder");
  const commit = await commitOf(ref, root, signal);
  const worktrees = makeWorktrees(root);
  onMade(worktrees);
  const { folders } = worktrees;
  try {
    onStep(`checking out ${ref} (${commit.slice(0, 10)})`);
    for (const [side, at] of [
      ["base", commit],
      ["head", "HEAD"],
    ] as const)
      await ask(["-c", noHooks, "worktree", "add", "--detach", folders[side], at], root, `git could not check out ${at}`);
    const dirty = await copyChanges(root, folders.head, written, signal);
    const headCommit = await ask(["rev-parse", "HEAD"], root, "git");
    const packages = foldersAround(root, [start, ...needed]);
    // Head first: where it cannot be built, there is nothing to say of base.
    const head = await built("head", folders.head, { root, packages, signal, onStep });
    const base = await built("base", folders.base, { root, packages, signal, onStep, isAttnbench: head.worker !== undefined });
    return {
      root,
      base: { ...base, folder: folders.base, commit, dirty: false },
      head: { ...head, folder: folders.head, commit: headCommit, dirty },
      remove: worktrees.remove,
    };
  } catch (error) {
    worktrees.remove();
    throw error instanceof CommandEnd ? error : new CommandEnd(exitCode.usage, `the two states could not be checked out: ${(error as Error).message}`);
  }
};

/** Hash of what a user calls a commit. Ends the command with 2 where it is none. */
const commitOf = async (ref: string, root: string, signal: AbortSignal): Promise<string> => {
  const accepted = "accepted: a commit, branch or tag of it, e.g. HEAD~1";
  if (ref.trim() === "") throw new CommandEnd(exitCode.usage, `the commit to compare with is empty; ${accepted}`);
  try {
    return (await printed("git", ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`], root, signal)).trim();
  } catch (error) {
    if (!(error instanceof FailedProgram)) throw error;
    // Of most it says nothing; what it prints of a range are hashes.
    const [, why] = /^(?:fatal|error): (.*)$/m.exec(error.said) ?? [];
    const isThere = why?.includes("expected commit type") === true;
    const kind = /to (\w+) type$/.exec(why ?? "")?.[1] ?? "";
    const told = isThere ? `a ${kind} and no commit` : "no commit";
    const hint = isThere ? "" : why === undefined ? "; git fetch brings what a shallow clone lacks" : ` (git: ${plainLine(why, 200)})`;
    throw new CommandEnd(exitCode.usage, `${plainLine(ref, 200)} is ${told} of this repository${hint}; ${accepted}`);
  }
};

/** Folders from the repository to these places, relative and the repository ("") first; those that lie elsewhere or are not there have none. */
const foldersAround = (root: string, places: readonly string[]): readonly string[] => {
  const found = new Set([""]);
  for (const place of places) {
    const below = existsSync(place) ? relative(root, realpathSync(place)) : "";
    if (below.split(sep)[0] === ".." || isAbsolute(below)) continue;
    const names = below.split(sep);
    for (const at of names.keys()) found.add(names.slice(0, at + 1).join(sep));
  }
  return [...found];
};

/** A hook after a checkout belongs to who works there: it may install, ask, or end with an error. */
const noHooks = "core.hooksPath=/dev/null";

/** Everything of the working tree that is not as committed and lies in none of `written`, onto a checkout of its commit; true where there is anything. */
const copyChanges = async (root: string, folder: string, written: readonly string[], signal: AbortSignal): Promise<boolean> => {
  const list = async (...args: string[]): Promise<string[]> =>
    (await git(args, root, signal, "git could not list the working tree")).split("\0").filter(Boolean);
  // Their real places, as git says root.
  const places = written.flatMap((place) => (existsSync(place) ? [`${realpathSync(place)}${sep}`] : []));
  const isWritten = (file: string): boolean => places.some((place) => join(root, file).startsWith(place));
  // Deleted and renamed files are among them by their old names, staged or not.
  const changed = [
    ...new Set([
      ...(await list("diff", "--name-only", "--no-renames", "--no-relative", "-z", "HEAD")),
      ...(await list("ls-files", "-z", "--others", "--exclude-standard")).filter((file) => !isWritten(file)),
    ]),
  ];
  // All that is there first: a folder may have become a file, and a file a link.
  for (const file of changed) rmSync(join(folder, file), { recursive: true, force: true });
  for (const file of changed) {
    if (!lstatSync(join(root, file), { throwIfNoEntry: false })) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file), { recursive: true, verbatimSymlinks: true });
  }
  return changed.length > 0;
};
