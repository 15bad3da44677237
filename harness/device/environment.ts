import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cpus, release, type as systemType, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import type { Environment } from "../record/run.ts";
import { packageRoot, packageVersions, version } from "../version.ts";
import type { AdapterFacts } from "./adapterFacts.ts";
import type { Toggles } from "./toggles.ts";

/** Commit and dirtiness of attnbench's own checkout; undefined for an installed package. */
export const ownCommit = (): { commit: string | undefined; dirty: boolean | undefined } => {
  const root = fileURLToPath(packageRoot);
  const git = (...args: string[]): string => execFileSync("git", ["-C", root, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    // A package inside somebody else's repository must not pass for a checkout of ours.
    if (!existsSync(new URL(".git", packageRoot))) return { commit: undefined, dirty: undefined };
    return { commit: git("rev-parse", "HEAD"), dirty: git("status", "--porcelain") !== "" };
  } catch {
    return { commit: undefined, dirty: undefined };
  }
};

/** What of a worker's hello says where a run was made. */
export interface DeviceAnswer {
  readonly facts: AdapterFacts;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
  readonly toggles: Toggles;
  readonly clock: Environment["clock"];
}

const backends: Partial<Record<NodeJS.Platform, string>> = { darwin: "Metal", win32: "D3D12" };

/** Everything needed to doubt or repeat a run; no host name, no user name, no serial number, no path. */
export const describeEnvironment = (asked: string, choice: string, { facts, features, limits, toggles, clock }: DeviceAnswer): Environment => ({
  attnbench: { version, ...ownCommit() },
  adapter: {
    asked,
    choice,
    vendor: facts.vendor,
    architecture: facts.architecture,
    device: facts.device,
    description: facts.description,
    backend: backends[process.platform] ?? "Vulkan",
  },
  deviceClass: facts.software ? "software" : "hardware",
  features,
  limits,
  toggles,
  clock,
  node: process.versions.node,
  os: `${systemType()} ${release()} ${process.arch}`,
  cpu: { model: cpus()[0]?.model ?? "unknown", cores: cpus().length },
  memoryBytes: totalmem(),
  packages: packageVersions,
});
