import { cpus, release, type as systemType, totalmem } from "node:os";
import type { KernelFolder } from "../record/kernelFolder.ts";
import type { Environment } from "../record/run.ts";
import { builtFrom, packageVersions, version } from "../version.ts";
import type { AdapterFacts } from "./adapterFacts.ts";
import type { Toggles } from "./toggles.ts";

/** What of a worker's hello says where a run was made. */
export interface DeviceAnswer {
  readonly facts: AdapterFacts;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
  readonly toggles: Toggles;
  readonly clock: Environment["clock"];
}

const backends: Partial<Record<NodeJS.Platform, string>> = { darwin: "Metal", win32: "D3D12" };

/** Numbers alone: what a kernel's builder appends may name a host or its owner. */
const numbersOf = (text: string): string => /^\d+(?:\.\d+)*/.exec(text)?.[0] ?? "";

/** The code that runs. */
export const codeOfBuild = (): Environment["attnbench"] => ({
  version,
  commit: builtFrom?.commit,
  dirty: builtFrom?.dirty,
  ...(builtFrom ? { changes: builtFrom.changes } : {}),
});

/** Everything needed to doubt or repeat a run; no host name, no user name, no serial number, no path. `kernels`: undefined where nobody said. */
export const describeEnvironment = (
  asked: string,
  choice: string,
  { facts, features, limits, toggles, clock }: DeviceAnswer,
  kernels?: readonly KernelFolder[],
): Environment => ({
  attnbench: codeOfBuild(),
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
  os: `${systemType()} ${numbersOf(release())} ${process.arch}`,
  cpu: { model: cpus()[0]?.model ?? "unknown", cores: cpus().length },
  memoryBytes: totalmem(),
  packages: packageVersions,
  ...(kernels ? { kernels } : {}),
});
