import { leastDevice } from "./leastDevice.ts";
import type { Capabilities } from "./mechanism.ts";

/** For tests of plans, which open no device: one with WebGPU's default limits and subgroups of `lanes` (0: none), a CPU emulation or hardware. */
export const testDevice = (lanes: number, software: boolean, over: Partial<Capabilities> = {}): Capabilities => ({
  ...leastDevice,
  subgroups: lanes > 0,
  subgroupMinSize: lanes,
  subgroupMaxSize: lanes,
  software,
  ...over,
});
