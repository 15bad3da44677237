import type { BytesByRole, Tiles } from "../../kernels/mechanism.ts";
import { uniformStream } from "../../kernels/random.ts";
import { CellFailure, type FailureCode } from "../device/failure.ts";
import { timingToggles } from "../device/toggles.ts";
import type { Cell } from "../experiment/experiment.ts";
import type { ClockSource, OffloadTimes } from "../record/run.ts";
import type { Connect } from "./connection.ts";
import { type HelloReply, type Messages, type MessageType, protocol, type VisitReply, type Worker } from "./messages.ts";

/** What a fake device is made of: times are planted, so what a run must find out is known exactly. */
export interface FakeDevice {
  /** true time of one repetition, ms; `tiles`: the variant that was asked for, undefined for the default */
  costMs(cell: Cell, tiles: Tiles | undefined): number;
  /** standard deviation of log time from sample to sample, turn to turn, worker to worker, and of a worker in one cell; 0 by default */
  readonly noise?: { readonly sample?: number; readonly turn?: number; readonly worker?: number; readonly cell?: number };
  /** what multiplies the times of a cell in its so manyth visit by the so manyth worker, from 0 on */
  visitFactor?(cell: Cell, worker: number, visit: number): number;
  /** this share of samples takes `factor` times as long */
  readonly outliers?: { readonly share: number; readonly factor: number };
  /** how much longer everything takes at a moment of the virtual clock: drift, throttling */
  slowness?(clockMs: number): number;
  /** true shares of a cell's stages in its time */
  stageShares?(cell: Cell): Readonly<Record<string, number>> | undefined;
  /** of every cell */
  readonly kernelHash?: string;
  /** what a cell allocates */
  bytesByRole?(cell: Cell): BytesByRole;
  /** true times of a visit beside bringing a state back */
  offloadTimes?(cell: Cell): OffloadTimes | undefined;
  readonly stepNs?: number;
  readonly clock?: "gpu" | "wall";
  readonly software?: boolean;
  readonly seed?: number;
  /** of the adapter */
  readonly name?: string;
  /** wall ms of a pass beyond its GPU time */
  readonly passOverheadMs?: number;
  /** wall ms of a visit beside its passes */
  readonly besideMs?: number;
  /** repetitions that come together; 1 by default */
  readonly together?: number;
  /** why no worker can be had */
  readonly refusal?: FailureCode;
  /** ms that starting a worker takes */
  readonly startMs?: number;
  /** ms that preparing a cell takes, and of it what is spared where an earlier worker has chosen */
  readonly prepareMs?: number;
  readonly choosingMs?: number;
  /** ms of it that grow with the cell */
  fillMs?(cell: Cell): number;
  /** tokens that a model writes, and the places of those that the reference leaves open; the numbers 0 to 4 by default */
  written?(cell: Cell): { readonly tokens: readonly number[]; readonly near?: readonly number[] };
  /** a failure of this cell in the worker of this number, or undefined */
  fault?(cell: Cell, worker: number, message: "prepare" | "visit" | "write"): FailureCode | undefined;
}

export interface FakeWorkers {
  readonly connect: Connect;
  /** virtual ms: advances by what the fake device pretends to do */
  now(): number;
  /** every message asked, in order: `prepare softmax-…` */
  readonly log: readonly string[];
}

const deadly: ReadonlySet<FailureCode> = new Set(["deviceLost", "timeout"]);

/** Workers that speak the messages of a real one and do no work: end-to-end runs without a GPU and without waiting. */
export const fakeWorkers = (device: FakeDevice): FakeWorkers => {
  let clock = 0;
  let started = 0;
  const log: string[] = [];
  const uniform = uniformStream(device.seed ?? 1, "fake device");
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const noisy = (deviation: number | undefined): number => (deviation ? Math.exp(deviation * normal()) : 1);
  const software = device.software ?? false;
  const stepNs = device.stepNs ?? 1;

  const helloBy = (source: ClockSource): HelloReply => ({
    protocol,
    version: "fake",
    commit: undefined,
    facts: {
      vendor: "fake",
      architecture: "",
      device: "planted",
      description: device.name ?? "planted costs",
      software,
      subgroupMinSize: 8,
      subgroupMaxSize: 8,
    },
    capabilities: {
      subgroups: true,
      subgroupMinSize: 8,
      subgroupMaxSize: 8,
      f16: false,
      software,
      maxComputeWorkgroupStorageSize: 16384,
      maxComputeInvocationsPerWorkgroup: 256,
      maxComputeWorkgroupsPerDimension: 65535,
      maxStorageBufferBindingSize: 2 ** 30,
      maxBufferSize: 2 ** 30,
      maxStorageBuffersPerShaderStage: 8,
    },
    features: source === "gpu" ? ["timestamp-query"] : [],
    limits: {},
    toggles: timingToggles,
    clock: { source, stepNs },
  });

  const startWorker = (source: ClockSource): Worker => {
    const index = started++;
    const ofWorker = noisy(device.noise?.worker);
    const cells = new Map<string, { readonly cell: Cell; readonly tiles: Tiles | undefined; readonly ofCell: number; visits: number }>();
    let alive = true;
    const fail = (code: FailureCode): never => {
      if (deadly.has(code)) alive = false;
      throw new CellFailure(code, `planted ${code}`);
    };
    const visit = ({ cell: id, k, samples }: Messages["visit"]["request"]): VisitReply => {
      const prepared = cells.get(id);
      if (!prepared) throw new Error(`visit of ${id}, which was not prepared`);
      const { cell, tiles, ofCell } = prepared;
      const code = device.fault?.(cell, index, "visit");
      if (code) fail(code);
      // Instruments feel what slows the whole device, and no noise: what they are to show is planted too.
      const noise: FakeDevice["noise"] = cell.phase === "probe" ? {} : device.noise;
      const ofAll = cell.phase === "probe" ? 1 : ofWorker * ofCell * (device.visitFactor?.(cell, index, prepared.visits++) ?? 1);
      const costMs = device.costMs(cell, tiles) * ofAll * noisy(noise?.turn) * (device.slowness?.(clock) ?? 1);
      const stepMs = stepNs / 1e6;
      const { share, factor } = (cell.phase === "probe" ? undefined : device.outliers) ?? { share: 0, factor: 1 };
      const times = Array.from({ length: samples }, () => {
        const passMs = costMs * noisy(noise?.sample) * k * (share > 0 && uniform() < share ? factor : 1);
        return (Math.round(passMs / stepMs) * stepMs) / k;
      });
      clock += times.reduce((sum, ms) => sum + ms * k, 0) + (cell.phase === "probe" ? 0 : (device.besideMs ?? 0));
      const wallMs = times.map((ms) => ms + (device.passOverheadMs ?? 0) / k);
      const shares = source === "gpu" ? device.stageShares?.(cell) : undefined;
      const stages = shares && Object.fromEntries(Object.entries(shares).map(([stage, share]) => [stage, costMs * share]));
      const offload = device.offloadTimes?.(cell);
      return { gpuMs: source === "gpu" ? times : [], wallMs, ...(stages ? { stages } : {}), ...(offload ? { offload } : {}), rssBytes: 0 };
    };
    const answers: { [T in MessageType]: (request: Messages[T]["request"]) => Messages[T]["reply"] } = {
      hello: () => helloBy(source),
      prepare: ({ cell, tiles }) => {
        const code = device.fault?.(cell, index, "prepare");
        if (code) fail(code);
        cells.set(cell.id, { cell, tiles, ofCell: noisy(device.noise?.cell), visits: 0 });
        // Instruments are small.
        const choosingMs = tiles === undefined && cell.phase !== "probe" ? (device.choosingMs ?? 0) : 0;
        clock += cell.phase === "probe" ? 1 : (device.prepareMs ?? 1) - (device.choosingMs ?? 0) + choosingMs;
        return {
          tiles: tiles ?? {},
          kernelHash: device.kernelHash ?? "fake",
          compileMs: device.prepareMs ?? 1,
          maxError: 0,
          tolerance: 1,
          verifiedRows: 1,
          bytesByRole: device.bytesByRole?.(cell) ?? { input: 4, output: 4, state: 4, scratch: 0, harness: 0 },
          copies: 1,
          flops: { useful: 1, executed: 1 },
          leastBytes: 4,
          estimateMs: device.costMs(cell, tiles),
          fillMs: device.fillMs?.(cell) ?? 0,
          sparedMs: choosingMs,
          ...(device.together === undefined ? {} : { together: device.together }),
        };
      },
      visit,
      evict: ({ cell }) => {
        cells.delete(cell);
        return null;
      },
      exec: () => ({ buffers: {} }),
      write: ({ cell }) => {
        const code = device.fault?.(cell, index, "write");
        if (code) fail(code);
        clock += device.prepareMs ?? 1;
        const { tokens, near = [] } = device.written?.(cell) ?? { tokens: [0, 1, 2, 3, 4] };
        return { tokens, near, msPerToken: 2, tiles: {}, kernelHash: device.kernelHash ?? "fake", maxError: 0, tolerance: 1 };
      },
      bye: () => null,
    };
    return {
      get alive() {
        return alive;
      },
      async ask(type, request) {
        log.push(
          type === "prepare"
            ? `prepare ${(request as Messages["prepare"]["request"]).cell.id}`
            : type === "visit"
              ? `visit ${(request as Messages["visit"]["request"]).cell}`
              : type,
        );
        if (!alive) throw new CellFailure("deviceLost", "the fake worker has ended");
        return answers[type](request);
      },
      async close() {
        alive = false;
      },
    };
  };
  const connect: Connect = async (asked) => {
    if (device.refusal) throw new CellFailure(device.refusal, `planted ${device.refusal}`);
    clock += device.startMs ?? 0;
    const source = asked ?? device.clock ?? "gpu";
    return {
      worker: startWorker(source),
      hello: helloBy(source),
      choice: "fake",
      passedOver: [],
      candidate: { env: {}, match: undefined },
    };
  };
  return { connect, now: () => clock, log };
};
