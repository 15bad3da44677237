import type { Phase } from "../../kernels/mechanism.ts";
import type { KernelStatistics } from "./gpuStats.ts";

/** Subgroups of 32 per SIMD that hide the latency of loads, at headDim 64: what the best production WGSL has (192 and 48 registers). */
const leastSubgroups: Readonly<Record<Phase, number>> = { prefill: 8, decode: 12, generate: 12, tokenLoop: 0, offload: 0, probe: 0 };
const boundHeadDim = 64;

/** Kernels that AMD's GPUs take unless told otherwise. */
export const amdDefaults = (kernels: readonly KernelStatistics[]): readonly KernelStatistics[] =>
  kernels.filter(({ defaultOn }) => defaultOn.includes("mixed"));

/** Why AMD's default kernels do not do, a line each: spills at any head size, too few subgroups at headDim 64. Empty where they do. */
export const missesOf = (kernels: readonly KernelStatistics[]): readonly string[] =>
  amdDefaults(kernels).flatMap(({ mechanism, form, phase, label, headDim, beside, spills, subgroups, registers, ldsBytes }) => {
    const name = `${mechanism} ${form} ${phase}, ${label}, headDim ${headDim}${beside ? ` (${beside})` : ""}`;
    if (spills > 0) return [`${name}: ${spills} registers spilled`];
    const least = leastSubgroups[phase];
    if (headDim > boundHeadDim || subgroups >= least) return [];
    return [`${name}: ${subgroups} subgroups per SIMD, ${least} are wanted (${registers} registers, ${ldsBytes} bytes of LDS)`];
  });
