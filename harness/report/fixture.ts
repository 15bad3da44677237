import type { GrowthClass, Look, Mechanism } from "../../kernels/mechanism.ts";
import type { Experiment } from "../experiment/experiment.ts";
import type { CellRecord, Crossover, Environment, Estimate, Finding, Fit, Outcome, RunRecord, RunState } from "../record/run.ts";
import { schemaVersion } from "../record/run.ts";

/** What a made-up run is like. Times follow t0 + a·n + b·n² exactly but for a little seeded noise, so that fits and crossings are known. */
export interface FixtureOptions {
  readonly phase?: Experiment["phase"];
  readonly deviceClass?: Environment["deviceClass"];
  readonly clock?: Environment["clock"]["source"];
  readonly ns?: readonly number[];
  readonly dModels?: readonly number[];
  readonly arms?: readonly FixtureArm[];
  readonly state?: RunState;
  readonly title?: string;
  readonly question?: string;
  readonly yaml?: string;
  /** the outcome of a cell that is not ok */
  readonly outcome?: (cell: { readonly label: string; readonly n: number; readonly dModel: number }) => Outcome | undefined;
}

export interface FixtureArm {
  readonly label: string;
  readonly mechanism: string;
  readonly family: Exclude<Mechanism["family"], "instrument">;
  readonly look: Look;
  /** heads that share one KV head */
  readonly sharing: number;
  /** time relative to the plain arm of its family */
  readonly factor: number;
}

export const softmaxArm: FixtureArm = {
  label: "softmax",
  mechanism: "softmax",
  family: "softmax",
  look: { colour: { light: "#0072B2", dark: "#56B4E9" }, mark: "circle", dash: [] },
  sharing: 1,
  factor: 1,
};
export const groupedArm: FixtureArm = { ...softmaxArm, label: "GQA", sharing: 4, factor: 0.4 };
export const linearArm: FixtureArm = {
  label: "linear",
  mechanism: "linear",
  family: "linear",
  look: { colour: { light: "#D55E00", dark: "#E69F00" }, mark: "square", dash: [6, 3] },
  sharing: 1,
  factor: 1,
};
export const deltaArm: FixtureArm = {
  label: "gatedDeltaNet",
  mechanism: "gatedDeltaNet",
  family: "linear",
  look: { colour: { light: "#009E73", dark: "#2FB98C" }, mark: "diamond", dash: [2, 2] },
  sharing: 1,
  factor: 1.7,
};

/** Uniforms in [0, 1) by the minimal-standard generator (Park and Miller, CACM 31, 1988). */
const uniformsOf = (seed: number): (() => number) => {
  let state = (Math.abs(seed) % 2147483646) + 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
};

const estimate = (value: number, spread = 0.02): Estimate => ({ value, low: value * (1 - spread), high: value * (1 + spread) });

interface Coefficients {
  readonly t0: number;
  readonly a: number;
  readonly b: number;
}

const coefficientsOf = (arm: FixtureArm, phase: Experiment["phase"], dModel: number, software: boolean): Coefficients => {
  const slow = (software ? 400 : 1) * (dModel / 512);
  const t0 = software ? 0.05 : 0.008;
  if (phase === "decode") {
    return arm.family === "softmax" ? { t0, a: 1.1e-6 * slow * arm.factor, b: 0 } : { t0: t0 + 0.0006 * slow * arm.factor, a: 0, b: 0 };
  }
  return arm.family === "softmax" ? { t0, a: 4e-6 * slow * arm.factor, b: 2.2e-8 * slow * arm.factor } : { t0: 2 * t0, a: 2.1e-5 * slow * arm.factor, b: 0 };
};

const timeMs = ({ t0, a, b }: Coefficients, n: number): number => t0 + a * n + b * n * n;

const stateBytesOf = (arm: FixtureArm, n: number, dModel: number): number => (arm.family === "softmax" ? (2 * n * dModel * 4) / arm.sharing : dModel * 64 * 4);

const growthOf = (arm: FixtureArm, phase: Experiment["phase"], metric: Fit["metric"]): GrowthClass =>
  metric === "stateBytes"
    ? arm.family === "softmax"
      ? "O(n)"
      : "O(1)"
    : phase === "decode"
      ? arm.family === "softmax"
        ? "O(n)"
        : "O(1)"
      : arm.family === "softmax"
        ? "O(n²)"
        : "O(n)";

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

const fitsOf = (options: FixtureOptions, arm: FixtureArm, dModel: number, cells: readonly CellRecord[]): readonly Fit[] => {
  const phase = options.phase ?? "prefill";
  const own = cells.filter((cell) => cell.label === arm.label && cell.dModel === dModel && cell.summary !== undefined).sort((one, other) => one.n - other.n);
  if (own.length === 0) return [];
  const coefficients = coefficientsOf(arm, phase, dModel, options.deviceClass === "software");
  const last = own.at(-1)?.n ?? 1;
  const slope = (coefficients.a * last + 2 * coefficients.b * last * last) / timeMs(coefficients, last);
  const decided = own.length >= 4;
  const base = {
    label: arm.label,
    mechanism: arm.mechanism,
    form: own[0]?.form ?? "",
    variable: "n",
    series: { dModel, heads: dModel / 64, headDim: 64 },
  } as const;
  const time: Fit = {
    ...base,
    metric: "time",
    points: own.map(({ n, summary }) => ({ x: n, y: summary?.medianMs ?? 0, low: summary?.lowMs ?? 0, high: summary?.highMs ?? 0 })),
    coefficients: own.length < 3 ? undefined : { t0: estimate(coefficients.t0), a: estimate(coefficients.a), b: estimate(coefficients.b) },
    exponent: own.length < 3 ? undefined : estimate(slope),
    class: decided ? growthOf(arm, phase, "time") : "undecided",
    note: decided ? undefined : "Too few sizes to tell a line from a curve; measure at least four, three doublings apart.",
    measureUpTo: decided ? undefined : last * 8,
    claim: growthOf(arm, phase, "time"),
    verdict: decided ? "agrees" : "undecided",
  };
  const perN = arm.family === "softmax" ? stateBytesOf(arm, 1, dModel) : 0;
  const bytes: Fit = {
    ...base,
    metric: "stateBytes",
    points: own.map(({ n, stateBytes }) => ({ x: n, y: stateBytes ?? 0, low: stateBytes ?? 0, high: stateBytes ?? 0 })),
    coefficients:
      own.length < 3 ? undefined : { t0: estimate(arm.family === "softmax" ? 0 : stateBytesOf(arm, 1, dModel), 0), a: estimate(perN, 0), b: estimate(0, 0) },
    exponent: own.length < 3 ? undefined : estimate(arm.family === "softmax" ? 1 : 0, 0),
    class: decided ? growthOf(arm, phase, "stateBytes") : "undecided",
    note: undefined,
    measureUpTo: undefined,
    claim: growthOf(arm, phase, "stateBytes"),
    verdict: decided ? "agrees" : "undecided",
  };
  return [time, bytes];
};

/** n at which the linear arm overtakes the softmax arm, by bisection on the formulas; undefined if it does not within [least, most]. */
const crossingOf = (above: (n: number) => number, below: (n: number) => number, least: number, most: number): number | undefined => {
  if (above(least) >= below(least) || above(most) <= below(most)) return undefined;
  let [low, high] = [least, most];
  for (let i = 0; i < 60; i++) {
    const middle = Math.sqrt(low * high);
    if (above(middle) < below(middle)) low = middle;
    else high = middle;
  }
  return high;
};

const crossoversOf = (options: FixtureOptions, arms: readonly FixtureArm[], dModel: number, cells: readonly CellRecord[]): readonly Crossover[] =>
  arms
    .filter((arm) => arm.family === "softmax")
    .flatMap((above) =>
      arms
        .filter((arm) => arm.family === "linear")
        .flatMap((below) =>
          (["time", "stateBytes"] as const).map((metric): Crossover => {
            const ns = cells.filter((cell) => cell.label === above.label && cell.dModel === dModel && cell.summary !== undefined).map((cell) => cell.n);
            const phase = options.phase ?? "prefill";
            const software = options.deviceClass === "software";
            const value = (arm: FixtureArm) => (n: number) =>
              metric === "time" ? timeMs(coefficientsOf(arm, phase, dModel, software), n) : stateBytesOf(arm, n, dModel);
            const [least, most] = [Math.min(...ns), Math.max(...ns)];
            const n = ns.length < 3 ? undefined : crossingOf(value(above), value(below), least, most);
            const already = ns.length >= 3 && value(above)(least) >= value(below)(least);
            return {
              between: [above.label, below.label],
              metric,
              series: { dModel, heads: dModel / 64, headDim: 64 },
              outcome: n !== undefined ? "crosses" : ns.length < 3 ? "undecided" : already ? "already" : "none",
              n: n === undefined ? undefined : estimate(n, 0.11),
              crossings: [],
              range: ns.length === 0 ? undefined : [least, most],
              note: ns.length < 3 ? "Fewer than three lengths in common." : undefined,
            };
          }),
        ),
    );

const findingsOf = (options: FixtureOptions, crossovers: readonly Crossover[], fits: readonly Fit[]): readonly Finding[] => {
  const crossing = crossovers.find((crossover) => crossover.metric === "time" && crossover.n !== undefined);
  const where = options.deviceClass === "software" ? ", on this CPU emulation" : "";
  return [
    ...fits.slice(0, 1).map(
      (fit): Finding => ({
        kind: "growth",
        text: `The time of ${fit.label} grows as ${fit.class}: at the longest text measured, its slope is ${fit.exponent?.value.toFixed(2) ?? "undecided"}.`,
      }),
    ),
    ...(crossing?.n === undefined
      ? []
      : [
          {
            kind: "crossover",
            text: `From n = ${Math.round(crossing.n.value)} (95 % interval ${Math.round(crossing.n.low)} to ${Math.round(crossing.n.high)}) on, ${crossing.between[1]} is faster than ${crossing.between[0]}${where}.`,
          } as const,
        ]),
    { kind: "memory", text: "At n = 16,384 softmax carries 64 MiB of state, linear 128 KiB: 512 times less." },
    { kind: "warning", text: "Near n* softmax runs at 55 % of its ceiling and linear at 17 %: the arms are unequal." },
    { kind: "expectation", text: "linear.time is O(n)", verdict: "pass" },
    { kind: "expectation", text: "crossover(softmax, linear) < 1024", verdict: "fail" },
    { kind: "expectation", text: "softmax.time is O(n²)", verdict: "undecided" },
  ];
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
    ceilings: { readGbps: 4100, copyGbps: 3700, fmaGflops: 48000, emptyDispatchMs: 0.004, cacheKneeBytes: 50 * 2 ** 20 },
    fits,
    crossovers,
    findings: cells.some((cell) => cell.summary !== undefined) ? findingsOf(options, crossovers, fits) : [],
  };
};
