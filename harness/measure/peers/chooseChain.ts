import type { Capabilities, Mechanism, Tensors } from "../../../kernels/mechanism.ts";
import { CellFailure } from "../../device/failure.ts";
import type { Cell } from "../../experiment/experiment.ts";
import { shortestPassMs } from "../schedule.ts";
import type { Verified } from "../verification.ts";
import { type Chain, chainModel, tail, tensorBytes } from "./chain.ts";
import { chainsOf } from "./chains.ts";
import type { OnnxRuntime, OnnxSession } from "./onnxRuntime.ts";
import { verifyChain } from "./verifyChain.ts";

/** A session that has run, what a link of it takes, and what compiling took beyond that. */
export interface Opened {
  readonly session: OnnxSession;
  readonly linkMs: number;
  readonly compileMs: number;
}

/** Of all chains of a cell the fastest that is right, at its full length. `compileMs` is of all that were looked at. */
export interface Chosen extends Opened {
  /** of `chainsOf` */
  readonly which: number;
  readonly chain: Chain;
  readonly links: number;
  readonly verified: Verified;
  readonly verifyMs: number;
}

export interface Choosing {
  readonly ort: OnnxRuntime;
  readonly capabilities: Capabilities;
  readonly memoryBudgetBytes: number;
  readonly makeRoom: (bytes: number) => Promise<void>;
}

/** A chain after a first look. */
interface Looked extends Opened {
  readonly which: number;
  readonly chain: Chain;
}

/** A first look at a chain: enough links that the copy GroupQueryAttention makes of its cache at the first does not decide which is the faster. */
const pilotLinks = { prefill: 1, decode: 4 } as const;
/** A run beside which one look is enough. */
const slowMs = 200;
const mostLinks = 128;

export const wallMs = async (work: () => Promise<unknown>): Promise<number> => {
  const from = performance.now();
  await work();
  return performance.now() - from;
};

/** Bytes of the constants and of what the links allocate. */
export const chainBytes = (chain: Chain, links: number): number => tensorBytes(chain) + links * chain.linkBytes;

/** Rejects with CellFailure. */
export const openChain = async (ort: OnnxRuntime, chain: Chain, links: number): Promise<Opened> => {
  const from = performance.now();
  const session = await ort.open(chainModel(chain, links));
  try {
    const run = (): Promise<unknown> => session.run([tail]);
    await run();
    const firstMs = performance.now() - from;
    let runMs = await wallMs(run);
    if (runMs < slowMs) runMs = Math.min(runMs, await wallMs(run));
    return { session, linkMs: runMs / links, compileMs: Math.max(0, firstMs - runMs) };
  } catch (error) {
    await session.release();
    throw error;
  }
};

/** Enough links that what a run costs by itself is little of it, as far as memory goes. */
const linksOf = (chain: Chain, linkMs: number, { capabilities: { software }, memoryBudgetBytes }: Choosing): number => {
  const targetMs = shortestPassMs({ stepNs: 0, software, besidePeer: true });
  const affordable = Math.max(1, Math.min(mostLinks, Math.floor(memoryBudgetBytes / 2 / chain.linkBytes)));
  return Math.min(affordable, Math.max(chain.leastLinks, Math.ceil(targetMs / linkMs)));
};

/** Rejects with CellFailure: of a chain that is wrong, where one is, else of the first that ONNX Runtime refuses. */
export const chooseChain = async (mechanism: Mechanism, cell: Cell, tensors: Tensors, choosing: Choosing): Promise<Chosen> => {
  const { ort, makeRoom, capabilities } = choosing;
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
  const seen = pilotLinks[cell.phase === "decode" ? "decode" : "prefill"];
  const looked: Looked[] = [];
  for (const [which, chain] of chainsOf(cell, tensors).entries()) {
    await makeRoom(chainBytes(chain, seen));
    const opened = await attempt(() => openChain(ort, chain, seen));
    if (opened) looked.push({ which, chain, ...opened });
  }
  let compileMs = looked.reduce((sum, one) => sum + one.compileMs, 0);

  /** At its full length, which the first look may have had. */
  const atLength = async ({ chain, session, linkMs }: Looked, links: number): Promise<Opened> => {
    if (links === seen) return { session, linkMs, compileMs: 0 };
    await session.release();
    await makeRoom(chainBytes(chain, links));
    return openChain(ort, chain, links);
  };
  const verified = async (chain: Chain, links: number, session: OnnxSession): Promise<Verified> => {
    try {
      return await verifyChain(mechanism, cell, capabilities, tensors, chain, links, session);
    } catch (error) {
      await session.release();
      throw error;
    }
  };
  const ranked = looked.sort((a, b) => a.linkMs - b.linkMs);
  for (const [place, one] of ranked.entries()) {
    const { which, chain } = one;
    const links = linksOf(chain, one.linkMs, choosing);
    const opened = await attempt(() => atLength(one, links));
    compileMs += opened?.compileMs ?? 0;
    const from = performance.now();
    const found = opened && (await attempt(() => verified(chain, links, opened.session)));
    if (!found) continue;
    const verifyMs = performance.now() - from;
    for (const { session } of ranked.slice(place + 1)) await session.release();
    return { ...opened, which, chain, links, compileMs, verified: found, verifyMs };
  }
  throw failures.find(({ code }) => code === "wrongOutput") ?? failures[0] ?? new Error(`no chain for ${cell.id}`);
};
