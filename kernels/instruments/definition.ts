import { defineMechanism, type ExpectedRow, type Mechanism, type Shape, type Step } from "../mechanism.ts";
import { normals } from "../random.ts";
import { tensorOf } from "../tensors.ts";
import copyWgsl from "./copy.wgsl";
import emptyWgsl from "./empty.wgsl";
import fmaWgsl from "./fma.wgsl";
import readWgsl from "./read.wgsl";

/**
 * What the device can do at best, as ordinary cells of the phase `probe`: an empty dispatch, reading and copying n f32 values, n lanes of
 * pure FMA. They follow the mechanisms' contract, so they are verified and timed like everything else.
 */
const lanesPerGroup = 64;
const chains = 8;
const turns = 256;
const factor = 0.5;
const none = { input: 0, output: 0, state: 0, scratch: 0, harness: 0 };

/** Lanes and vec4s per lane of a streaming instrument over n f32 values: n is a multiple of 1024, so both divide. */
const streams = (n: number): { lanes: number; vectorsPerLane: number } => {
  const vectors = n / 4;
  const vectorsPerLane = 4 * Math.min(16, 2 ** Math.max(0, Math.floor(Math.log2(vectors / (4 * lanesPerGroup * 64)))));
  return { lanes: vectors / vectorsPerLane, vectorsPerLane };
};

const step = (label: string, wgsl: string, constants: Step["constants"], bindings: readonly string[], lanes: number): Step => ({
  label,
  wgsl,
  entryPoint: "main",
  enables: [],
  constants,
  bindings,
  workgroups: [Math.max(1, lanes / lanesPerGroup), 1, 1],
});

const rows = (buffer: string, width: number, values: (row: number) => Float64Array, count: number): ExpectedRow[] =>
  [0, Math.floor(count / 2), count - 1].map((row) => ({ buffer, offset: row * width, values: values(row) }));

/** Four values computed by `value(component)`. */
const vector = (value: (component: number) => number): Float64Array => Float64Array.from([0, 1, 2, 3], value);

type Instrument = Pick<Mechanism, "name" | "title" | "order" | "definition" | "plan" | "inputs" | "reference" | "bytesByRole"> & {
  flopsOf(shape: Shape): number;
  bytesOf(shape: Shape): number;
};

const instrument = ({ flopsOf, bytesOf, ...own }: Instrument): Mechanism =>
  defineMechanism({
    ...own,
    family: "instrument",
    look: { colour: { light: "#6b7280", dark: "#9ca3af" }, mark: "cross", dash: [] },
    source: "kernels/instruments",
    parameters: {},
    forms: { probe: ["probe"] },
    groupedHeads: false,
    refusal: ({ n }, _form, capabilities) => {
      if (n % 1024 !== 0) return { code: "badShape", reason: `an instrument's n is a multiple of 1024, not ${n}` };
      const groups = n / 4 / lanesPerGroup;
      return groups > capabilities.maxComputeWorkgroupsPerDimension * 64
        ? { code: "overLimit", reason: `${groups} workgroups are more than this device dispatches` }
        : undefined;
    },
    tiles: () => [{}],
    flops: (shape) => ({ useful: flopsOf(shape), executed: flopsOf(shape) }),
    leastBytes: bytesOf,
    claim: () => ({ time: own.name === "empty" ? "O(1)" : "O(n)", stateBytes: "O(1)" }),
  });

/** Values of N(0, 1); those beyond the first million repeat them: what a device reads is what counts here, and a host takes a second for 256 MiB of its own. */
const values = (n: number, seed: number, name: string): Float32Array => {
  const own = normals(Math.min(n, 2 ** 20), seed, name);
  const all = new Float32Array(n);
  for (let at = 0; at < n; at += own.length) all.set(own.subarray(0, Math.min(own.length, n - at)), at);
  return all;
};

const sourceBuffer = (n: number) => ({ name: "source", role: "input", dtype: "f32", dims: [["value", n]], init: { tensor: "source" } }) as const;

const empty = instrument({
  name: "empty",
  title: "Empty dispatch",
  order: 900,
  definition: "one dispatch of one lane",
  plan: () => ({
    buffers: [{ name: "result", role: "output", dtype: "f32", dims: [["value", 1]], init: "poison" }],
    setup: [],
    steps: [step("empty", emptyWgsl, {}, ["result"], lanesPerGroup)],
  }),
  inputs: () => ({}),
  reference: () => [{ buffer: "result", offset: 0, values: Float64Array.of(1) }],
  bytesByRole: () => ({ ...none, output: 4 }),
  flopsOf: () => 0,
  bytesOf: () => 4,
});

const read = instrument({
  name: "read",
  title: "Reading",
  order: 910,
  definition: "sum of n f32 values by lane",
  plan({ n }) {
    const { lanes } = streams(n);
    return {
      buffers: [
        sourceBuffer(n),
        {
          name: "sums",
          role: "output",
          dtype: "f32",
          dims: [
            ["lane", lanes],
            ["component", 4],
          ],
          init: "poison",
        },
      ],
      setup: [],
      steps: [step("read", readWgsl, { LANES: lanes }, ["source", "sums"], lanes)],
    };
  },
  inputs: ({ n }, seed) => ({ source: values(n, seed, "source") }),
  reference({ n }, inputs) {
    const { lanes, vectorsPerLane } = streams(n);
    const source = tensorOf(inputs, "source");
    const sum = (lane: number, component: number): number => {
      let total = 0;
      for (let i = 0; i < vectorsPerLane; i++) total += source[(i * lanes + lane) * 4 + component] ?? Number.NaN;
      return total;
    };
    return rows("sums", 4, (lane) => vector((component) => sum(lane, component)), lanes);
  },
  bytesByRole: ({ n }) => ({ ...none, input: 4 * n, output: 16 * streams(n).lanes }),
  flopsOf: ({ n }) => n,
  bytesOf: ({ n }) => 4 * n,
});

const copy = instrument({
  name: "copy",
  title: "Copying",
  order: 920,
  definition: "n f32 values from one buffer to another",
  plan({ n }) {
    const { lanes } = streams(n);
    return {
      buffers: [sourceBuffer(n), { name: "copied", role: "output", dtype: "f32", dims: [["value", n]], init: "poison" }],
      setup: [],
      steps: [step("copy", copyWgsl, { LANES: lanes }, ["source", "copied"], lanes)],
    };
  },
  inputs: ({ n }, seed) => ({ source: values(n, seed, "source") }),
  reference: ({ n }, inputs) => rows("copied", 4, (row) => vector((component) => tensorOf(inputs, "source")[row * 4 + component] ?? Number.NaN), n / 4),
  bytesByRole: ({ n }) => ({ ...none, input: 4 * n, output: 4 * n }),
  flopsOf: () => 0,
  bytesOf: ({ n }) => 8 * n,
});

const fma = instrument({
  name: "fma",
  title: "Multiply-adding",
  order: 930,
  definition: `${chains} chains x ← ${factor}·x + start of vec4 FMAs on each of n/4 lanes, ${turns} times`,
  plan: ({ n }) => ({
    buffers: [
      {
        name: "starts",
        role: "input",
        dtype: "f32",
        dims: [
          ["lane", n / 4],
          ["component", 4],
        ],
        init: { tensor: "starts" },
      },
      {
        name: "ends",
        role: "output",
        dtype: "f32",
        dims: [
          ["lane", n / 4],
          ["component", 4],
        ],
        init: "poison",
      },
    ],
    setup: [],
    steps: [step("fma", fmaWgsl, { TURNS: turns, FACTOR: factor }, ["starts", "ends"], n / 4)],
  }),
  inputs: ({ n }, seed) => ({ starts: values(n, seed, "starts") }),
  reference({ n }, inputs) {
    const end = (start: number): number => {
      let total = 0;
      for (let chain = 0; chain < chains; chain++) {
        let x = start + chain;
        for (let turn = 0; turn < turns; turn++) x = x * factor + start;
        total += x;
      }
      return total;
    };
    return rows("ends", 4, (lane) => vector((component) => end(tensorOf(inputs, "starts")[lane * 4 + component] ?? Number.NaN)), n / 4);
  },
  bytesByRole: ({ n }) => ({ ...none, input: 4 * n, output: 4 * n }),
  flopsOf: ({ n }) => n * chains * turns * 2,
  bytesOf: ({ n }) => 8 * n,
});

const instruments: readonly Mechanism[] = [empty, read, copy, fma];
export default instruments;
