import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Keeps a run folder to one process: a file with its number, gone when the process lets go of it or is no more. */
export interface Lock {
  release(): void;
}

const lockFile = (folder: string): string => join(folder, "lock");

/** The process that writes to this run folder now, if there is one. A file left by one that was killed does not count. */
export const lockedBy = (folder: string): number | undefined => ownerOf(contentOf(lockFile(folder)));

/** Takes the folder, or undefined where another process has it. Throws the file system's error where it cannot be written. */
export const lockFolder = (folder: string): Lock | undefined => {
  const file = lockFile(folder);
  const own = `${file}.${process.pid}`;
  const content = `${process.pid} ${startOf(process.pid)}`;
  writeFileSync(own, content);
  try {
    const found = contentOf(file);
    if (found !== undefined && found !== content && ownerOf(found) === undefined) removeStale(file, found);
    // A link is made whole or not at all: of two that come at once, one makes it.
    linkSync(own, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return undefined;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
  return {
    release: () => {
      if (contentOf(file) === content) rmSync(file, { force: true });
    },
  };
};

/** Moves it away first: what is thrown away must be what was found stale, and not the lock of one that was quicker. */
const removeStale = (file: string, found: string): void => {
  const aside = `${file}.stale.${process.pid}`;
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

/** The living process that a lock names. Numbers are given again: one that started at another time is another process. */
const ownerOf = (content: string | undefined): number | undefined => {
  const [number = "", started = ""] = (content ?? "").split(" ");
  const pid = Number(number);
  const lives = Number.isSafeInteger(pid) && pid > 0 && pid !== process.pid && isAlive(pid);
  return lives && (started === "" || started === startOf(pid)) ? pid : undefined;
};

/** When a process started, in ticks since boot (field 22 of Linux's /proc/PID/stat); empty elsewhere. */
const startOf = (pid: number): string => {
  try {
    return (
      readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ")[19] ?? ""
    );
  } catch {
    return "";
  }
};

/** Whether a process of this number is there, whoever's. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};
