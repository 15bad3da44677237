import { create, globals } from "webgpu";
import type { Capabilities } from "../../kernels/mechanism.ts";

Object.assign(globalThis, globals);

/** Dawn's switches, fixed for the life of a device and part of what its generated code is. */
export interface Toggles {
  readonly enabled: readonly string[];
  readonly disabled: readonly string[];
}

/** As production runtimes set Dawn (ONNX Runtime, llama.cpp), and with a clock in ns instead of steps of 65.5 µs. */
export const timingToggles: Toggles = {
  enabled: ["allow_unsafe_apis", "disable_robustness", "disable_workgroup_init", "vulkan_enable_f16_on_nvidia"],
  disabled: ["timestamp_quantization"],
};

/** For tests: validation, bounds checks and zeroed workgroup memory stay on. */
export const checkingToggles: Toggles = { enabled: ["allow_unsafe_apis", "vulkan_enable_f16_on_nvidia"], disabled: ["timestamp_quantization"] };

export interface AdapterFacts {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** A CPU emulation: WebGPU's isFallbackAdapter, or a driver known to be one. */
  readonly software: boolean;
  readonly subgroupMinSize: number;
  readonly subgroupMaxSize: number;
}

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
}

/** No adapter, or one that only pretends: exit code 4 for the command that wanted it. */
export class NoAdapter extends Error {}

const softwareDrivers = /swiftshader|llvmpipe|lavapipe|softpipe|basic render driver|\bwarp\b/i;
const nullDrivers = /null/i;
const wantedFeatures: readonly GPUFeatureName[] = ["timestamp-query", "subgroups", "shader-f16"];

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
 * `match`: a substring of the adapter's name, or undefined for the best. Throws NoAdapter.
 */
export const openDevice = async (match: string | undefined, toggles: Toggles): Promise<OpenDevice> => {
  const gpu = create([
    `enable-dawn-features=${toggles.enabled.join(",")}`,
    `disable-dawn-features=${toggles.disabled.join(",")}`,
    ...(match ? [`adapter=${match}`] : []),
  ]);
  instances.push(gpu);
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" }).catch(() => null);
  if (!adapter) throw new NoAdapter(match ? `no WebGPU adapter whose name contains "${match}"` : "no WebGPU adapter");
  const facts = adapterFacts(adapter.info);
  if (nullDrivers.test(`${facts.vendor} ${facts.device} ${facts.description}`))
    throw new NoAdapter(`${facts.device} is a null driver: it accepts work and does none`);

  const features = wantedFeatures.filter((feature) => adapter.features.has(feature));
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
