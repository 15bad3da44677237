import { rmSync } from "node:fs";
import { join } from "node:path";
import { type Tier, tierOf } from "../../kernels/offload.ts";
import { CellFailure } from "../device/failure.ts";
import type { OpenDevice } from "../device/openDevice.ts";
import type { Program } from "../device/program.ts";
import { createStateTransfer, type StateBytes, type StateTransfer } from "../device/stateTransfer.ts";
import type { Cell } from "../experiment/experiment.ts";
import type { OffloadTimes } from "../record/run.ts";
import { median, type Passes } from "./passes.ts";
import { sample } from "./sampler.ts";
import { readState, writeState } from "./stateFile.ts";
import { stateFolder } from "./stateFolder.ts";

/** Phase offload: what it takes until the state of n tokens is on the device, by the wall clock, each repetition waited for. */
export interface Offload {
  /**
   * Takes the state away, zeros it on the device, brings it back and compares every byte, where a tier keeps it. Returns ms of bringing it back, undefined where it is computed. Throws CellFailure wrongOutput, or what the disk said.
   */
  prove(program: Program, cell: Cell): Promise<number | undefined>;
  /** `samples` times k repetitions of bringing the state back; beside them taking it away and the decode step that goes on with it. The bytes are compared again. */
  time(program: Program, cell: Cell, k: number, samples: number): Promise<{ readonly wallMs: readonly number[]; readonly offload?: OffloadTimes }>;
}

/** Takes a state off the device and brings it back, by way of host memory. */
interface Way {
  /** Does that memory hold the state in between? Else what is in it by then is nothing that comes back. */
  readonly inMemory: boolean;
  save(memory: StateBytes): Promise<void>;
  load(memory: StateBytes): Promise<void>;
  /** Did all that was loaded come from a disk, past the system's page cache? */
  pastCache(): boolean;
  close(): void;
}

const ways: Readonly<Record<Tier, (transfer: StateTransfer) => Way>> = {
  host: (transfer) => ({ inMemory: true, save: (memory) => transfer.out(memory), load: (memory) => transfer.in(memory), pastCache: () => false, close() {} }),
  disk: (transfer) => {
    const file = join(stateFolder(), "state");
    let pastCache = true;
    return {
      inMemory: false,
      async save(memory) {
        await transfer.out(memory);
        writeState(file, memory);
      },
      async load(memory) {
        pastCache = readState(file, memory) && pastCache;
        await transfer.in(memory);
      },
      pastCache: () => pastCache,
      close: () => rmSync(file, { force: true }),
    };
  },
};

/** Repetitions beside the samples of a visit: few, as they are no part of what it was planned to take. */
const mostBeside = 4;
const longBesideMs = 100;

const timed = async (work: () => Promise<void>): Promise<number> => {
  const from = performance.now();
  await work();
  return performance.now() - from;
};

/** The median of as many repetitions as take 100 ms, four at most. */
const timedBeside = async (work: () => Promise<void>): Promise<number> => {
  const wallMs: number[] = [];
  for (let spentMs = 0; wallMs.length < mostBeside && (wallMs.length === 0 || spentMs < longBesideMs); spentMs += wallMs.at(-1) ?? 0) {
    wallMs.push(await timed(work));
  }
  return median({ gpuMs: [], wallMs });
};

export const createOffload = (open: OpenDevice, passes: Passes): Offload => {
  /** What `between` does with a state that this tier keeps; nothing of it is left behind. */
  const keeping = async <T>(program: Program, tier: Tier, between: (way: Way, memory: StateBytes, transfer: StateTransfer) => Promise<T>): Promise<T> => {
    const transfer = createStateTransfer(open, program);
    let way: Way | undefined;
    try {
      way = ways[tier](transfer);
      return await between(way, transfer.allocate(), transfer);
    } finally {
      way?.close();
      transfer.close();
    }
  };

  /** Zeroed between saving and loading wherever it is not kept: nothing is there afterwards that has not come back. */
  const proven = async <T>({ inMemory }: Way, transfer: StateTransfer, memory: StateBytes, load: () => Promise<T>): Promise<T> => {
    const sent = memory.map((part) => part.slice());
    if (!inMemory) for (const part of memory) part.fill(0);
    transfer.scrub();
    const result = await load();
    const returned = transfer.allocate();
    await transfer.out(returned);
    assertSame(transfer.names, sent, returned);
    return result;
  };

  const step = async (program: Program): Promise<void> => {
    passes.submit(program, 1);
    await open.device.queue.onSubmittedWorkDone();
  };

  const repeated = (name: string, k: number, samples: number, work: () => Promise<void>): Promise<number[]> =>
    sample(
      name,
      samples,
      async () => {},
      async () => {
        const from = performance.now();
        for (let r = 0; r < k; r++) await work();
        return (performance.now() - from) / k;
      },
    );

  return {
    async prove(program, { form }) {
      const tier = tierOf(form);
      if (tier === undefined) return undefined;
      return keeping(program, tier, async (way, memory, transfer) => {
        await way.save(memory);
        return proven(way, transfer, memory, async () => {
          await way.load(memory);
          // The first one pays for memory that nobody has touched yet.
          return timedBeside(() => way.load(memory));
        });
      });
    },
    async time(program, { id, form }, k, samples) {
      const tier = tierOf(form);
      if (tier === undefined) return { wallMs: await repeated(id, k, samples, () => step(program)) };
      return keeping(program, tier, async (way, memory, transfer) => {
        // Where nothing was mapped yet, the first one takes longer.
        await way.save(memory);
        const outMs = await timedBeside(() => way.save(memory));
        const wallMs = await proven(way, transfer, memory, async () => {
          await way.load(memory);
          return repeated(id, k, samples, () => way.load(memory));
        });
        const stepMs = await timedBeside(() => step(program));
        return { wallMs, offload: { outMs, stepMs, ...(way.pastCache() ? { pastCache: true } : {}) } };
      });
    },
  };
};

/** Throws CellFailure wrongOutput with the first byte that came back as another. `names`: of the parts. */
export const assertSame = (names: readonly string[], sent: StateBytes, returned: StateBytes): void => {
  for (const [i, part] of sent.entries()) {
    const back = returned[i];
    if (back && Buffer.compare(part, back) === 0) continue;
    const at = part.findIndex((byte, place) => back?.[place] !== byte);
    throw new CellFailure("wrongOutput", `state ${names[i]}: byte ${at} went out as ${part[at]} and came back as ${back?.[at]}`);
  }
};
