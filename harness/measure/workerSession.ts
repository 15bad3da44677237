import { CellFailure } from "../device/failure.ts";
import type { Connect, Connection } from "./connection.ts";
import type { Messages, MessageType } from "./messages.ts";

/**
 * The one worker of a run at any time, replaced on purpose (process-to-process variance) or by need (it died, hung, lost its device).
 * Workers are numbered from `first`; a resumed run goes on counting.
 */
export interface WorkerSession {
  /** number of the current worker */
  readonly index: number;
  /** cells prepared in the current worker */
  readonly prepared: Set<string>;
  connection(): Promise<Connection>;
  /** Rejects with CellFailure; a worker that failed beyond the cell is dropped and the next ask starts another. */
  ask<T extends MessageType>(type: T, request: Messages[T]["request"], timeoutMs: number): Promise<Messages[T]["reply"]>;
  /** End the current worker; the next ask starts another. */
  restart(): Promise<void>;
  close(): Promise<void>;
  readonly peakRssBytes: number;
  sawRss(bytes: number): void;
}

/** Failures after which the worker itself cannot be trusted any more. */
const fatal = new Set(["deviceLost", "timeout", "workerError"]);

export const createSession = (connect: Connect, first: number): WorkerSession => {
  let current: Promise<Connection> | undefined;
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
  const connection = (): Promise<Connection> => {
    current ??= connect();
    return current;
  };
  return {
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
        if (!worker.alive || (error instanceof CellFailure && fatal.has(error.code))) await drop();
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
