import type { CellRecord, Environment, RunRecord } from "../record/run.ts";
import { schemaVersion } from "../record/run.ts";
import { crossoversOf, findingsOf, fitsOf } from "./fixtureAnalysis.ts";
import { coefficientsOf, type FixtureArm, type FixtureOptions, growthOf, linearArm, softmaxArm, stateBytesOf, timeMs } from "./fixtureArms.ts";
import { indexEntry } from "./indexEntry.ts";
import type { IndexedRun } from "./indexPage.ts";
import { pageName } from "./pageName.ts";

/** Uniforms in [0, 1) by the minimal-standard generator (Park and Miller, CACM 31, 1988). */
const uniformsOf = (seed: number): (() => number) => {
  let state = (Math.abs(seed) % 2147483646) + 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
};

const cellOf = (options: FixtureOptions, arm: FixtureArm, n: number, dModel: number): CellRecord => {
  const phase = options.phase ?? "prefill";
  const heads = dModel / 64;
  const uniform = uniformsOf(7919 * n + 31 * dModel + Math.round(1e4 * arm.factor) + (arm.family === "linear" ? 5 : 0));
  const medianMs = timeMs(coefficientsOf(arm, phase, dModel, options.deviceClass === "software"), n) * (1 + 0.02 * (uniform() - 0.5));
  const halfWidth = 0.01 + 0.05 * uniform();
  const outcome = options.outcome?.({ label: arm.label, n, dModel }) ?? { status: "ok" };
  const ran = outcome.status === "ok";
  const stateBytes = stateBytesOf(arm, n, dModel);
  const useful = arm.family === "softmax" ? 2 * n * (phase === "decode" ? 2 : n) * dModel : 4 * (phase === "decode" ? 1 : n) * dModel * 64;
  return {
    id: `${arm.label}-${arm.family === "softmax" ? "tiled" : "chunk"}-n${n}-d${dModel}`,
    mechanism: arm.mechanism,
    label: arm.label,
    family: arm.family,
    look: arm.look,
    form: phase === "prefill" ? (arm.family === "softmax" ? "tiled" : "chunk") : arm.family === "softmax" ? "split" : "recurrent",
    phase,
    n,
    batch: 1,
    heads,
    kvHeads: heads / arm.sharing,
    headDim: 64,
    headDimV: 64,
    dModel,
    dtype: "f32",
    kvDtype: "f32",
    stateDtype: "f32",
    parameters: {},
    outcome,
    prepared: ran
      ? {
          tiles: { rows: 64, keys: 32 },
          kernelHash: "9f3a11c0",
          compileMs: 38,
          maxError: 1.2e-6,
          tolerance: 1e-4,
          verifiedRows: 96,
          bytesByRole: { input: 3 * n * dModel * 4, output: n * dModel * 4, state: stateBytes, scratch: 0, harness: 0 },
          copies: 4,
          flops: { useful, executed: useful * 1.1 },
          leastBytes: 4 * n * dModel * 4,
        }
      : undefined,
    stateBytes: outcome.status === "failed" ? undefined : stateBytes,
    peakBytes: ran ? 4 * n * dModel * 4 + stateBytes : undefined,
    claim: { time: growthOf(arm, phase, "time"), stateBytes: growthOf(arm, phase, "stateBytes") },
    visits: ran ? [{ worker: 1, turn: 0, k: 8, gpuMs: [medianMs], wallMs: [medianMs * 1.2] }] : [],
    summary: ran
      ? {
          medianMs,
          lowMs: medianMs * (1 - halfWidth),
          highMs: medianMs * (1 + halfWidth),
          samples: 24,
          wallMs: medianMs * 1.2,
          tokensPerSecond: ((phase === "decode" ? 1 : n) / medianMs) * 1e3,
          gflops: useful / medianMs / 1e6,
          executedGflops: (useful * 1.1) / medianMs / 1e6,
          gbps: (4 * n * dModel * 4) / medianMs / 1e6,
          ceilingShare: 0.42,
          binding: phase === "decode" ? "memory" : "compute",
        }
      : undefined,
  };
};

const fixtureYaml = `# yaml-language-server: $schema=../harness/experiment/experiment.schema.json
name: prefill
title: What a longer text costs
phase: prefill
mechanisms: [softmax, linear]
axes:
  n: { from: 256, to: 16384, factor: 2 }
  dModel: [256, 512]
fixed: { headDim: 64, batch: 1, dtype: f32 }
measure: { precision: 5%, maxTime: 90s, cache: cold, seed: 1 }
`;

const environmentOf = (options: FixtureOptions): Environment => {
  const software = options.deviceClass === "software";
  return {
    attnbench: { version: "0.1.0", commit: "4c1d2ab90e7f", dirty: false },
    adapter: software
      ? { asked: "auto", choice: "lavapipe", vendor: "mesa", architecture: "", device: "", description: "llvmpipe (LLVM 19.1.7, 256 bits)", backend: "vulkan" }
      : { asked: "auto", choice: "gpu", vendor: "nvidia", architecture: "hopper", device: "0x2335", description: "NVIDIA H200", backend: "vulkan" },
    deviceClass: options.deviceClass ?? "hardware",
    features: ["timestamp-query", "subgroups", "shader-f16"],
    limits: { maxBufferSize: 2147483648, maxComputeWorkgroupStorageSize: 32768 },
    toggles: { enabled: ["allow_unsafe_apis", "disable_robustness"], disabled: ["timestamp_quantization"] },
    clock: { source: options.clock ?? "gpu", stepNs: 32 },
    node: "20.20.2",
    os: "linux 6.1.0 x64",
    cpu: { model: "Intel(R) Xeon(R) Platinum 8488C", cores: 16 },
    memoryBytes: 128 * 2 ** 30,
    packages: { webgpu: "0.6.2", "vega-lite": "6.4.3" },
  };
};

/** A whole run record from formulas, for tests and for looking at pages. The same options give the same record. */
export const fixtureRecord = (options: FixtureOptions = {}): RunRecord => {
  const phase = options.phase ?? "prefill";
  const ns = options.ns ?? [256, 512, 1024, 2048, 4096, 8192, 16384];
  const dModels = options.dModels ?? [512];
  const arms = options.arms ?? [softmaxArm, linearArm];
  const cells = dModels.flatMap((dModel) => ns.flatMap((n) => arms.map((arm) => cellOf(options, arm, n, dModel))));
  const fits = dModels.flatMap((dModel) => arms.flatMap((arm) => fitsOf(options, arm, dModel, cells)));
  const crossovers = dModels.flatMap((dModel) => crossoversOf(options, arms, dModel, cells));
  const done = options.state ?? "complete";
  return {
    schemaVersion,
    run: "20260311T101502Z-4c1d2a",
    state: done,
    startedAt: "2026-03-11T10:15:02.000Z",
    endedAt: done === "running" ? undefined : "2026-03-11T10:17:40.000Z",
    command: `attnbench run experiments/${phase}.yaml --set axes.n='[256,512]'`,
    experiment: {
      name: phase,
      title: options.title ?? (phase === "decode" ? "What one more token costs" : "What a longer text costs"),
      question:
        options.question ??
        (phase === "decode" ? "Does the next token cost more, the more came before it?" : "Does a text twice as long take twice the time, or four times?"),
      phase,
      arms: arms.map(({ mechanism, label, family }) => ({ mechanism, label, form: family === "softmax" ? "tiled" : "chunk", overrides: {} })),
      axes: { n: { values: ns }, dModel: { values: dModels } },
      zip: [],
      exclude: [],
      fixed: { headDim: 64, batch: 1, dtype: "f32" },
      measure: { precision: 0.05, maxTimeSeconds: 90, cache: "cold", seed: 1 },
      expect: ["linear.time is O(n)"],
      filter: undefined,
      yaml: options.yaml ?? fixtureYaml,
      hash: "83ab10c2d94e5f61",
    },
    environment: environmentOf(options),
    schedule: {
      turns: 6,
      workers: 3,
      stopped: done === "interrupted" ? "interrupted" : "precision",
      unmet: [],
      wall: { totalMs: 158_000, prepareMs: 24_000, measureMs: 131_000 },
      efficiency: 0.74,
      peakRssBytes: { worker: 900 * 2 ** 20, parent: 140 * 2 ** 20 },
    },
    cells,
    ceilingsFailure: undefined,
    ceilings: { readGbps: 4100, copyGbps: 3700, fmaGflops: 48000, emptyDispatchMs: 0.004, cacheKneeBytes: 50 * 2 ** 20 },
    fits,
    crossovers,
    findings: cells.some((cell) => cell.summary !== undefined) ? findingsOf(options, crossovers, fits) : [],
  };
};

/** A run as the index has it, with a page in English alone. */
export const indexedFixture = (record: RunRecord): IndexedRun => ({
  ...indexEntry(record, "en"),
  pages: [{ language: "en", file: pageName(record.experiment.name, "en") }],
});
