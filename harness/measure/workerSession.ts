import { setTimeout as sleep } from "node:timers/promises";
import { NoAdapter } from "../device/adapterFacts.ts";
import { CellFailure, workerFailures } from "../device/failure.ts";
import { adapterName } from "../record/adapterName.ts";
import type { Connect, Connection } from "./connection.ts";
import type { HelloReply, Messages, MessageType } from "./messages.ts";

/**
 * The one worker of a run at any time, replaced on purpose (process-to-process variance) or by need (it died, hung, lost its device).
 * Workers are numbered from `first`; a resumed run goes on counting.
 */
export interface WorkerSession {
  /** what the first worker said of itself; undefined before one answered */
  readonly hello: HelloReply | undefined;
  /** number of the current worker */
  readonly index: number;
  /** cells prepared in the current worker */
  readonly prepared: Set<string>;
  /** The current worker, or a new one. Rejects with NoAdapter where none can be had, or only one on another device or clock. */
  connection(): Promise<Connection>;
  /** Rejects with CellFailure; a worker that failed beyond the cell is dropped and the next ask starts another. */
  ask<T extends MessageType>(type: T, request: Messages[T]["request"], timeoutMs: number): Promise<Messages[T]["reply"]>;
  /** End the current worker; the next ask starts another. */
  restart(): Promise<void>;
  close(): Promise<void>;
  readonly peakRssBytes: number;
  sawRss(bytes: number): void;
}

/** A device that has just hung may be away for seconds: no cell is to blame for that. */
const defaultPausesMs = [1000, 5000];

/** `lost`: what it means that no worker can be had. The end of a run, where they are ours; of a peer, its cells' alone. */
export const createSession = (
  connect: Connect,
  first: number,
  pausesMs: readonly number[] = defaultPausesMs,
  lost: (reason: string) => Error = (reason) => new NoAdapter(reason),
): WorkerSession => {
  let current: Promise<Connection> | undefined;
  let known: Connection["hello"] | undefined;
  let index = first;
  let used = false;
  let prepared = new Set<string>();
  let peakRssBytes = 0;

  const drop = async (): Promise<void> => {
    const leaving = current;
    current = undefined;
    prepared = new Set();
    if (!leaving) return;
    if (used) index++;
    used = false;
    await leaving.then(
      ({ worker }) => worker.close(),
      () => undefined,
    );
  };

  /** A first worker that cannot be had fails at once: nothing says that there is a device. */
  const open = async (): Promise<Connection> => {
    for (const pauseMs of [...(known ? pausesMs : []), undefined]) {
      try {
        const connection = await connect();
        const change = known && changeOf(known, connection.hello);
        if (change === undefined) {
          known = connection.hello;
          return connection;
        }
        await connection.worker.close();
        if (pauseMs === undefined) throw lost(change);
      } catch (error) {
        // Something that this machine does not have: waiting brings it no nearer.
        if (error instanceof CellFailure && error.record.status === "skipped") throw error;
        if (pauseMs === undefined) throw error instanceof CellFailure ? lost(`no worker could be started: ${error.message}`) : error;
      }
      await sleep(pauseMs);
    }
    throw new Error("unreachable");
  };

  const connection = async (): Promise<Connection> => {
    current ??= open();
    const opening = current;
    try {
      return await opening;
    } catch (error) {
      // The next cell asks anew instead of being refused by what happened to this one.
      if (current === opening) current = undefined;
      throw error;
    }
  };

  return {
    get hello() {
      return known;
    },
    get index() {
      return index;
    },
    get prepared() {
      return prepared;
    },
    connection,
    async ask(type, request, timeoutMs) {
      const { worker } = await connection();
      used = true;
      try {
        return await worker.ask(type, request, timeoutMs);
      } catch (error) {
        if (!worker.alive || (error instanceof CellFailure && workerFailures.has(error.code))) await drop();
        throw error;
      }
    },
    restart: drop,
    close: drop,
    get peakRssBytes() {
      return peakRssBytes;
    },
    sawRss(bytes) {
      peakRssBytes = Math.max(peakRssBytes, bytes);
    },
  };
};

/** Times of two devices, or of two clocks, are never one run's. Undefined where both are the same. */
const changeOf = (before: Connection["hello"], now: Connection["hello"]): string | undefined => {
  const name = ({ facts }: Connection["hello"]): string => adapterName(facts, facts.software);
  if (name(before) !== name(now) || before.facts.device !== now.facts.device)
    return `the run began on ${name(before)}, now only ${name(now)} answers: its times would be another device's`;
  if (before.clock.source !== now.clock.source) return `the run began with the ${before.clock.source} clock, now only the ${now.clock.source} clock answers`;
  return undefined;
};
