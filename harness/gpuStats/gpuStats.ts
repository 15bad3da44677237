import { fork } from "node:child_process";
import { rmSync } from "node:fs";
import { weighedOperations } from "./assembly.ts";
import type { CompilerMessage, CompilerRequest } from "./compiler.ts";
import type { ListedKernel } from "./kernels.ts";
import { byKernel, type Statistics, statisticsOf } from "./statistics.ts";
import { toolchain } from "./toolchain.ts";

export { amdDefaults, missesOf } from "./bar.ts";
export { kernelsText, stepsTable } from "./table.ts";
export { NoToolchain } from "./toolchain.ts";

/** What `npm run gpu-stats` is asked for. */
export interface GpuStatsRequest extends CompilerRequest {
  /** RADV's name of a GPU generation: NAVI31 (RDNA3), NAVI21 (RDNA2), VEGA10, … */
  readonly family: string;
  /** the built compiler.ts */
  readonly compiler: string;
  /** nullQueue.c */
  readonly layerSource: string;
}

/** A kernel and what the compiler makes of it. */
export interface KernelStatistics extends Omit<ListedKernel, "code">, Statistics {
  /** floating-point operations of 64 threads, as weighed as the cycles of `inverseThroughput` */
  readonly operations: number;
}

/** Compile the kernels for a GPU that is not there. Rejects with NoToolchain, and with Error where the request is not understood or a kernel not compiled. */
export const gpuStats = async ({ family, compiler, layerSource, ...request }: GpuStatsRequest): Promise<readonly KernelStatistics[]> => {
  const { env, folder } = toolchain(family, layerSource);
  try {
    const { kernels, failures, output } = await compiled(compiler, request, env);
    const [failure] = failures;
    if (failure) throw new Error(`${nameOf(kernels[failure.index])} is not compiled: ${failure.reason}`);
    const texts = byKernel(output);
    return kernels.map(({ code: _, ...kernel }, index) => {
      const text = texts.get(index);
      if (text === undefined) throw new Error(`the compiler ended before ${nameOf(kernel)}; it said: ${output.trim().split("\n").slice(-3).join(" / ")}`);
      return { ...kernel, ...statisticsOf(text), operations: 64 * weighedOperations(text) };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const nameOf = (kernel: Omit<ListedKernel, "code"> | undefined): string =>
  kernel ? `${kernel.mechanism} ${kernel.form} ${kernel.phase}, ${kernel.label}, headDim ${kernel.headDim} (${kernel.tiles})` : "a kernel";

interface Compiled {
  readonly kernels: readonly ListedKernel[];
  readonly failures: readonly Extract<CompilerMessage, { kind: "failed" }>[];
  /** stderr of the process */
  readonly output: string;
}

/** A process of its own: the loader reads its environment once, and null hardware is not made to be closed. */
const compiled = async (compiler: string, request: CompilerRequest, env: Readonly<Record<string, string>>): Promise<Compiled> => {
  const child = fork(compiler, [JSON.stringify(request)], { env: { ...process.env, ...env }, stdio: ["ignore", "ignore", "pipe", "ipc"] });
  const kernels: ListedKernel[] = [];
  const failures: Compiled["failures"][number][] = [];
  let refusal: string | undefined;
  child.on("message", (message: CompilerMessage) => {
    if (message.kind === "kernels") kernels.push(...message.kernels);
    else if (message.kind === "failed") failures.push(message);
    else refusal = message.reason;
  });
  const pieces: string[] = [];
  child.stderr?.setEncoding("utf8").on("data", (piece: string) => pieces.push(piece));
  const code = await new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  const output = pieces.join("");
  if (refusal !== undefined) throw new Error(refusal);
  if (kernels.length === 0)
    throw new Error(`the compiler's process ended (${code}) before it opened a device: ${output.trim().split("\n").slice(-3).join(" / ")}`);
  return { kernels, failures, output };
};
