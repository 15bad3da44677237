import { writeSync } from "node:fs";
import { builtInKernels } from "../../kernels/builtIn.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import { openDevice } from "../device/openDevice.ts";
import { timingToggles } from "../device/toggles.ts";
import { cellsMeeting } from "../experiment/cellFilter.ts";
import { type ListedKernel, listedKernels, statsCells } from "./kernels.ts";
import { kernelMark } from "./statistics.ts";

/** What is compiled. */
export interface CompilerRequest {
  readonly headDims: readonly number[];
  /** a condition on cells, as run's --filter */
  readonly filter: string | undefined;
}

/** Said to the parent: the kernels in the order in which they are compiled, then each of them that was not; or why there are none. */
export type CompilerMessage =
  | { readonly kind: "kernels"; readonly kernels: readonly ListedKernel[] }
  | { readonly kind: "failed"; readonly index: number; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string };

/** Lanes of a subgroup on NVIDIA's and Apple's GPUs. */
const lanes = 32;

const say = (message: CompilerMessage): Promise<void> => new Promise((done) => process.send?.(message, () => done()));

/** What the compiler says of a kernel comes on stderr, behind the kernel's mark. Rejects with NoAdapter and BadFilter. */
const compileAll = async ({ headDims, filter }: CompilerRequest): Promise<void> => {
  const { device, capabilities } = await openDevice(undefined, timingToggles, "compile");
  const mechanisms = (await loadMechanisms(builtInKernels)).filter(({ family }) => family !== "instrument");
  const cells = mechanisms.flatMap((mechanism) => statsCells(mechanism, headDims));
  const kernels = listedKernels(mechanisms, cellsMeeting(cells, mechanisms, filter), capabilities, lanes);
  await say({ kind: "kernels", kernels });
  for (const [index, { code }] of kernels.entries()) {
    writeSync(2, kernelMark(index));
    try {
      const module = device.createShaderModule({ code });
      await device.createComputePipelineAsync({ layout: "auto", compute: { module, entryPoint: "main" } });
    } catch (error) {
      await say({ kind: "failed", index, reason: reasonOf(error) });
    }
  }
};

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The child process: its argument is the request as JSON. */
await compileAll(JSON.parse(process.argv[2] ?? "") as CompilerRequest).catch((error: unknown) => say({ kind: "refused", reason: reasonOf(error) }));
// At once: closing a device waits for a queue that does not work.
process.exit(0);
