import type { Capabilities, Mechanism, Tensors, Tiles } from "../../../kernels/mechanism.ts";
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
  /** what the looks took that nothing is left of */
  readonly choosingMs: number;
}

export interface Choosing {
  readonly ort: OnnxRuntime;
  readonly capabilities: Capabilities;
  readonly memoryBudgetBytes: number;
  readonly makeRoom: (bytes: number) => Promise<void>;
  /** what another worker of the run has chosen, as `tilesOf` says it */
  readonly chosen?: Tiles | undefined;
}

/** A chain after a first look. */
interface Looked extends Opened {
  readonly which: number;
  readonly chain: Chain;
  readonly lookMs: number;
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

/** A choice as the record of a run keeps it. */
export const tilesOf = ({ chain, links }: Pick<Chosen, "chain" | "links">): Tiles => ({ operator: chain.operator, chained: links });

/** Rejects with CellFailure: of a chain that is wrong, where one is, else of the first that ONNX Runtime refuses. */
export const chooseChain = async (mechanism: Mechanism, cell: Cell, tensors: Tensors, choosing: Choosing): Promise<Chosen> => {
  const { ort, makeRoom, capabilities, chosen } = choosing;
  const chains = [...chainsOf(cell, tensors).entries()];
  const opened = async (chain: Chain, links: number): Promise<Opened> => {
    await makeRoom(chainBytes(chain, links));
    return openChain(ort, chain, links);
  };
  const verified = async (which: number, chain: Chain, links: number, { session, ...times }: Opened): Promise<Omit<Chosen, "choosingMs">> => {
    const from = performance.now();
    try {
      const found = await verifyChain(mechanism, cell, capabilities, tensors, chain, links, session);
      return { ...times, session, which, chain, links, verified: found, verifyMs: performance.now() - from };
    } catch (error) {
      await session.release();
      throw error;
    }
  };
  const [which, kept] = chains.find(([, chain]) => chain.operator === chosen?.operator) ?? [];
  if (which !== undefined && kept && typeof chosen?.chained === "number") {
    const links = chosen.chained;
    return { ...(await verified(which, kept, links, await opened(kept, links))), choosingMs: 0 };
  }

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
  const lookingFrom = performance.now();
  for (const [which, chain] of chains) {
    const from = performance.now();
    const one = await attempt(() => opened(chain, seen));
    if (one) looked.push({ which, chain, ...one, lookMs: performance.now() - from });
  }
  const lookingMs = performance.now() - lookingFrom;
  let compileMs = looked.reduce((sum, one) => sum + one.compileMs, 0);

  const ranked = looked.sort((a, b) => a.linkMs - b.linkMs);
  for (const [place, one] of ranked.entries()) {
    const { which, chain, session, linkMs, lookMs } = one;
    const links = linksOf(chain, linkMs, choosing);
    // The first look may have had its full length.
    const isWhole = links === seen;
    if (!isWhole) await session.release();
    const whole = isWhole ? { session, linkMs, compileMs: 0 } : await attempt(() => opened(chain, links));
    compileMs += whole?.compileMs ?? 0;
    const found = whole && (await attempt(() => verified(which, chain, links, whole)));
    if (!found) continue;
    for (const { session } of ranked.slice(place + 1)) await session.release();
    return { ...found, compileMs, choosingMs: lookingMs - (isWhole ? lookMs : 0) };
  }
  throw failures.find(({ code }) => code === "wrongOutput") ?? failures[0] ?? new Error(`no chain for ${cell.id}`);
};
