import { execFileSync } from "node:child_process";
import { cpSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { makeOwnFolder } from "../record/leftovers.ts";
import { CommandEnd, exitCode } from "./exit.ts";

/** A state of the repository in a folder of its own, built where it is attnbench's. */
export interface Checkout {
  readonly folder: string;
  readonly commit: string;
  /** the working tree's: with what is not committed */
  readonly dirty: boolean;
  /** the worker of this state's attnbench; undefined where the repository only uses attnbench */
  readonly worker: string | undefined;
}

export interface Checkouts {
  /** of the repository itself */
  readonly root: string;
  readonly base: Checkout;
  readonly head: Checkout;
  /** removes the folders; twice does no harm */
  remove(): void;
}

const marker = "attnbench-duet-";

/** What git sets for a hook: the index and folder of the commit that is being made, which are nobody's but its own. */
const ofHooks = /^GIT_/;
const ownEnvironment = (): NodeJS.ProcessEnv => Object.fromEntries(Object.entries(process.env).filter(([name]) => !ofHooks.test(name)));

/** Lines that a program says in failing, but not those that only say where to read more. */
const toldLines = (text: string): string => {
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !/^npm error(\s*$| A complete log| Run "npm help| aliases: | {2}npm )/.test(line));
  return (lines.length > 10 ? [...lines.slice(0, 5), ...lines.slice(-5)] : lines).join("\n  ");
};

/** Runs a program and returns what it prints. Ends the command with 2, its message and what it said, where it fails. */
const printed = (program: string, args: readonly string[], folder: string, failing: string): string => {
  try {
    return execFileSync(program, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 28, env: ownEnvironment() });
  } catch (error) {
    const { stderr = "", message } = error as Error & { stderr?: string };
    throw new CommandEnd(exitCode.usage, `${failing}: ${toldLines(stderr) || message}`);
  }
};

const ask = (...asked: Parameters<typeof printed>): string => printed(...asked).trim();

/**
 * The repository around `start` at `ref`, and its working tree with all that git does not ignore, side by side in a folder for temporary files: both are made the same way, so that nothing but their
 * code sets them apart. Dependencies are those installed here where the lock file is the same or there is none, and installed anew where it is another. Ends the command with 2 where this is no
 * repository, `ref` is no commit of it, or installing or building fails.
 */
export const makeCheckouts = (ref: string, start: string, onStep: (text: string) => void): Checkouts => {
  const root = ask("git", ["rev-parse", "--show-toplevel"], start, "duet needs a git repository around this folder");
  const commit = ask(
    "git",
    ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`],
    root,
    `${ref} is no commit of this repository (git fetch brings what a shallow clone lacks)`,
  );
  // What a duet that was killed left goes with this; git then forgets its worktrees.
  const parent = makeOwnFolder(tmpdir(), marker);
  forgetOwnWorktrees(root);
  const folders = { base: join(parent, "base"), head: join(parent, "head") };
  const remove = (): void => {
    for (const folder of Object.values(folders)) {
      if (!existsSync(folder)) continue;
      // Without this, git would go on believing in a worktree there.
      try {
        execFileSync("git", ["worktree", "remove", "--force", folder], { cwd: root, stdio: "ignore", env: ownEnvironment() });
      } catch {
        rmSync(folder, { recursive: true, force: true });
      }
    }
    rmSync(parent, { recursive: true, force: true });
    try {
      forgetOwnWorktrees(root);
    } catch {
      // The repository itself is gone: nothing is left to forget.
    }
  };
  try {
    onStep(`checking out ${ref} (${commit.slice(0, 10)})`);
    for (const [side, at] of [
      ["base", commit],
      ["head", "HEAD"],
    ] as const)
      ask("git", ["worktree", "add", "--detach", folders[side], at], root, `git could not check out ${at}`);
    const changed = copyChanges(root, folders.head);
    return {
      root,
      base: { folder: folders.base, commit, dirty: false, worker: preparedWorker(folders.base, root, onStep) },
      head: {
        folder: folders.head,
        commit: ask("git", ["rev-parse", "HEAD"], root, "git"),
        dirty: changed,
        worker: preparedWorker(folders.head, root, onStep),
      },
      remove,
    };
  } catch (error) {
    remove();
    throw error instanceof CommandEnd ? error : new CommandEnd(exitCode.usage, `the two states could not be checked out: ${(error as Error).message}`);
  }
};

/** Worktrees of duets whose folders are gone, and no other: one of the user's may lie on a disk that is not there at the moment. */
const forgetOwnWorktrees = (root: string): void => {
  const list = ask("git", ["worktree", "list", "--porcelain"], root, "git could not list its worktrees");
  for (const [, folder = ""] of list.matchAll(/^worktree (.+)$/gm)) {
    if (basename(dirname(folder)).startsWith(marker) && !existsSync(folder))
      ask("git", ["worktree", "remove", "--force", folder], root, "git could not forget a worktree");
  }
};

/** Everything of the working tree that is not as committed, onto a checkout of its commit; true where there is anything. */
const copyChanges = (root: string, folder: string): boolean => {
  const list = (...args: string[]): string[] => printed("git", args, root, "git could not list the working tree").split("\0").filter(Boolean);
  // Deleted and renamed files are among them by their old names, staged or not.
  const changed = [
    ...new Set([...list("diff", "--name-only", "--no-renames", "--no-relative", "-z", "HEAD"), ...list("ls-files", "-z", "--others", "--exclude-standard")]),
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

/** Ends the command with 2 where package.json is no object. */
const manifestOf = (text: string, side: string): { readonly name?: string; readonly scripts?: Readonly<Record<string, string>> } => {
  try {
    const manifest: unknown = JSON.parse(text);
    if (typeof manifest === "object" && manifest !== null) return manifest;
  } catch {
    // Said below.
  }
  throw new CommandEnd(exitCode.usage, `package.json of ${side} is no JSON object`);
};

const textOf = (file: string): string | undefined => (existsSync(file) ? readFileSync(file, "utf8") : undefined);

/** Installs what a checkout depends on, builds it where it is attnbench's own, and returns its worker. A repository that only uses attnbench is measured by this one, with its own kernels. */
const preparedWorker = (folder: string, root: string, onStep: (text: string) => void): string | undefined => {
  const manifest = textOf(join(folder, "package.json"));
  if (manifest === undefined) return undefined;
  const side = basename(folder);
  const lock = "package-lock.json";
  const installed = join(root, "node_modules");
  const [locked, here] = [folder, root].map((place) => textOf(join(place, lock)));
  // Without a lock file nothing says what else it would be.
  if (locked === undefined || (locked === here && existsSync(installed))) {
    if (existsSync(installed)) symlinkSync(installed, join(folder, "node_modules"), "dir");
  } else {
    onStep(`installing what ${side} depends on`);
    ask("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder, `npm ci of ${side} failed`);
  }
  const { name, scripts = {} } = manifestOf(manifest, side);
  if (name !== "attnbench") return undefined;
  onStep(`building ${side}`);
  ask("npm", ["run", "--silent", scripts["build:code"] === undefined ? "build" : "build:code"], folder, `building ${side} failed`);
  const worker = join(folder, "dist", "worker.js");
  if (!existsSync(worker)) throw new CommandEnd(exitCode.usage, `building ${side} made no dist/worker.js: it is too old for a duet`);
  return worker;
};
