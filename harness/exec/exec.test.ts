import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ParameterValue } from "../../kernels/mechanism.ts";
import { testAdapter } from "../testAdapter.ts";
import { type ExecSession, openExec } from "./exec.ts";
import { type ExecProblem, Unexecutable } from "./problem.ts";
import { type NamedTensors, roundedTo, type Tensor } from "./tensor.ts";

/** What a call computes, against values from plain loops over the definitions, written here and in float64. */
const [batch, heads, headDim, headDimV] = [2, 3, 32, 48];
const tokens = 38;

let session: ExecSession;
beforeAll(async () => {
  session = await openExec({ adapter: testAdapter });
});
afterAll(() => session?.close());

/** Pseudo-random numbers in (0, 1), the same at every run (a multiplicative generator, Park and Miller 1988). */
const uniforms = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
};

const tensorOf = (shape: readonly number[], value: () => number): Tensor => ({
  dtype: "f32",
  shape,
  values: Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, value),
});
const normal = (seed: number): (() => number) => {
  const uniform = uniforms(seed);
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
};

/** Tokens `from` to `to` of [batch, token, …]. */
const rowsOf = ({ dtype, shape: [size = 0, count = 0, ...rest], values }: Tensor, from: number, to: number): Tensor => {
  const row = rest.reduce((product, inner) => product * inner, 1);
  const blocks = Array.from({ length: size }, (_, b) => [...values.subarray((b * count + from) * row, (b * count + to) * row)]);
  return { dtype, shape: [size, to - from, ...rest], values: Float32Array.from(blocks.flat()) };
};
const allRows = (tensors: NamedTensors, from: number, to: number): NamedTensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, rowsOf(tensor, from, to)]));

/** Largest error, by the root mean square of what is expected. */
const errorOf = (got: Tensor | undefined, expected: readonly number[]): number => {
  expect(got?.values.length).toBe(expected.length);
  const scale = Math.sqrt(expected.reduce((sum, x) => sum + x * x, 0) / expected.length);
  return Math.max(...expected.map((x, i) => Math.abs((got?.values[i] ?? Number.NaN) - x))) / scale;
};
// A few hundred roundings to 24 bits, of exponentials too.
const tolerance = 2e-5;

/** Of the tokens up to its own a token sees the first `sinks` and the newest `window`, itself among them. */
interface Window {
  readonly window: number;
  readonly sinks: number;
}

const softmaxTruth = ({ q, k, v }: NamedTensors, kvHeads: number, queryHeads: number, scale: number, seen: Window = { window: tokens, sinks: 0 }): number[] => {
  const o: number[] = [];
  const width = q?.shape[3] ?? 0;
  const at = (tensor: Tensor | undefined, lines: number, b: number, t: number, line: number, c: number): number =>
    tensor?.values[((b * tokens + t) * lines + line) * width + c] ?? Number.NaN;
  for (let b = 0; b < batch; b++) {
    for (let t = 0; t < tokens; t++) {
      for (let h = 0; h < queryHeads; h++) {
        const group = Math.floor((h * kvHeads) / queryHeads);
        const weights: number[] = [];
        for (let j = 0; j <= t; j++) {
          let dot = 0;
          for (let c = 0; c < width; c++) dot += at(q, queryHeads, b, t, h, c) * at(k, kvHeads, b, j, group, c);
          weights.push(j < seen.sinks || j > t - seen.window ? Math.exp(scale * dot) : 0);
        }
        const sum = weights.reduce((total, weight) => total + weight, 0);
        for (let c = 0; c < width; c++) {
          let value = 0;
          for (let j = 0; j <= t; j++) value += ((weights[j] ?? 0) / sum) * at(v, kvHeads, b, j, group, c);
          o.push(value);
        }
      }
    }
  }
  return o;
};

interface Arm {
  readonly mechanism: string;
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
  readonly gate?: "head" | "channel";
  readonly delta?: true;
  /** log decay of a head */
  readonly slope?: (head: number) => number;
}

/** S ← e^g S, S += φ(k) vᵀ or β k (v − Sᵀk)ᵀ, o = scale · Sᵀφ(q), or by z·φ(q) in place of the scale; o of all tokens, S and z after them. */
const recurrentTruth = (arm: Arm, { q, k, v, g, beta }: NamedTensors, count: number, scale: number): Record<"o" | "state" | "z", number[]> => {
  const map = (x: number): number => (arm.parameters?.featureMap === "elu+1" ? (x > 0 ? x + 1 : Math.exp(x)) : x);
  const o = new Array<number>(batch * count * heads * headDimV).fill(0);
  const states: number[] = [];
  const zs: number[] = [];
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++) {
      const state = Array.from({ length: headDim }, () => new Array<number>(headDimV).fill(0));
      const z = new Array<number>(headDim).fill(0);
      for (let t = 0; t < count; t++) {
        const line = (b * tokens + t) * heads + h;
        const row = (tensor: Tensor | undefined, width: number): number[] => [...(tensor?.values.subarray(line * width, (line + 1) * width) ?? [])];
        const [query, key, value] = [row(q, headDim).map(map), row(k, headDim).map(map), row(v, headDimV)];
        const logDecay = (c: number): number =>
          arm.slope ? arm.slope(h) : arm.gate ? (g?.values[arm.gate === "head" ? line : line * headDim + c] ?? Number.NaN) : 0;
        for (const [c, channel] of state.entries()) {
          const kept = Math.exp(logDecay(c));
          for (let x = 0; x < headDimV; x++) channel[x] = (channel[x] ?? 0) * kept;
        }
        const written = value.map((x, column) => {
          if (!arm.delta) return x;
          const held = state.reduce((sum, channel, c) => sum + (channel[column] ?? 0) * (key[c] ?? 0), 0);
          return (beta?.values[line] ?? Number.NaN) * (x - held);
        });
        for (const [c, channel] of state.entries()) {
          z[c] = (z[c] ?? 0) + (key[c] ?? 0);
          for (let x = 0; x < headDimV; x++) channel[x] = (channel[x] ?? 0) + (key[c] ?? 0) * (written[x] ?? 0);
        }
        const factor = arm.parameters?.normalized ? 1 / query.reduce((sum, x, c) => sum + x * (z[c] ?? 0), 0) : scale;
        for (let x = 0; x < headDimV; x++)
          o[((b * count + t) * heads + h) * headDimV + x] = factor * state.reduce((sum, channel, c) => sum + (channel[x] ?? 0) * (query[c] ?? 0), 0);
      }
      states.push(...state.flat());
      zs.push(...z);
    }
  }
  return { o, state: states, z: zs };
};

/** [batch, token, …] as an array, rows `from` to `to` of it. */
const rows = (values: readonly number[], from: number, to: number, count: number): number[] => {
  const row = values.length / batch / count;
  return Array.from({ length: batch }, (_, b) => values.slice((b * count + from) * row, (b * count + to) * row)).flat();
};

const inputsOf = ({ gate, delta }: Arm): NamedTensors => {
  const lines = [batch, tokens, heads];
  const k = tensorOf([...lines, headDim], normal(2));
  // Under the delta rule a key has length 1, or the state grows without bound.
  const width = delta ? Math.sqrt(headDim) * 1.2 : 1;
  const uniform = uniforms(5);
  return {
    q: tensorOf([...lines, headDim], normal(1)),
    k: { ...k, values: k.values.map((x) => x / width) },
    v: tensorOf([...lines, headDimV], normal(3)),
    ...(gate ? { g: tensorOf(gate === "head" ? lines : [...lines, headDim], () => -2 * uniform()) } : {}),
    ...(delta ? { beta: tensorOf(lines, uniforms(7)) } : {}),
  };
};

const arms: readonly Arm[] = [
  { mechanism: "linear" },
  { mechanism: "linear", parameters: { featureMap: "elu+1", normalized: true, chunk: 16 } },
  { mechanism: "retention", slope: (head) => Math.log(1 - 2 ** (-5 - head)) },
  { mechanism: "retention", parameters: { slopes: "lightning" }, slope: (head) => -(2 ** ((-8 * (head + 1)) / heads)) },
  { mechanism: "gated", gate: "head" },
  { mechanism: "gla", gate: "channel" },
  { mechanism: "deltaNet", delta: true },
  { mechanism: "gatedDeltaNet", gate: "head", delta: true },
  { mechanism: "kda", gate: "channel", delta: true },
];

describe.each(arms)("$mechanism $parameters", (arm) => {
  const { mechanism, parameters } = arm;
  const inputs = inputsOf(arm);
  const truth = recurrentTruth(arm, inputs, tokens, 1 / Math.sqrt(headDim));
  const [rest, restTruth] = [tokens - 1, recurrentTruth(arm, inputs, tokens - 1, 1 / Math.sqrt(headDim))];

  it("prefill is what the recurrence says, decode and prefill go on from it, and end where one prefill of all tokens ends", async () => {
    const call = (phase: ExecProblem["phase"], tensors: NamedTensors) => session.exec({ mechanism, phase, parameters, tensors });
    const { o: _, ...carried } = (await call("prefill", allRows(inputs, 0, rest))).tensors;
    const whole = (await call("prefill", inputs)).tensors;
    const step = (await call("decode", { ...allRows(inputs, rest, tokens), ...carried })).tensors;

    expect(Object.keys(step).sort()).toEqual(parameters?.normalized ? ["o", "state", "z"] : ["o", "state"]);
    expect([whole.o?.shape, whole.state?.shape, step.o?.shape]).toEqual([
      [batch, tokens, heads, headDimV],
      [batch, heads, headDim, headDimV],
      [batch, 1, heads, headDimV],
    ]);
    expect(errorOf(carried.state, restTruth.state)).toBeLessThan(tolerance);
    expect(errorOf(whole.o, truth.o)).toBeLessThan(tolerance);
    expect(errorOf(step.o, rows(truth.o, rest, tokens, tokens))).toBeLessThan(tolerance);
    expect(errorOf(step.o, [...rowsOf(whole.o as Tensor, rest, tokens).values])).toBeLessThan(tolerance);
    const { o: __, ...earlier } = (await call("prefill", allRows(inputs, 0, 19))).tensors;
    const later = (await call("prefill", { ...allRows(inputs, 19, tokens), ...earlier })).tensors;
    expect(errorOf(later.o, rows(truth.o, 19, tokens, tokens))).toBeLessThan(tolerance);
    for (const name of ["state", ...(parameters?.normalized ? (["z"] as const) : [])] as const) {
      expect(errorOf(whole[name], truth[name])).toBeLessThan(tolerance);
      expect(errorOf(step[name], truth[name])).toBeLessThan(tolerance);
      expect(errorOf(later[name], truth[name])).toBeLessThan(tolerance);
    }
  });
});

describe("softmax", () => {
  const [queryHeads, kvHeads] = [4, 2];
  const inputs = {
    q: tensorOf([batch, tokens, queryHeads, headDim], normal(11)),
    k: tensorOf([batch, tokens, kvHeads, headDim], normal(12)),
    v: tensorOf([batch, tokens, kvHeads, headDim], normal(13)),
  };
  const call = (phase: ExecProblem["phase"], tensors: NamedTensors, more: Partial<ExecProblem> = {}) =>
    session.exec({ mechanism: "softmax", phase, tensors, ...more });

  it.each([
    { form: "tiled", scale: 1 / Math.sqrt(headDim) },
    { form: "naive", scale: -0.25 },
  ])("prefill is what the definition says: %o", async ({ form, scale }) => {
    const truth = softmaxTruth(inputs, kvHeads, queryHeads, scale);
    expect(errorOf((await call("prefill", inputs, { form, scale })).tensors.o, truth)).toBeLessThan(tolerance);
  });

  it("decode after prefill of its caches is the last row of prefill of one token more", async () => {
    const last = tokens - 1;
    const { o: _, ...caches } = (await call("prefill", allRows(inputs, 0, last))).tensors;
    expect(caches).toEqual({ kCache: rowsOf(inputs.k, 0, last), vCache: rowsOf(inputs.v, 0, last) });
    const { tensors: step } = await call("decode", { ...allRows(inputs, last, tokens), ...caches });
    const { tensors: whole } = await call("prefill", inputs);
    expect(errorOf(step.o, [...rowsOf(whole.o as Tensor, last, tokens).values])).toBeLessThan(tolerance);
    expect({ kCache: step.kCache, vCache: step.vCache }).toEqual({ kCache: whole.kCache, vCache: whole.vCache });
  });

  it("decode goes on from no context and from five tokens, and appends to the caches", async () => {
    const truth = softmaxTruth(inputs, kvHeads, queryHeads, 1 / Math.sqrt(headDim));
    const first = await call("decode", allRows(inputs, 0, 1));
    expect(first.absent).toEqual(["kCache", "vCache"]);
    expect(first.tensors.kCache).toEqual(rowsOf(inputs.k, 0, 1));
    expect(errorOf(first.tensors.o, rows(truth, 0, 1, tokens))).toBeLessThan(tolerance);
    let carried: NamedTensors = {};
    for (let t = 0; t < 6; t++) {
      const { o, ...caches } = (await call("decode", { ...allRows(inputs, t, t + 1), ...carried })).tensors;
      carried = caches;
      expect(errorOf(o, rows(truth, t, t + 1, tokens))).toBeLessThan(tolerance);
    }
    expect(carried).toEqual({ kCache: rowsOf(inputs.k, 0, 6), vCache: rowsOf(inputs.v, 0, 6) });
    const empty = await call("decode", { ...allRows(inputs, 0, 1), kCache: rowsOf(inputs.k, 0, 0), vCache: rowsOf(inputs.v, 0, 0) });
    expect(empty.tensors).toEqual(first.tensors);
  });
});

describe("softmax with a window", () => {
  // Each window has kernels of its own, which compile in half the time at 16 channels.
  const [queryHeads, kvHeads, channels] = [4, 2, 16];
  const inputs = {
    q: tensorOf([batch, tokens, queryHeads, channels], normal(21)),
    k: tensorOf([batch, tokens, kvHeads, channels], normal(22)),
    v: tensorOf([batch, tokens, kvHeads, channels], normal(23)),
  };
  const call = (phase: ExecProblem["phase"], tensors: NamedTensors, { window, sinks }: Window) =>
    session.exec({ mechanism: "softmax", phase, tensors, parameters: { window, sinks } });
  /** Of the first `count` tokens those that are kept, in the order of time: the sinks, then the newest. */
  const kept = (tensor: Tensor, count: number, { window, sinks }: Window): Tensor => {
    const first = Math.min(sinks, count);
    const [head, tail] = [rowsOf(tensor, 0, first), rowsOf(tensor, Math.max(first, count - window), count)];
    const row = head.values.length / batch;
    const rest = tail.values.length / batch;
    const blocks = Array.from({ length: batch }, (_, b) => [
      ...head.values.subarray(b * row, (b + 1) * row),
      ...tail.values.subarray(b * rest, (b + 1) * rest),
    ]);
    return { ...head, shape: [batch, (head.shape[1] ?? 0) + (tail.shape[1] ?? 0), kvHeads, channels], values: Float32Array.from(blocks.flat()) };
  };

  // A prompt that fills the ring more than twice over, to no round number; one that just fills it; one that leaves room; shorter than its sinks; and none.
  it.each<[prompt: number, Window]>([
    [20, { window: 8, sinks: 0 }],
    [8, { window: 8, sinks: 0 }],
    [7, { window: 8, sinks: 0 }],
    [23, { window: 6, sinks: 3 }],
    [9, { window: 6, sinks: 3 }],
    [5, { window: 6, sinks: 3 }],
    [2, { window: 6, sinks: 3 }],
    [0, { window: 5, sinks: 2 }],
    [10, { window: 1, sinks: 0 }],
    [10, { window: 1, sinks: 2 }],
    [30, { window: 64, sinks: 1 }],
  ])("a decode goes on from the cache of %i tokens and from that of a decode, %o: rows of prefill", async (prompt, window) => {
    const truth = softmaxTruth(inputs, kvHeads, queryHeads, 1 / Math.sqrt(channels), window);
    const whole = (await call("prefill", inputs, window)).tensors;
    expect(errorOf(whole.o, truth)).toBeLessThan(tolerance);
    let carried: NamedTensors = {};
    if (prompt > 0) {
      const { o: _, ...caches } = (await call("prefill", allRows(inputs, 0, prompt), window)).tensors;
      carried = caches;
    }
    for (let t = prompt; t < tokens; t++) {
      if (t > 0) expect(carried).toEqual({ kCache: kept(inputs.k, t, window), vCache: kept(inputs.v, t, window) });
      const { o, ...caches } = (await call("decode", { ...allRows(inputs, t, t + 1), ...carried }, window)).tensors;
      expect(errorOf(o, rows(truth, t, t + 1, tokens))).toBeLessThan(tolerance);
      carried = caches;
    }
    expect(carried).toEqual({ kCache: whole.kCache, vCache: whole.vCache });
  });
});

/** The values of f32 in f16, as a host rounds them or, where the device does, as WGSL lets it: to either neighbour, or to zero below 2⁻¹⁴. */
const expectSteps = (half: Tensor | undefined, full: Tensor | undefined): void => {
  expect(half).toEqual(roundedTo("f16", half as Tensor));
  const beyond = [...(full?.values ?? [])].filter((x, i) => !(Math.abs((half?.values[i] ?? Number.NaN) - x) <= Math.max(2 ** -10 * Math.abs(x), 2 ** -14)));
  expect(beyond).toEqual([]);
};

describe("a call", () => {
  const { q, k, v } = inputsOf({ mechanism: "linear" }) as Record<"q" | "k" | "v", Tensor>;

  it("in f16 is the one in f32 on the same values, o rounded; a state is of f32, or of the type that it is given in", async () => {
    const halves = Object.fromEntries(Object.entries({ q, k, v }).map(([name, tensor]) => [name, roundedTo("f16", tensor)]));
    const wide = Object.fromEntries(Object.entries(halves).map(([name, tensor]) => [name, { ...tensor, dtype: "f32" as const }]));
    const half = await session.exec({ mechanism: "linear", phase: "prefill", tensors: halves });
    const full = await session.exec({ mechanism: "linear", phase: "prefill", tensors: wide });
    expect([half.dtype, half.tensors.o?.dtype, full.cell.dtype]).toEqual(["f16", "f16", "f32"]);
    expect(half.tensors.state?.dtype).toBe("f32");
    expect(errorOf(half.tensors.state, [...(full.tensors.state?.values ?? [])])).toBeLessThan(tolerance);
    expectSteps(half.tensors.o, full.tensors.o);

    const { state } = full.tensors as Record<"state", Tensor>;
    const next = await session.exec({ mechanism: "linear", phase: "decode", tensors: { ...allRows(halves, 0, 1), state } });
    const nextFull = await session.exec({ mechanism: "linear", phase: "decode", tensors: { ...allRows(wide, 0, 1), state } });
    expect(next.tensors.state).toEqual(nextFull.tensors.state);
    expectSteps(next.tensors.o, nextFull.tensors.o);

    const [narrow, widened] = [roundedTo("f16", state), { ...roundedTo("f16", state), dtype: "f32" as const }];
    const last = await session.exec({ mechanism: "linear", phase: "decode", tensors: { ...allRows(wide, 0, 1), state: narrow } });
    const lastFull = await session.exec({ mechanism: "linear", phase: "decode", tensors: { ...allRows(wide, 0, 1), state: widened } });
    expect(last.tensors.o).toEqual(lastFull.tensors.o);
    expect(last.tensors.state).toEqual(roundedTo("f16", lastFull.tensors.state as Tensor));
  });

  it("in f16 hands back z and state of f32, and caches of f16", async () => {
    const halves = Object.fromEntries(Object.entries({ q, k, v }).map(([name, tensor]) => [name, roundedTo("f16", tensor)]));
    const typesOf = async (problem: Omit<ExecProblem, "tensors">, tensors: NamedTensors = halves) => {
      const results = Object.entries((await session.exec({ ...problem, tensors })).tensors);
      // What a file of them will have is known before.
      const bytes = results.reduce((sum, [, { dtype, values }]) => sum + values.length * (dtype === "f16" ? 2 : 4), 0);
      expect(session.resultBytes({ ...problem, tensors })).toBe(bytes);
      return Object.fromEntries(results.map(([name, { dtype }]) => [name, dtype]));
    };
    const parameters = { featureMap: "elu+1", normalized: true };
    expect(await typesOf({ mechanism: "linear", phase: "prefill", parameters })).toEqual({ o: "f16", state: "f32", z: "f32" });
    const caches = { o: "f16", kCache: "f16", vCache: "f16" };
    expect(await typesOf({ mechanism: "softmax", phase: "prefill" })).toEqual(caches);
    expect(await typesOf({ mechanism: "softmax", phase: "prefill", parameters: { window: 5 } })).toEqual(caches);
    expect(await typesOf({ mechanism: "softmax", phase: "decode", parameters: { window: 5 } }, allRows(halves, 0, 1))).toEqual(caches);
  });

  it("scales what is read, by whole numbers too", async () => {
    for (const [form, scale] of [
      ["recurrent", 1],
      ["chunk", -3],
    ] as const) {
      const { o } = (await session.exec({ mechanism: "linear", phase: "prefill", form, scale, tensors: { q, k, v } })).tensors;
      expect(errorOf(o, recurrentTruth({ mechanism: "linear" }, { q, k, v }, tokens, scale).o)).toBeLessThan(tolerance);
    }
  });

  it.each(["chunk", "recurrent", "parallel"])("normalized by %s is zero where a query weighs nothing, and finite where no key does", async (form) => {
    const parameters = { featureMap: "elu+1", normalized: true };
    // e^-95 is no number of f32.
    const sunk = { ...q, values: q.values.map((x, i) => (i < heads * headDim ? -95 : x)) };
    const one = await session.exec({ mechanism: "linear", phase: "prefill", form, parameters, tensors: { q: sunk, k, v } });
    expect([...(one.tensors.o?.values.subarray(0, heads * headDimV) ?? [])].every((x) => x === 0)).toBe(true);
    expect(one.notFinite).toEqual({});
    const all = await session.exec({
      mechanism: "linear",
      phase: "prefill",
      form,
      parameters,
      tensors: { q, k: { ...k, values: k.values.map(() => -95) }, v },
    });
    expect(all.notFinite).toEqual({});
  });

  it("counts what is infinite or no number", async () => {
    const large = { ...roundedTo("f16", v), values: v.values.map(() => 65504) };
    const state: Tensor = { dtype: "f16", shape: [batch, heads, headDim, headDimV], values: new Float32Array(batch * heads * headDim * headDimV) };
    const tensors = { q: roundedTo("f16", q), k: roundedTo("f16", k), v: large, state };
    const { notFinite, tensors: out } = await session.exec({ mechanism: "linear", phase: "prefill", tensors });
    expect(notFinite.state).toBe([...(out.state?.values ?? [])].filter((x) => !Number.isFinite(x)).length);
    expect(notFinite.state).toBeGreaterThan(0);
  });

  it("that is refused leaves the session as it was", async () => {
    const problem = { mechanism: "linear", phase: "prefill", tensors: { q, k, v } } as const;
    await expect(session.exec({ ...problem, tensors: { q, k } })).rejects.toThrow(Unexecutable);
    expect((await session.exec(problem)).form).toBe("chunk");
  });
});
