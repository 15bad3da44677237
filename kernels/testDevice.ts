import type { Capabilities } from "./mechanism.ts";

/** For tests of plans, which open no device: one with WebGPU's default limits and subgroups of `lanes` (0: none), a CPU emulation or hardware. */
export const testDevice = (lanes: number, software: boolean, over: Partial<Capabilities> = {}): Capabilities => ({
  subgroups: lanes > 0,
  subgroupMinSize: lanes,
  subgroupMaxSize: lanes,
  f16: false,
  software,
  maxComputeWorkgroupStorageSize: 16384,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupsPerDimension: 65535,
  maxStorageBufferBindingSize: 2 ** 27,
  maxBufferSize: 2 ** 28,
  maxStorageBuffersPerShaderStage: 8,
  ...over,
});
