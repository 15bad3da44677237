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

/**
 * For tests: validation and bounds checks stay on. Workgroup memory holds what was left in it, as where kernels are timed: zeroed, it would hide one that counts on zeros, and emulations
 * compile what zeroes it a third longer.
 */
export const checkingToggles: Toggles = {
  enabled: ["allow_unsafe_apis", "disable_workgroup_init", "vulkan_enable_f16_on_nvidia"],
  disabled: ["timestamp_quantization"],
};
