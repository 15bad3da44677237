import { readdirSync, readlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { type AdapterFacts, NoAdapter } from "./adapterFacts.ts";
import { embeddedAdapter, NoEmbedded } from "./embedded.ts";

/** Where a worker shall look for its adapter: its environment, and a part of the adapter's name. */
export interface Candidate {
  readonly choice: string;
  readonly env: Readonly<Record<string, string>>;
  readonly match: string | undefined;
  /** why it cannot even be tried */
  readonly unavailable?: string;
  /** A reason not to take what answered, or undefined. */
  refuse(facts: AdapterFacts): string | undefined;
}

const oldestMesa = 25;

/** Folders in which Vulkan's loader looks for drivers, unless VK_DRIVER_FILES names them. */
const driverFolders = (): string[] => [
  ...["/usr/local/etc", "/usr/local/share", "/etc", "/usr/share"].map((folder) => `${folder}/vulkan/icd.d`),
  ...(process.env.XDG_DATA_DIRS ?? "")
    .split(":")
    .filter(Boolean)
    .map((folder) => join(folder, "vulkan/icd.d")),
];

const listFolder = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

const installedDriver = (name: RegExp): string | undefined => {
  const named = process.env.VK_DRIVER_FILES || process.env.VK_ICD_FILENAMES;
  const files = named ? named.split(":") : driverFolders().flatMap((folder) => listFolder(folder).map((name) => join(folder, name)));
  return files.find((file) => name.test(basename(file)));
};

/** The driver file of an installed lavapipe, or undefined. */
export const lavapipeDriver = (): string | undefined => installedDriver(/^lvp_icd.*\.json$/);

/** The driver file of an installed RADV, Mesa's for AMD, or undefined. */
export const radvDriver = (): string | undefined => installedDriver(/^radeon_icd.*\.json$/);

/** "llvmpipe: Mesa 22.3.6 (LLVM 15)": too old a lavapipe has no usable subgroups and miscompiles. */
const refuseOldMesa = ({ description }: AdapterFacts): string | undefined => {
  const major = Number(/Mesa (\d+)\./.exec(description)?.[1]);
  return major < oldestMesa
    ? `${description} is too old: attnbench needs Mesa ${oldestMesa} (Debian 12: mesa-vulkan-drivers from bookworm-backports)`
    : undefined;
};

const system = (choice: string, match: string | undefined, refuse: Candidate["refuse"]): Candidate => ({ choice, env: {}, match, refuse });

/** Adapters to try for `--adapter asked`, best first. Throws NoAdapter where what was asked for cannot exist here. */
export const adapterCandidates = async (asked: string): Promise<readonly Candidate[]> => {
  switch (asked) {
    case "auto":
      return [system("auto", undefined, (facts) => (facts.software ? refuseOldMesa(facts) : undefined)), await embeddedCandidate()];
    case "gpu":
      return [system("gpu", undefined, (facts) => (facts.software ? `${facts.description || facts.device} is a CPU emulation` : undefined))];
    case "lavapipe": {
      const driver = lavapipeDriver();
      if (!driver) throw new NoAdapter("no lavapipe here: install Mesa's Vulkan drivers (Debian: mesa-vulkan-drivers), or use --adapter embedded");
      return [{ choice: "lavapipe", env: { VK_DRIVER_FILES: driver, VK_ICD_FILENAMES: driver }, match: undefined, refuse: refuseOldMesa }];
    }
    case "embedded":
      return [await embeddedCandidate()];
    default:
      return [system(asked, asked, () => undefined)];
  }
};

const embeddedCandidate = async (): Promise<Candidate> => {
  const candidate = { choice: "embedded", env: {}, match: undefined, refuse: () => undefined };
  try {
    return { ...candidate, env: (await embeddedAdapter()).env };
  } catch (error) {
    if (error instanceof NoEmbedded) return { ...candidate, unavailable: error.message };
    throw error;
  }
};

/** Kernel drivers of virtual displays: a render node of theirs is no GPU. */
const displayOnly = new Set([
  "vgem",
  "vkms",
  "virtio_gpu",
  "virtio-pci",
  "bochs-drm",
  "simpledrm",
  "simple-framebuffer",
  "qxl",
  "vmwgfx",
  "cirrus",
  "ast",
  "mgag200",
  "hyperv_drm",
]);

/** Signs of a real GPU on this Linux machine: device files of NVIDIA's driver, render nodes of a hardware driver. Empty elsewhere. */
export const visibleGpus = (): string[] => {
  const nvidia = listFolder("/dev").filter((name) => /^nvidia\d+$/.test(name));
  const nodes = listFolder("/dev/dri").filter((name) => name.startsWith("renderD"));
  const hardware = nodes.flatMap((node) => {
    try {
      const driver = basename(readlinkSync(`/sys/class/drm/${node}/device/driver`));
      return displayOnly.has(driver) ? [] : [`/dev/dri/${node} (${driver})`];
    } catch {
      return [];
    }
  });
  return [...nvidia.map((name) => `/dev/${name}`), ...hardware];
};
