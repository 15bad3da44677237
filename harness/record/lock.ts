import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

/** Keeps a run folder to one process: a file with its number, gone when the process lets go of it or is no more. */
export interface Lock {
  release(): void;
}

const lockFile = (folder: string): string => join(folder, "lock");

/** The process that writes to this run folder now, if there is one. A file left by one that was killed does not count. */
export const lockedBy = (folder: string): number | undefined => {
  try {
    const [number = "", started = ""] = readFileSync(lockFile(folder), "utf8").split(" ");
    const pid = Number(number);
    const holds = Number.isSafeInteger(pid) && pid > 0 && pid !== process.pid && isAlive(pid);
    // Numbers are given again: a process that started at another time is another one.
    return holds && (started === "" || started === startOf(pid)) ? pid : undefined;
  } catch {
    return undefined;
  }
};

/** Takes the folder, or undefined where another process has it. Throws the file system's error where it cannot be written. */
export const lockFolder = (folder: string): Lock | undefined => {
  if (lockedBy(folder) !== undefined) return undefined;
  rmSync(lockFile(folder), { force: true });
  try {
    // Of two that come at once, one makes the file.
    const descriptor = openSync(lockFile(folder), "wx");
    writeSync(descriptor, `${process.pid} ${startOf(process.pid)}`);
    closeSync(descriptor);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return undefined;
    throw error;
  }
  return { release: () => rmSync(lockFile(folder), { force: true }) };
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

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};
