import { existsSync, linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isOwn, livingOwner, ownMark, ownPlace } from "./owner.ts";
import { halfName } from "./wholeFile.ts";

/** Keeps a run folder to one process: a file with its mark, gone when the process lets go of it or is no more. */
export interface Lock {
  release(): void;
}

/**
 * Whether a process lives can be asked on its own machine alone, and folders are shared between machines. So the holder touches its lock, and elsewhere one that was
 * not touched for long counts as left behind.
 */
const beatMs = 20_000;
const staleMs = 120_000;

const lockFile = (folder: string): string => join(folder, "lock");

/** The process that writes to this run folder now, if there is one, in words. A file left by one that was killed does not count. */
export const lockedBy = (folder: string): string | undefined => {
  const content = contentOf(lockFile(folder));
  if (content === undefined) return undefined;
  const [pid = "", , host = ""] = content.split(" ");
  if (isElsewhere(content)) return `process ${pid} on ${host}`;
  return livingOwner(content) === undefined ? undefined : `process ${pid}`;
};

/** Whether a process of this machine had locked the folder and has ended without letting go of it. */
export const isLeftLocked = (folder: string): boolean => {
  const content = contentOf(lockFile(folder));
  return content !== undefined && isLeft(content);
};

/** Removes the lock of a process of this machine that has ended without letting go of the folder. */
export const removeLeftLock = (folder: string): void => {
  const [file, content] = [lockFile(folder), contentOf(lockFile(folder))];
  try {
    if (content !== undefined && isLeft(content)) removeStale(file, content);
  } catch {
    // It lies there no worse than before.
  }
};

const isLeft = (content: string): boolean => !isElsewhere(content) && !isOwn(content) && livingOwner(content) === undefined;

/** Takes the folder, or undefined where another process has it. Throws the file system's error where it cannot be written. */
export const lockFolder = (folder: string): Lock | undefined => {
  const file = lockFile(folder);
  const own = halfName(file);
  const content = `${ownMark()} ${ownPlace()}`;
  writeFileSync(own, content);
  try {
    const found = contentOf(file);
    if (found !== undefined && found !== content && !isHeld(found, msBetween(file, own))) removeStale(file, found);
    // A link is made whole or not at all: of two that come at once, one makes it.
    linkSync(own, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Whoever holds the folder removes what others have half written there.
    if (code === "EEXIST" || (code === "ENOENT" && existsSync(folder))) return undefined;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
  const beat = setInterval(() => touch(file, content), beatMs);
  beat.unref();
  const remove = (): void => {
    try {
      if (contentOf(file) === content) rmSync(file, { force: true });
    } catch {
      // In a folder that may not be written any more it stays, and counts no longer than this process lives.
    }
  };
  // A second Ctrl-C ends the process where it stands.
  process.once("exit", remove);
  return {
    release: () => {
      clearInterval(beat);
      process.off("exit", remove);
      remove();
    },
  };
};

const isHeld = (content: string, untouchedMs: number): boolean => (isElsewhere(content) ? untouchedMs < staleMs : livingOwner(content) !== undefined);

/** By the clock of the disk that both lie on, which need not be this machine's. */
const msBetween = (file: string, later: string): number =>
  (statSync(later, { throwIfNoEntry: false })?.mtimeMs ?? 0) - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);

/** Written over byte by byte: a file that is empty for a moment would be nobody's. */
const touch = (file: string, content: string): void => {
  try {
    if (contentOf(file) === content) writeFileSync(file, content, { flag: "r+" });
  } catch {
    // The folder is gone, or its disk is: whoever writes the run says so.
  }
};

const isElsewhere = (content: string): boolean => {
  const written = content.split(" ").slice(2).join(" ");
  return written !== "" && written !== ownPlace();
};

/** Moves it away first: what is thrown away must be what was found stale, and not the lock of one that was quicker. */
const removeStale = (file: string, found: string): void => {
  const aside = halfName(file);
  renameSync(file, aside);
  if (contentOf(aside) === found) rmSync(aside, { force: true });
  else renameSync(aside, file);
};

const contentOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
};
