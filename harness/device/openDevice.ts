import { create, globals } from "webgpu";
import type { Capabilities } from "../../kernels/mechanism.ts";
import { type AdapterFacts, NoAdapter } from "./adapterFacts.ts";
import { quietly } from "./quietly.ts";
import type { Toggles } from "./toggles.ts";

Object.assign(globalThis, globals);

export interface OpenDevice {
  readonly device: GPUDevice;
  readonly facts: AdapterFacts;
  readonly capabilities: Capabilities;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
  readonly toggles: Toggles;
  readonly timestamps: boolean;
  /** Set once the device is lost; asked before blaming a cell. */
  lostReason(): string | undefined;
  /** Waits without keeping a core busy where the device is that core: a CPU emulation. */
  awaited<T>(work: Promise<T>): Promise<T>;
}

const softwareDrivers = /swiftshader|llvmpipe|lavapipe|softpipe|basic render driver|\bwarp\b/i;
const nullDrivers = /null/i;
const wantedFeatures: readonly GPUFeatureName[] = ["timestamp-query", "subgroups", "shader-f16"];
/** Null hardware compiles and computes nothing. */
export type Purpose = "compute" | "compile";

// The GPU object owns Dawn's instance: when it is collected, every device of it dies.
const instances: GPU[] = [];

const adapterFacts = (info: GPUAdapterInfo): AdapterFacts => ({
  vendor: info.vendor,
  architecture: info.architecture,
  device: info.device,
  description: info.description,
  software: info.isFallbackAdapter || softwareDrivers.test(`${info.device} ${info.description}`),
  subgroupMinSize: info.subgroupMinSize ?? 0,
  subgroupMaxSize: info.subgroupMaxSize ?? 0,
});

/**
 * Opens the adapter that Dawn finds in this process's environment (the parent chose it by LD_LIBRARY_PATH, VK_DRIVER_FILES and `match`).
 * `match`: a substring of the adapter's name, or undefined for the best. To compile, null hardware is taken, and nothing else. Throws NoAdapter.
 */
export const openDevice = async (match: string | undefined, toggles: Toggles, purpose: Purpose = "compute"): Promise<OpenDevice> => {
  const gpu = create([
    `enable-dawn-features=${toggles.enabled.join(",")}`,
    `disable-dawn-features=${toggles.disabled.join(",")}`,
    ...(match ? [`adapter=${match}`] : []),
  ]);
  instances.push(gpu);
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" }).catch(() => null);
  if (!adapter) throw new NoAdapter(match ? `no WebGPU adapter whose name contains "${match}"` : "no WebGPU adapter");
  const facts = adapterFacts(adapter.info);
  const isNull = nullDrivers.test(`${facts.vendor} ${facts.device} ${facts.description}`);
  if (isNull && purpose === "compute") throw new NoAdapter(`${facts.device} is a null driver: it accepts work and does none`);
  if (!isNull && purpose === "compile") throw new NoAdapter(`${facts.device} is no null hardware`);

  const wanted: readonly GPUFeatureName[] = purpose === "compile" ? [...wantedFeatures, "subgroup-size-control"] : wantedFeatures;
  const features = wanted.filter((feature) => adapter.features.has(feature));
  const limits: Record<string, number> = {};
  for (const name in adapter.limits) {
    const value = adapter.limits[name as keyof GPUSupportedLimits];
    if (typeof value === "number") limits[name] = value;
  }
  const device = await adapter.requestDevice({ requiredFeatures: features, requiredLimits: limits });
  let lost: string | undefined;
  device.lost.then((info) => {
    lost = info.message || info.reason;
  });
  const limit = (name: keyof GPUSupportedLimits): number => device.limits[name] as number;
  const subgroups = features.includes("subgroups");
  return {
    device,
    facts,
    features: [...device.features].sort(),
    limits,
    toggles,
    timestamps: features.includes("timestamp-query"),
    lostReason: () => lost,
    awaited: (work) => (facts.software ? quietly(work) : work),
    capabilities: {
      subgroups,
      subgroupMinSize: subgroups ? facts.subgroupMinSize : 0,
      subgroupMaxSize: subgroups ? facts.subgroupMaxSize : 0,
      f16: features.includes("shader-f16"),
      software: facts.software,
      maxComputeWorkgroupStorageSize: limit("maxComputeWorkgroupStorageSize"),
      maxComputeInvocationsPerWorkgroup: limit("maxComputeInvocationsPerWorkgroup"),
      maxComputeWorkgroupsPerDimension: limit("maxComputeWorkgroupsPerDimension"),
      maxStorageBufferBindingSize: limit("maxStorageBufferBindingSize"),
      maxBufferSize: limit("maxBufferSize"),
      maxStorageBuffersPerShaderStage: limit("maxStorageBuffersPerShaderStage"),
    },
  };
};
