import { mkdirSync, mkdtempSync, rmdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** Why a folder cannot be made or written in: a sentence naming it, with the file system's `code`. */
export class UnwritableFolder extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Makes a folder and those above it. Throws UnwritableFolder. Not by Node's recursive mkdir: it never returns where a folder refuses a new one with ENOENT, as all of /proc does, and where the folder that
 * this process works in was deleted. `mode` is that of all that are made.
 */
export const makeFolder = (path: string, mode = 0o777): void => makeWhole(absolute(path), mode);

/** Throws UnwritableFolder where `path` could not be made or written in: tried in the nearest folder that is there, since neither modes nor owner tell what a file system takes. Leaves nothing. */
export const assertWritableFolder = (path: string): void => {
  let folder = absolute(path);
  while (!existing(folder) && dirname(folder) !== folder) folder = dirname(folder);
  try {
    if (existing(folder)?.isDirectory() === false) throw inTheWay(folder);
    rmdirSync(mkdtempSync(join(folder, ".attnbench-")));
  } catch (error) {
    throw unwritable(`nothing can be made in ${folder}`, error);
  }
};

const makeWhole = (folder: string, mode: number): void => {
  try {
    const there = existing(folder);
    if (there?.isDirectory()) return;
    if (there) throw inTheWay(folder);
    if (dirname(folder) !== folder) makeWhole(dirname(folder), mode);
    mkdirSync(folder, { mode });
  } catch (error) {
    // Another process may have been quicker.
    if (existing(folder)?.isDirectory()) return;
    throw unwritable(`${folder} cannot be made`, error);
  }
};

const inTheWay = (path: string): UnwritableFolder => new UnwritableFolder("ENOTDIR", `${path} is a file, not a folder`);

/** What is there, or undefined. A part of the path that is no folder, or may not be looked into, is told by who makes something there. */
const existing = (path: string): ReturnType<typeof statSync> | undefined => {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
};

const absolute = (path: string): string => {
  try {
    return resolve(path);
  } catch (error) {
    throw new UnwritableFolder("ENOENT", `${path} is in a folder that is gone (${messageOf(error)})`);
  }
};

const unwritable = (fault: string, error: unknown): UnwritableFolder => {
  if (error instanceof UnwritableFolder) return error;
  const { code = "EIO" } = error as NodeJS.ErrnoException;
  return new UnwritableFolder(code, `${fault} (${messageOf(error)})`);
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
