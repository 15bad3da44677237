import { createHash } from "node:crypto";
import type { Capabilities, Mechanism, Tensors } from "../../../kernels/mechanism.ts";
import { CellFailure } from "../../device/failure.ts";
import type { Cell } from "../../experiment/experiment.ts";
import { formOfCosts, runtimes } from "../../experiment/runtimes.ts";
import { sample } from "../sampler.ts";
import { shortestPassMs } from "../schedule.ts";
import type { Verified } from "../verification.ts";
import type { Workbench } from "../workbench.ts";
import { type Chain, chainModel, tail, tensorBytes } from "./chain.ts";
import { chainsOf } from "./chains.ts";
import type { OnnxRuntime, OnnxSession } from "./onnxRuntime.ts";
import { verifyChain } from "./verifyChain.ts";

interface Bench {
  readonly cell: Cell;
  readonly links: number;
  /** of constants and of what the links allocate */
  readonly bytes: number;
  readonly reopen: () => Promise<OnnxSession>;
  session: OnnxSession | undefined;
  estimateMs: number;
}

/** A session that has run, what a link of it takes, and what compiling took beyond that. */
interface Opened {
  readonly session: OnnxSession;
  readonly linkMs: number;
  readonly compileMs: number;
}

/** A first look at a chain: enough links that the copy GroupQueryAttention makes of its cache at the first does not decide which is the faster. */
const pilotLinks = { prefill: 1, decode: 4 } as const;
const looks = 2;
const mostLinks = 128;
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
  const targetMs = shortestPassMs({ stepNs: 0, software: capabilities.software, besidePeer: true });

  const open = async (chain: Chain, links: number): Promise<Opened> => {
    const from = performance.now();
    const session = await ort.open(chainModel(chain, links));
    try {
      await session.run([tail]);
      const firstMs = performance.now() - from;
      let runMs = Number.POSITIVE_INFINITY;
      for (let look = 0; look < looks; look++) runMs = Math.min(runMs, await wallMs(() => session.run([tail])));
      return { session, linkMs: runMs / links, compileMs: Math.max(0, firstMs - runMs) };
    } catch (error) {
      await session.release();
      throw error;
    }
  };

  /** Enough links that what a run costs by itself is little of it, as far as memory goes. */
  const linksOf = (chain: Chain, linkMs: number): number => {
    const affordable = Math.max(1, Math.min(mostLinks, Math.floor(memoryBudgetBytes / 2 / chain.linkBytes)));
    return Math.min(affordable, Math.max(chain.leastLinks, Math.ceil(targetMs / linkMs)));
  };

  const residentBytes = (): number => [...benches.values()].reduce((sum, { session, bytes }) => sum + (session ? bytes : 0), 0);

  /** The longest unused first: insertion order of the map is order of use. */
  const makeRoom = async (bytes: number): Promise<void> => {
    for (const bench of benches.values()) {
      if (residentBytes() + bytes <= memoryBudgetBytes) return;
      await bench.session?.release();
      bench.session = undefined;
    }
  };

  /** How long a link of this chain takes, in a session that is given up again. */
  const look = async (chain: Chain, phase: Cell["phase"]): Promise<Omit<Opened, "session">> => {
    await makeRoom(tensorBytes(chain));
    const { session, ...found } = await open(chain, pilotLinks[phase === "decode" ? "decode" : "prefill"]);
    await session.release();
    return found;
  };

  /** A chain at its full length, found right. Rejects with CellFailure. */
  const settle = async (mechanism: Mechanism, cell: Cell, tensors: Tensors, chain: Chain, links: number): Promise<Opened & Verified> => {
    await makeRoom(tensorBytes(chain) + links * chain.linkBytes);
    const opened = await open(chain, links);
    try {
      return { ...opened, ...(await verifyChain(mechanism, cell, capabilities, tensors, chain, links, opened.session)) };
    } catch (error) {
      await opened.session.release();
      throw error;
    }
  };

  const evict = (id: string): void => {
    void benches.get(id)?.session?.release();
    benches.delete(id);
  };

  return {
    evict,

    async prepare({ cell, seed, rotateBytes }) {
      evict(cell.id);
      const started = performance.now();
      const mechanism = mechanisms.find(({ name }) => name === cell.mechanism);
      if (!mechanism) throw new Error(`no mechanism ${cell.mechanism} in this worker`);
      if (rotateBytes > 0) throw new CellFailure("noFeature", `${runtimes.ort.title} reads the same memory in every repetition: compare it with cache: hot`);
      const tensors = mechanism.inputs(cell, seed);
      const candidates = chainsOf(cell, tensors);
      if (candidates.some((chain) => tensorBytes(chain) > mostTensorBytes))
        throw new CellFailure("overLimit", `its inputs are more than the ${mostTensorBytes} bytes that a model is given here`);

      const failures: CellFailure[] = [];
      const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
        try {
          return await work();
        } catch (error) {
          if (!(error instanceof CellFailure)) throw error;
          failures.push(error);
          return undefined;
        }
      };
      let compilingMs = 0;
      const looked: { readonly which: number; readonly chain: Chain; readonly linkMs: number }[] = [];
      for (const [which, chain] of candidates.entries()) {
        const found = await attempt(() => look(chain, cell.phase));
        compilingMs += found?.compileMs ?? 0;
        if (found) looked.push({ which, chain, linkMs: found.linkMs });
      }
      // The fastest that is right.
      for (const { which, chain, linkMs } of looked.sort((a, b) => a.linkMs - b.linkMs)) {
        const links = linksOf(chain, linkMs);
        const settled = await attempt(() => settle(mechanism, cell, tensors, chain, links));
        if (!settled) continue;
        compilingMs += settled.compileMs;
        benches.set(cell.id, {
          cell,
          links,
          bytes: tensorBytes(chain) + links * chain.linkBytes,
          reopen: async () => {
            const again = chainsOf(cell, mechanism.inputs(cell, seed))[which];
            if (!again) throw new Error(`chain ${which} of ${cell.id} is gone`);
            return (await open(again, links)).session;
          },
          session: settled.session,
          estimateMs: settled.linkMs,
        });
        const form = formOfCosts(cell, cell.phase, mechanism);
        const [tiles = {}] = mechanism.tiles(cell, form, capabilities);
        return {
          tiles: { operator: chain.operator, chained: links },
          kernelHash: createHash("sha256")
            .update(`${ort.version} ${JSON.stringify(chain.link(0))}`)
            .digest("hex")
            .slice(0, 16),
          compileMs: compilingMs,
          maxError: settled.maxError,
          tolerance: settled.tolerance,
          verifiedRows: settled.rows,
          bytesByRole: undefined,
          copies: 1,
          flops: { useful: mechanism.flops(cell, form, tiles).useful, executed: undefined },
          leastBytes: mechanism.leastBytes(cell, form),
          estimateMs: settled.linkMs,
          fillMs: Math.max(0, performance.now() - started - compilingMs),
          together: links,
        };
      }
      throw failures.find(({ code }) => code === "wrongOutput") ?? failures[0] ?? new Error(`no chain for ${cell.id}`);
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
  };
};

const wallMs = async (work: () => Promise<unknown>): Promise<number> => {
  const from = performance.now();
  await work();
  return performance.now() - from;
};
