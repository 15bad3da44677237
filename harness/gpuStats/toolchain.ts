import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { radvDriver } from "../device/adapters.ts";

/** What it takes is not here: one line that says what. */
export class NoToolchain extends Error {}

const packages = "Debian: gcc, libvulkan-dev, mesa-vulkan-drivers, on Debian 12 from bookworm-backports";
const layer = "VK_LAYER_attnbench_null_queue";

/** Where the compiler's process finds RADV with null hardware of a family. */
export interface Toolchain {
  readonly env: Readonly<Record<string, string>>;
  /** to be removed when done */
  readonly folder: string;
}

/** RADV found, and the layer (nullQueue.c) compiled into a new temporary folder. Throws NoToolchain. */
export const toolchain = (family: string, layerSource: string): Toolchain => {
  const driver = radvDriver();
  if (driver === undefined) throw new NoToolchain(`no RADV here, Mesa's Vulkan driver for AMD's GPUs (${packages})`);
  const folder = mkdtempSync(join(tmpdir(), "attnbench-gpu-stats-"));
  try {
    compileLayer(layerSource, join(folder, "nullQueue.so"));
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
  const manifest = { name: layer, type: "GLOBAL", library_path: "./nullQueue.so", api_version: "1.3.0", implementation_version: "1", description: layer };
  writeFileSync(join(folder, "nullQueue.json"), JSON.stringify({ file_format_version: "1.1.2", layer: manifest }));
  return {
    folder,
    env: {
      VK_DRIVER_FILES: driver,
      VK_ICD_FILENAMES: driver,
      VK_LAYER_PATH: folder,
      VK_INSTANCE_LAYERS: layer,
      RADV_FORCE_FAMILY: family,
      // nocache: a kernel out of the cache comes without its assembly.
      RADV_DEBUG: "shaderstats,asm,nocache",
      XDG_RUNTIME_DIR: folder,
    },
  };
};

const compileLayer = (source: string, library: string): void => {
  try {
    execFileSync("gcc", ["-shared", "-fPIC", "-O1", "-Wall", "-o", library, source], { encoding: "utf8", stdio: ["ignore", "ignore", "pipe"] });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if ("code" in error && error.code === "ENOENT") throw new NoToolchain(`no gcc here (${packages})`);
    const said = "stderr" in error ? String(error.stderr) : error.message;
    if (/vulkan\/\S+\.h: No such file/.test(said)) throw new NoToolchain(`no headers of Vulkan here (${packages})`);
    throw new Error(`gcc cannot compile ${source}: ${said.trim()}`);
  }
};
