import type { CellRecord, RunRecord, Visit } from "../record/run.ts";
import { normals, seedFor } from "./random.ts";

/** A run with known costs, for tests of analysis. */
export interface Planted {
  readonly ns: readonly number[];
  /** ms, a 256th of dModel, and bytes of each arm at n */
  readonly arms: readonly {
    readonly label: string;
    readonly family: CellRecord["family"];
    readonly ms: (n: number, dModel: number) => number;
    readonly bytes: (n: number) => number;
    readonly claim?: CellRecord["claim"];
  }[];
  readonly dModels?: readonly number[];
  readonly workers?: number;
  /** per worker */
  readonly turns?: number;
  readonly samples?: number;
  /** standard deviations of log time: of a worker in a cell, of a turn in a cell, of a sample */
  readonly noise?: readonly [worker: number, turn: number, sample: number];
  /** standard deviation of log time of a turn, for all cells of the run alike */
  readonly drift?: number;
  readonly seed?: number;
  readonly phase?: "prefill" | "decode" | "generate";
}

export const plantedRun = (planted: Planted): RunRecord => {
  const { ns, arms, dModels = [256], workers = 3, turns = 4, seed = 1, phase = "decode" } = planted;
  const cells = dModels.flatMap((dModel) => ns.flatMap((n) => arms.map((arm) => plantedCell(planted, arm, n, dModel))));
  return {
    schemaVersion: 1,
    run: "20260101T000000Z-planted",
    state: "complete",
    startedAt: "2026-01-01T00:00:00Z",
    endedAt: "2026-01-01T00:01:00Z",
    command: "attnbench run planted.yaml",
    experiment: {
      name: "planted",
      title: "Planted",
      question: undefined,
      phase,
      arms: arms.map(({ label }) => ({ mechanism: label, label, form: formOf(label), overrides: {} })),
      axes: { n: { values: ns }, dModel: { values: dModels } },
      zip: [],
      exclude: [],
      fixed: { headDim: 64 },
      measure: { precision: 0.05, maxTimeSeconds: 60, cache: "hot", seed },
      expect: [],
      filter: undefined,
      yaml: "",
      hash: "0000000000000000",
    },
    environment: {
      attnbench: { version: "0.0.0", commit: undefined, dirty: undefined },
      adapter: { asked: "auto", choice: "gpu", vendor: "v", architecture: "a", device: "d", description: "planted", backend: "vulkan" },
      deviceClass: "hardware",
      features: [],
      limits: {},
      toggles: { enabled: [], disabled: [] },
      clock: { source: "gpu", stepNs: 1 },
      node: "v20.19.0",
      os: "linux",
      cpu: { model: "planted", cores: 2 },
      memoryBytes: 2 ** 32,
      packages: {},
    },
    schedule: {
      turns: workers * turns,
      workers,
      stopped: "precision",
      unmet: [],
      wall: { totalMs: 1, prepareMs: 1, measureMs: 1 },
      efficiency: undefined,
      peakRssBytes: { worker: 0, parent: 0 },
    },
    cells,
    ceilings: undefined,
    ceilingsFailure: undefined,
    fits: [],
    crossovers: [],
    findings: [],
  };
};

const formOf = (label: string): string => (label.startsWith("softmax") ? "split" : "recurrent");

const plantedCell = (planted: Planted, arm: Planted["arms"][number], n: number, dModel: number): CellRecord => {
  const id = `${arm.label}-n${n}-d${dModel}`;
  return {
    id,
    mechanism: arm.label,
    label: arm.label,
    form: formOf(arm.label),
    family: arm.family,
    look: { colour: { light: "#000000", dark: "#ffffff" }, mark: "circle", dash: [] },
    phase: planted.phase ?? "decode",
    n,
    batch: 1,
    heads: dModel / 64,
    kvHeads: dModel / 64,
    headDim: 64,
    headDimV: 64,
    dModel,
    dtype: "f32",
    kvDtype: "f32",
    stateDtype: "f32",
    parameters: arm.family === "linear" ? { featureMap: "identity" } : {},
    outcome: { status: "ok" },
    prepared: undefined,
    stateBytes: arm.bytes(n),
    peakBytes: arm.bytes(n),
    claim: arm.claim ?? { time: "O(n)", stateBytes: "O(n)" },
    visits: plantedVisits(planted, id, arm.ms(n, dModel) * (dModel / 256)),
    summary: undefined,
  };
};

const plantedVisits = (planted: Planted, id: string, ms: number): readonly Visit[] => {
  const { workers = 3, turns = 4, samples = 5, noise = [0, 0, 0], drift = 0, seed = 1 } = planted;
  const normal = normals(seedFor(seed, id));
  const shift = normals(seedFor(seed, "drift"));
  return Array.from({ length: workers }, (_, worker) => {
    const ofWorker = noise[0] * normal();
    return Array.from({ length: turns }, (_, turn): Visit => {
      const ofTurn = noise[1] * normal() + drift * shift();
      const gpuMs = Array.from({ length: samples }, () => ms * Math.exp(ofWorker + ofTurn + noise[2] * normal()));
      return { worker, turn: worker * turns + turn, k: 10, gpuMs, wallMs: gpuMs.map((time) => time * 1.1) };
    });
  }).flat();
};

/** What preparing found, for cells that must have FLOPs and bytes. */
export const plantedPrepared = (executed: number, leastBytes: number, useful = executed): NonNullable<CellRecord["prepared"]> => ({
  tiles: {},
  kernelHash: "0",
  compileMs: 1,
  maxError: 0,
  tolerance: 1,
  verifiedRows: 1,
  bytesByRole: { input: 0, output: 0, state: 0, scratch: 0, harness: 0 },
  copies: 1,
  flops: { useful, executed },
  leastBytes,
});
