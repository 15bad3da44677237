import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** The process that a lock, or a folder of its own, belongs to: its number and when it started, as numbers are given again. */
export const ownMark = (): string => `${process.pid} ${startOf(process.pid)}`;

/** Whether a mark, whatever stands behind it, is this process's. */
export const isOwn = (mark: string): boolean => mark.split(" ").slice(0, 2).join(" ") === ownMark();

/** The number of the living process that a mark names; undefined where it has ended, or is this one. */
export const livingOwner = (mark: string): number | undefined => {
  const [number = "", started = ""] = mark.split(" ");
  const pid = Number(number);
  const lives = Number.isSafeInteger(pid) && pid > 0 && pid !== process.pid && isAlive(pid) && !isZombie(pid);
  return lives && (started === "" || started === startOf(pid)) ? pid : undefined;
};

/** Fields of Linux's /proc/PID/stat from the third on; none elsewhere. */
const statOf = (pid: number): readonly string[] => {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
  } catch {
    return [];
  }
};

/** When a process started, in ticks since boot (field 22); empty where nobody says. */
const startOf = (pid: number): string => statOf(pid)[19] ?? "";

/** It has ended, and nobody has asked how: where a container's first process does not, its number is never given back. */
const isZombie = (pid: number): boolean => /^[ZX]$/.test(statOf(pid)[0] ?? "");

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

/** Where a process number means the same process: a machine, and on Linux its space of numbers, as containers have their own. */
export const ownPlace = (): string => {
  try {
    return `${hostname()} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return hostname();
  }
};
