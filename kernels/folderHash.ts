import { createHash } from "node:crypto";
import { closeSync, openSync, readdirSync, readSync, realpathSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { UnloadableKernels } from "./registry.ts";

const chunkBytes = 1 << 20;
const digits = 16;

/**
 * 16 hex digits of what a folder of mechanisms holds: names, relative paths and bytes of its files, wherever it lies. node_modules and names that begin with a dot are left out, and so are folders at
 * `leftOut` and whatever `isLeftOut` says of a path below it, as results that lie in it are no code. A link counts as what it leads to. Throws UnloadableKernels where a file cannot be read.
 */
export const folderHash = (folder: string, leftOut: readonly string[] = [], isLeftOut: (path: string) => boolean = () => false): string => {
  const root = resolve(folder);
  try {
    const files = filesBelow(root, "", new Set(), new Set(leftOut.flatMap(realPath)), isLeftOut).sort();
    const whole = createHash("sha256");
    // Names are hashed, too: one that holds a line break must not pass for two.
    for (const file of files) whole.update(createHash("sha256").update(file).digest()).update(fileHash(join(root, file)));
    return whole.digest("hex").slice(0, digits);
  } catch (error) {
    throw new UnloadableKernels(`${root}: cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
};

const realPath = (path: string): readonly string[] => {
  try {
    return [realpathSync(path)];
  } catch {
    return [];
  }
};

/** Paths from `root` on, with / on every system. `around`: real folders that this one lies in, since links may go in circles. */
const filesBelow = (root: string, below: string, around: ReadonlySet<string>, leftOut: ReadonlySet<string>, isLeftOut: (path: string) => boolean): string[] => {
  const real = realpathSync(join(root, below));
  if (around.has(real) || leftOut.has(real)) return [];
  return readdirSync(real)
    .filter((name) => !name.startsWith(".") && name !== "node_modules")
    .flatMap((name) => {
      const path = below === "" ? name : `${below}/${name}`;
      if (isLeftOut(path)) return [];
      // A link that leads nowhere is nothing that could be loaded.
      const found = statSync(join(root, path), { throwIfNoEntry: false });
      if (found?.isDirectory()) return filesBelow(root, path, new Set([...around, real]), leftOut, isLeftOut);
      return found?.isFile() ? [path] : [];
    });
};

const fileHash = (file: string): Buffer => {
  const hash = createHash("sha256");
  const chunk = Buffer.alloc(chunkBytes);
  const descriptor = openSync(file, "r");
  try {
    for (let bytes = readSync(descriptor, chunk); bytes > 0; bytes = readSync(descriptor, chunk)) hash.update(chunk.subarray(0, bytes));
  } finally {
    closeSync(descriptor);
  }
  return hash.digest();
};
