import { createReadStream, existsSync } from "node:fs";
import { lstat, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createBrotliDecompress } from "node:zlib";
import { extract } from "tar-fs";
import { makeFolder } from "../record/folder.ts";
import { makeOwnFolder } from "../record/leftovers.ts";

/**
 * SwiftShader and its Vulkan loader out of the npm package @sparticuz/chromium, so that `npm ci` alone gives every x64 Linux an adapter.
 */
export interface Embedded {
  /** environment of a worker that shall use it; read by the dynamic linker and the Vulkan loader when the process starts */
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
}

const archive = "bin/swiftshader.tar.br";
const wanted = ["libvk_swiftshader.so", "libvulkan.so.1", "vk_swiftshader_icd.json"];

/** Why there is no embedded adapter here: a sentence for the user. */
export class NoEmbedded extends Error {}

const packageFolder = (): string => {
  let entry: string;
  try {
    entry = fileURLToPath(import.meta.resolve("@sparticuz/chromium"));
  } catch {
    throw new NoEmbedded("the optional dependency @sparticuz/chromium is not installed: npm install without --omit=optional");
  }
  for (let folder = dirname(entry); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, archive))) return folder;
  }
  throw new NoEmbedded(`the optional dependency @sparticuz/chromium has no ${archive}: reinstall it (attnbench needs 147.0.0)`);
};

/** Cache folders to try: the user's own, then one in the temporary folder that only this user can write. */
const cacheRoots = (): string[] => {
  const home = process.env.XDG_CACHE_HOME || (process.env.HOME && join(process.env.HOME, ".cache"));
  return [...(home ? [join(home, "attnbench")] : []), join(tmpdir(), `attnbench-${process.getuid?.() ?? 0}`)];
};

/** Unpacks the adapter once and tells how to use it. Throws NoEmbedded. */
export const embeddedAdapter = async (): Promise<Embedded> => {
  if (process.platform !== "linux" || process.arch !== "x64")
    throw new NoEmbedded(`the embedded adapter is built for x64 Linux, this is ${process.arch} ${process.platform}`);
  const source = packageFolder();
  const failures: string[] = [];
  for (const root of cacheRoots()) {
    const folder = join(root, "swiftshader-147.0.0");
    try {
      await claim(root);
      if (!wanted.every((name) => existsSync(join(folder, name)))) await unpack(join(source, archive), root, folder);
      const driver = join(folder, "vk_swiftshader_icd.json");
      // Loaders before 1.3.207 know the driver file by its second name only.
      return {
        folder,
        env: { LD_LIBRARY_PATH: [folder, process.env.LD_LIBRARY_PATH].filter(Boolean).join(":"), VK_DRIVER_FILES: driver, VK_ICD_FILENAMES: driver },
      };
    } catch (error) {
      failures.push(`${folder}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new NoEmbedded(`the embedded adapter could not be unpacked (${failures.join("; ")}): set XDG_CACHE_HOME to a folder that can be written`);
};

/** What lies in it will be loaded into a process: it must be this user's alone to write. */
const claim = async (root: string): Promise<void> => {
  makeFolder(root, 0o700);
  const { uid, mode } = await lstat(root);
  if (process.getuid !== undefined && uid !== process.getuid()) throw new Error(`belongs to another user (${uid})`);
  if ((mode & 0o022) !== 0) throw new Error("may be written by others");
};

/** Into a folder of its own first, then renamed: two runs starting at once, or one that is killed, leave no half that anyone takes for a whole. */
const unpack = async (from: string, root: string, folder: string): Promise<void> => {
  const fresh = makeOwnFolder(root, "unpacking-");
  try {
    await pipeline(createReadStream(from), createBrotliDecompress(), extract(fresh, { ignore: (path) => !wanted.includes(path.slice(fresh.length + 1)) }));
    await writeFile(
      join(fresh, "SOURCE"),
      "SwiftShader (Apache-2.0) and the Khronos Vulkan loader (Apache-2.0), from the npm package @sparticuz/chromium 147.0.0\n",
    );
    await rm(folder, { recursive: true, force: true });
    await rename(fresh, folder);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    if (wanted.every((name) => existsSync(join(folder, name)))) return;
    throw error;
  }
};
