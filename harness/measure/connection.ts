import { UnloadableKernels } from "../../kernels/registry.ts";
import { type AdapterFacts, NoAdapter } from "../device/adapterFacts.ts";
import { adapterCandidates, type Candidate, visibleGpus } from "../device/adapters.ts";
import { type ExperimentPhase, wallTimed } from "../experiment/phases.ts";
import { startWorker } from "./childWorker.ts";
import { type HelloReply, type HelloRequest, protocol, type Worker } from "./messages.ts";
import { makeShaderCache, NoTemporaryFolder } from "./shaderCache.ts";

/** A worker that has answered hello, and how it was reached, so that the next one is the same. */
export interface Connection {
  readonly worker: Worker;
  readonly hello: HelloReply;
  /** gpu, lavapipe, embedded, or the substring asked for */
  readonly choice: string;
  /** adapters that answered and were not taken, with the reason */
  readonly passedOver: readonly string[];
  /** where its process looked for the adapter: a peer's must look there too */
  readonly candidate: Pick<Candidate, "env" | "match">;
}

/** Opens workers, one at a time, all on the adapter that the first one found. `clock`: that their times must be by. */
export type Connect = (clock?: "wall") => Promise<Connection>;

/** Workers for a phase: where no clock of a GPU can tell its times, all of a run are by the wall clock. */
export const connectFor = (connect: Connect, phase: ExperimentPhase): (() => Promise<Connection>) => (wallTimed.has(phase) ? () => connect("wall") : connect);

const helloMs = 120_000;

/** How an adapter is called in records and messages: by what it is, where a general word was asked for. */
const choiceOf = (candidate: Candidate, hello: HelloReply): string => {
  if (candidate.choice !== "auto") return candidate.choice;
  if (!hello.facts.software) return "gpu";
  return /llvmpipe|lavapipe/i.test(`${hello.facts.device} ${hello.facts.description}`) ? "lavapipe" : "software";
};

/**
 * How to open workers for `--adapter asked`. The first call tries the candidates in order and keeps to the one that answers.
 * Rejects with NoAdapter, whose message lists what was tried, with UnloadableKernels and with NoTemporaryFolder. `script`: the worker of another checkout, in the place of ours.
 */
export const connector = (asked: string, request: Omit<HelloRequest, "match" | "clock">, script?: string): Connect => {
  let settled: { candidate: Candidate; passedOver: readonly string[] } | undefined;
  let shaderCache: string | undefined;
  const greet = async (candidate: Candidate, clock: "wall" | undefined): Promise<{ worker: Worker; hello: HelloReply }> => {
    shaderCache ??= makeShaderCache();
    const worker = startWorker(candidate, shaderCache, "worker", script);
    try {
      const hello = await worker.ask("hello", { ...request, match: candidate.match, ...(clock ? { clock } : {}) }, helloMs);
      if (hello.protocol !== protocol) throw new NoAdapter(`the worker speaks protocol ${hello.protocol}, this command ${protocol}: rebuild`);
      return { worker, hello };
    } catch (error) {
      await worker.close();
      throw error;
    }
  };
  return async (clock) => {
    if (settled) {
      const { worker, hello } = await greet(settled.candidate, clock);
      return { worker, hello, choice: choiceOf(settled.candidate, hello), ...settled };
    }
    const passedOver: string[] = [];
    for (const candidate of await adapterCandidates(asked)) {
      if (candidate.unavailable !== undefined) {
        passedOver.push(`${candidate.choice}: ${candidate.unavailable}`);
        continue;
      }
      const greeted = await greet(candidate, clock).catch((error: Error) => error);
      // No other adapter would load them, or find a place for its shaders.
      if (greeted instanceof UnloadableKernels || greeted instanceof NoTemporaryFolder) throw greeted;
      if (greeted instanceof Error) {
        passedOver.push(`${candidate.choice === "auto" ? "system Vulkan" : candidate.choice}: ${greeted.message}`);
        continue;
      }
      const refusal = candidate.refuse(greeted.hello.facts) ?? (asked === "auto" ? refuseHiddenGpu(greeted.hello.facts, visibleGpus()) : undefined);
      if (refusal instanceof NoAdapter) {
        await greeted.worker.close();
        throw refusal;
      }
      if (refusal) {
        passedOver.push(refusal);
        await greeted.worker.close();
        continue;
      }
      settled = { candidate, passedOver };
      return { ...greeted, choice: choiceOf(candidate, greeted.hello), ...settled };
    }
    throw new NoAdapter(`no usable adapter for --adapter ${asked}${passedOver.length > 0 ? `\n  ${passedOver.join("\n  ")}` : ""}`);
  };
};

/**
 * How a GPU is reached that Vulkan does not. NVIDIA's driver is a library of OpenGL too: without EGL's and X11's it has no Vulkan, and says so only to VK_LOADER_DEBUG; in a container
 * it is mounted where the capability `graphics` is asked for.
 */
export const gpuRemedy =
  "install the GPU's Vulkan driver (NVIDIA: libnvidia-gl and its nvidia_icd.json, beside libvulkan1, libegl1, libgl1 and libxext6, in a container NVIDIA_DRIVER_CAPABILITIES=all; " +
  "AMD, Intel: mesa-vulkan-drivers), check that this user may open the device, and see what VK_LOADER_DEBUG=error says";

/** A GPU that the system shows but Vulkan does not reach would silently be replaced by a CPU emulation, 1000 times slower: better to stop. */
export const refuseHiddenGpu = (facts: AdapterFacts, gpus: readonly string[]): NoAdapter | undefined => {
  if (!facts.software || gpus.length === 0) return undefined;
  return new NoAdapter(
    `this machine shows a GPU (${gpus.join(", ")}), but only the CPU emulation ${facts.description || facts.device} answers through Vulkan.\n` +
      `  ${gpuRemedy.charAt(0).toUpperCase()}${gpuRemedy.slice(1)},\n` +
      "  or insist on the emulation with --adapter lavapipe or --adapter embedded",
  );
};
