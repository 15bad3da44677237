import { NoAdapter } from "../../device/adapterFacts.ts";
import { CellFailure } from "../../device/failure.ts";
import { runtimes } from "../../experiment/runtimes.ts";
import { adapterName } from "../../record/adapterName.ts";
import { startWorker, type WorkerProgram } from "../childWorker.ts";
import { type HelloReply, type HelloRequest, protocol, type Worker } from "../messages.ts";
import { makeShaderCache } from "../shaderCache.ts";
import type { ConnectPeer } from "../workers.ts";

const programs = { ort: "ortWorker" } as const satisfies Record<string, WorkerProgram>;

const helloMs = 120_000;

/**
 * How to open workers of other runtimes. A peer's process starts in the environment in which ours found its adapter, and says which one is there for it:
 * another one than ours is refused, since times of two adapters are not comparable.
 */
export const peerConnector = (request: Omit<HelloRequest, "match">): ConnectPeer => {
  let shaderCache: string | undefined;
  return async (runtime, own) => {
    shaderCache ??= makeShaderCache();
    const worker = startWorker(own.candidate, shaderCache, programs[runtime]);
    try {
      const hello = await greet(worker, request);
      const name = ({ facts }: HelloReply): string => adapterName(facts, facts.software);
      if (hello.protocol !== protocol) throw new CellFailure("noFeature", `the worker of ${runtime} speaks protocol ${hello.protocol}: rebuild`);
      if (name(hello) !== name(own.hello) || hello.facts.device !== own.hello.facts.device) {
        const reason = `${runtimes[runtime].title} takes the first adapter, here ${name(hello)}, and this run is on ${name(own.hello)}`;
        throw new CellFailure("noFeature", `${reason}: let the Vulkan loader see that one alone (VK_DRIVER_FILES)`);
      }
      return { ...own, worker, hello };
    } catch (error) {
      await worker.close();
      throw error;
    }
  };
};

const greet = async (worker: Worker, request: Omit<HelloRequest, "match">): Promise<HelloReply> => {
  try {
    return await worker.ask("hello", { ...request, match: undefined }, helloMs);
  } catch (error) {
    // Ours has one, so the run goes on without this peer.
    throw error instanceof NoAdapter ? new CellFailure("noFeature", error.message) : error;
  }
};
