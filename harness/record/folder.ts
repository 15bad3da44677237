import { mkdirSync } from "node:fs";
import { resolve } from "node:path";

/**
 * Makes a folder and those above it. Throws the file system's error. Where the folder that this process works in was deleted, Node's recursive mkdir of a relative path never returns: resolving it
 * throws instead.
 */
export const makeFolder = (path: string): void => {
  mkdirSync(resolve(path), { recursive: true });
};
