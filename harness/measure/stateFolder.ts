import { existsSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { CellFailure } from "../device/failure.ts";
import { makeOwnFolder } from "../record/leftovers.ts";
import { onDisk } from "./stateFile.ts";

const prefix = "attnbench-states-";

/** File systems without a disk, by their magic numbers (statfs(2)). */
const inMemory: ReadonlyMap<number, string> = new Map([
  [0x01021994, "tmpfs"],
  [0x858458f6, "ramfs"],
]);

let made: string | undefined;
const removeMade = (): void => {
  if (made !== undefined) rmSync(made, { recursive: true, force: true });
};

/**
 * The folder of this process for states in files, removed when it exits. Those of workers that were killed are removed now. Throws CellFailure noFeature where temporary files lie in memory, as that is no
 * disk, and diskError.
 */
export const stateFolder = (): string => {
  if (made !== undefined && existsSync(made)) return made;
  const parent = tmpdir();
  const memory = inMemory.get(onDisk("looking for a disk", () => statfsSync(parent).type));
  if (memory !== undefined) throw new CellFailure("noFeature", `temporary files lie in memory (${memory}), which is no disk: name a folder on one by TMPDIR`);
  if (made === undefined) process.once("exit", removeMade);
  made = onDisk("making a folder for states", () => makeOwnFolder(parent, prefix));
  return made;
};
