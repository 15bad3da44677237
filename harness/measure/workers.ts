import { CellFailure } from "../device/failure.ts";
import type { Cell } from "../experiment/experiment.ts";
import { type RuntimeName, runtimeNames } from "../experiment/runtimes.ts";
import { adapterName } from "../record/adapterName.ts";
import type { CellRecord, Environment } from "../record/run.ts";
import type { Connection } from "./connection.ts";
import { createSession, type WorkerSession } from "./workerSession.ts";

/** Opens a worker of another runtime on the adapter that ours is on. Rejects with CellFailure: a peer that cannot be had costs its own cells alone. */
export type ConnectPeer = (runtime: RuntimeName, own: Connection) => Promise<Connection>;

/** The workers of a run: ours, and one session for each other runtime that its cells name, opened when the first of them is due. */
export interface Workers {
  readonly own: WorkerSession;
  of(cell: Pick<Cell, "runtime">): WorkerSession;
  /** End all; the next ask of each starts another. */
  restart(): Promise<void>;
  close(): Promise<void>;
  /** of the largest process */
  readonly peakRssBytes: number;
  /** those that answered so far */
  readonly peers: Environment["peers"];
}

/** `cells` as a resumed run knows them: a peer's workers go on counting, too. */
export const createWorkers = (
  own: WorkerSession,
  cells: readonly Pick<CellRecord, "runtime" | "visits">[],
  connectPeer: ConnectPeer | undefined,
  pausesMs?: readonly number[],
): Workers => {
  const peers = new Map(
    runtimeNames.map((name) => {
      const made = cells.filter(({ runtime }) => runtime === name).flatMap(({ visits }) => visits.map(({ worker }) => worker));
      const lost = (reason: string): CellFailure => new CellFailure("workerError", reason);
      return [name, createSession(peerConnect(name, own, connectPeer), Math.max(-1, ...made) + 1, pausesMs, lost)] as const;
    }),
  );
  const all = [own, ...peers.values()];
  const each = async (work: (session: WorkerSession) => Promise<void>): Promise<void> => {
    await Promise.all(all.map(work));
  };
  return {
    own,
    of: ({ runtime }) => (runtime === undefined ? own : (peers.get(runtime) ?? own)),
    restart: () => each((session) => session.restart()),
    close: () => each((session) => session.close()),
    get peakRssBytes() {
      return Math.max(...all.map((session) => session.peakRssBytes));
    },
    get peers() {
      return Object.fromEntries(
        [...peers].flatMap(([name, { hello }]) => (hello ? [[name, { version: hello.version, adapter: adapterName(hello.facts, hello.facts.software) }]] : [])),
      );
    },
  };
};

/** A runtime that is not installed is looked for once. */
const peerConnect = (name: RuntimeName, own: WorkerSession, connectPeer: ConnectPeer | undefined): (() => Promise<Connection>) => {
  let refused: CellFailure | undefined;
  return async () => {
    if (refused) throw refused;
    if (!connectPeer) throw new CellFailure("noFeature", `this run was given no way to start ${name}`);
    try {
      return await connectPeer(name, await own.connection());
    } catch (error) {
      if (error instanceof CellFailure && error.record.status === "skipped") refused = error;
      throw error;
    }
  };
};
