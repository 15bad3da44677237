import { createHash } from "node:crypto";
import type { Capabilities, Mechanism } from "../../../kernels/mechanism.ts";
import { CellFailure } from "../../device/failure.ts";
import { formOfCosts, runtimes } from "../../experiment/runtimes.ts";
import { sample } from "../sampler.ts";
import type { Workbench } from "../workbench.ts";
import { tail, tensorBytes } from "./chain.ts";
import { chainsOf } from "./chains.ts";
import { chainBytes, chooseChain, openChain, tilesOf, wallMs } from "./chooseChain.ts";
import type { OnnxRuntime, OnnxSession } from "./onnxRuntime.ts";

interface Bench {
  readonly links: number;
  readonly bytes: number;
  readonly reopen: () => Promise<OnnxSession>;
  session: OnnxSession | undefined;
  estimateMs: number;
}

/** Beside a longer run, another one to warm up costs more than it gains. */
const longestWarmupMs = 200;
/** A model may hold 2 GiB, and lies in memory several times while a session is made of it. */
const mostTensorBytes = 2 ** 29;

/**
 * What a peer's worker does with cells: what ours does, by ONNX Runtime. All inputs are constants of the graph, so that a run uploads nothing. A time is the wall
 * time of session.run, which ends with the last link, over the links.
 */
export const createOrtBench = (ort: OnnxRuntime, mechanisms: readonly Mechanism[], capabilities: Capabilities, memoryBudgetBytes: number): Workbench => {
  const benches = new Map<string, Bench>();
  const residentBytes = (): number => [...benches.values()].reduce((sum, { session, bytes }) => sum + (session ? bytes : 0), 0);

  /** The longest unused first: insertion order of the map is order of use. */
  const makeRoom = async (bytes: number): Promise<void> => {
    for (const bench of benches.values()) {
      if (residentBytes() + bytes <= memoryBudgetBytes) return;
      await bench.session?.release();
      bench.session = undefined;
    }
  };

  const evict = (id: string): void => {
    void benches.get(id)?.session?.release();
    benches.delete(id);
  };

  return {
    evict,

    async prepare({ cell, tiles: chosen, seed, rotateBytes }) {
      evict(cell.id);
      const mechanism = mechanisms.find(({ name }) => name === cell.mechanism);
      if (!mechanism) throw new Error(`no mechanism ${cell.mechanism} in this worker`);
      if (rotateBytes > 0) throw new CellFailure("noFeature", `${runtimes.ort.title} reads the same memory in every repetition: compare it with cache: hot`);
      const drawing = performance.now();
      const tensors = mechanism.inputs(cell, seed);
      const drawnMs = performance.now() - drawing;
      if (chainsOf(cell, tensors).some((chain) => tensorBytes(chain) > mostTensorBytes))
        throw new CellFailure("overLimit", `its inputs are more than the ${mostTensorBytes} bytes that a model is given here`);
      const choice = await chooseChain(mechanism, cell, tensors, { ort, capabilities, memoryBudgetBytes, makeRoom, chosen });
      const { which, chain, links, session, linkMs, compileMs, verified, verifyMs, choosingMs } = choice;
      benches.set(cell.id, {
        links,
        bytes: chainBytes(chain, links),
        // Inputs are drawn again: they need not lie here as long as the session does.
        reopen: async () => {
          const again = chainsOf(cell, mechanism.inputs(cell, seed))[which];
          if (!again) throw new Error(`chain ${which} of ${cell.id} is gone`);
          return (await openChain(ort, again, links)).session;
        },
        session,
        estimateMs: linkMs,
      });
      const form = formOfCosts(cell, cell.phase, mechanism);
      const [tiles = {}] = mechanism.tiles(cell, form, capabilities);
      return {
        tiles: tilesOf(choice),
        kernelHash: createHash("sha256")
          .update(`${ort.version} ${JSON.stringify(chain.link(0))}`)
          .digest("hex")
          .slice(0, 16),
        compileMs,
        maxError: verified.maxError,
        tolerance: verified.tolerance,
        verifiedRows: verified.rows,
        bytesByRole: undefined,
        copies: 1,
        flops: { useful: mechanism.flops(cell, form, tiles).useful, executed: undefined },
        leastBytes: mechanism.leastBytes(cell, form),
        estimateMs: linkMs,
        // Without the runs that looking takes: those do not grow with n.
        fillMs: drawnMs + verifyMs,
        sparedMs: choosingMs,
        together: links,
      };
    },

    async visit({ cell, k, samples }) {
      const bench = benches.get(cell);
      if (!bench) throw new Error(`visit of ${cell}, which was not prepared`);
      benches.delete(cell);
      benches.set(cell, bench);
      if (!bench.session) {
        await makeRoom(bench.bytes);
        bench.session = await bench.reopen();
      }
      const { session, links } = bench;
      const runs = Math.ceil(k / links);
      if (bench.estimateMs * links < longestWarmupMs) await session.run([tail]);
      const pass = async (): Promise<void> => {
        for (let run = 0; run < runs; run++) await session.run([tail]);
      };
      const taken = await sample(
        cell,
        samples,
        async () => {},
        async () => (await wallMs(pass)) / (runs * links),
      );
      bench.estimateMs = Math.min(...taken);
      return { gpuMs: [], wallMs: taken, rssBytes: process.resourceUsage().maxRSS * 1024 };
    },

    async exec() {
      throw new CellFailure("noFeature", "a peer computes cells of experiments alone");
    },

    async write() {
      throw new CellFailure("noFeature", "a peer computes mixers alone, and no model");
    },
  };
};
