import { describe, expect, it } from "vitest";
import { builtInKernels } from "../../kernels/builtIn.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import { boundless } from "../experiment/cells.ts";
import { execCell } from "./cell.ts";
import { contentsOf } from "./contents.ts";
import { parsedParameters } from "./parameters.ts";
import { type ExecProblem, Unexecutable } from "./problem.ts";
import type { Tensor } from "./tensor.ts";
import { checkedDtype } from "./values.ts";

const mechanisms = await loadMechanisms(builtInKernels);

const tensor = (...shape: number[]): Tensor => ({
  dtype: "f32",
  shape,
  values: Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, i) => -(i % 7)),
});
/** q, k and v of 2 × 5 tokens, 3 heads of 32. */
const qkv = { q: tensor(2, 5, 3, 32), k: tensor(2, 5, 3, 32), v: tensor(2, 5, 3, 32) };
const newest = { q: tensor(2, 1, 3, 32), k: tensor(2, 1, 3, 32), v: tensor(2, 1, 3, 32) };
/** As large as that, without the values. */
const sized = (...shape: number[]): Tensor => ({ dtype: "f32", shape, values: new Float32Array(0) });
const cache = (context: number): Tensor => tensor(2, context, 3, 32);
const problem = (given: Partial<ExecProblem>): ExecProblem => ({ mechanism: "linear", phase: "prefill", tensors: qkv, ...given });
const cellOf = (given: Partial<ExecProblem>) => execCell(problem(given), mechanisms, boundless);
const wantedOf = (given: Partial<ExecProblem>) => Object.fromEntries(cellOf(given).wanted.map(({ name, dims }) => [name, dims.map(([, size]) => size)]));

describe("a problem becomes a cell", () => {
  it("of the sizes that its tensors have", () => {
    expect(cellOf({ scale: 0.3, parameters: { chunk: 32 } }).cell).toMatchObject({
      mechanism: "linear",
      phase: "prefill",
      form: "chunk",
      n: 5,
      batch: 2,
      heads: 3,
      kvHeads: 3,
      headDim: 32,
      headDimV: 32,
      scale: 0.3,
      parameters: { featureMap: "identity", normalized: false, chunk: 32 },
    });
    const grouped = { q: tensor(1, 4, 6, 64), k: tensor(1, 4, 2, 64), v: tensor(1, 4, 2, 64) };
    expect(cellOf({ mechanism: "softmax", tensors: grouped }).cell).toMatchObject({ form: "tiled", heads: 6, kvHeads: 2 });
  });

  it("of f16 where q, k and v are and kernels store it, of f32 where they do not, whatever gates and state are", () => {
    const halves = Object.fromEntries(Object.entries(qkv).map(([name, given]) => [name, { ...given, dtype: "f16" as const }]));
    const state = tensor(2, 3, 32, 32);
    const dtypesOn = (f16: boolean) => execCell(problem({ tensors: { ...halves, state } }), mechanisms, { ...boundless, f16 }).cell;
    expect(dtypesOn(true)).toMatchObject({ dtype: "f16", kvDtype: "f16", stateDtype: "f32" });
    expect(dtypesOn(false)).toMatchObject({ dtype: "f32", kvDtype: "f32", stateDtype: "f32" });
    expect(cellOf({ tensors: { ...qkv, state: { ...state, dtype: "f16" } } }).cell).toMatchObject({ dtype: "f32" });
    expect(checkedDtype({ ...halves, state })).toBe("f16");
    expect(checkedDtype({ ...qkv, state: { ...state, dtype: "f16" } })).toBe("f32");
    // What no type of numbers would help is refused as what it is.
    const odd = { q: tensor(1, 5, 3, 10), k: tensor(1, 5, 3, 10), v: tensor(1, 5, 3, 10) };
    const oddHalves = Object.fromEntries(Object.entries(odd).map(([name, given]) => [name, { ...given, dtype: "f16" as const }]));
    expect(() => cellOf({ tensors: oddHalves })).toThrow(/^headDim 10: /);
  });

  it("goes on from a state that prefill is given", () => {
    const state = tensor(2, 3, 32, 32);
    expect(wantedOf({ tensors: { ...qkv, state } })).toMatchObject({ state: [2, 3, 32, 32] });
    expect(cellOf({ tensors: { ...qkv, state } }).cell.parameters).toMatchObject({ initialState: true });
    expect(cellOf({ tensors: qkv }).cell.parameters).toMatchObject({ initialState: false });
    expect(contentsOf(cellOf({ parameters: { initialState: true } }), qkv).state).toEqual(new Float32Array(2 * 3 * 32 * 32));
  });

  it("wants what the mechanism's plan begins with: no gates that are its own, a context of what is given", () => {
    const gates = { g: tensor(2, 5, 3), beta: tensor(2, 5, 3) };
    expect(wantedOf({ mechanism: "gatedDeltaNet", tensors: { ...qkv, ...gates } })).toMatchObject({ g: [2, 5, 3], beta: [2, 5, 3] });
    expect(wantedOf({ mechanism: "gla", tensors: { ...qkv, g: tensor(2, 5, 3, 32) } })).toMatchObject({ g: [2, 5, 3, 32] });
    expect(Object.keys(wantedOf({ mechanism: "retention", phase: "decode", tensors: newest })).sort()).toEqual(["k", "q", "state", "v"]);
    const normalized = { parameters: { featureMap: "elu+1", normalized: true } };
    expect(wantedOf({ phase: "decode", tensors: newest, ...normalized })).toMatchObject({ state: [2, 3, 32, 32], z: [2, 3, 32] });
    const softmax = { mechanism: "softmax", phase: "decode" } as const;
    expect(wantedOf({ ...softmax, tensors: newest })).toMatchObject({ kCache: [2, 0, 3, 32], vCache: [2, 0, 3, 32] });
    const cached = { ...newest, kCache: cache(7), vCache: cache(7) };
    expect(wantedOf({ ...softmax, tensors: cached })).toMatchObject({ kCache: [2, 7, 3, 32] });
    expect(cellOf({ ...softmax, tensors: cached }).cell.n).toBe(7);
  });
});

describe("what buffers begin with", () => {
  it("is what was given, a row of NaN after a cache, zeros for a state that was not, and the mechanism's own gates", () => {
    const cached = { ...newest, kCache: cache(2), vCache: cache(2) };
    const softmax = contentsOf(cellOf({ mechanism: "softmax", phase: "decode", tensors: cached }), cached);
    const row = 3 * 32;
    const [kCache = new Float32Array()] = [softmax.kCache];
    expect(kCache).toHaveLength(2 * 3 * row);
    for (const entry of [0, 1]) {
      expect(kCache.subarray(entry * 3 * row, (entry * 3 + 2) * row)).toEqual(cached.kCache.values.subarray(entry * 2 * row, (entry + 1) * 2 * row));
      expect([...kCache.subarray((entry * 3 + 2) * row, (entry * 3 + 3) * row)].every(Number.isNaN)).toBe(true);
    }
    const retention = contentsOf(cellOf({ mechanism: "retention", phase: "decode", tensors: newest }), newest);
    expect(retention.q).toBe(newest.q.values);
    expect(retention.state).toEqual(new Float32Array(2 * 3 * 32 * 32));
    expect(retention.g).toHaveLength(6);
    expect(retention.g?.[0]).toBeCloseTo(1 - 2 ** -5, 6);
  });
});

describe("a problem that cannot be computed is refused:", () => {
  const g = tensor(2, 5, 3);
  it.each<[string, Partial<ExecProblem>, RegExp]>([
    ["an unknown mechanism", { mechanism: "gatd" }, /^there is no mechanism gatd; accepted are softmax, .*linear, .*; did you mean gated\?$/],
    ["an instrument", { mechanism: "read" }, /^there is no mechanism read/],
    ["a phase that takes no tensors", { phase: "generate" as "decode" }, /^phase generate; accepted are prefill and decode$/],
    ["a form of another phase", { form: "split" }, /^linear has no form split in prefill; accepted: chunk, recurrent, parallel$/],
    ["a misspelt form", { form: "chunks" }, /did you mean chunk\?$/],
    ["a scale that is no number", { scale: Number.NaN }, /^scale NaN; accepted are numbers from/],
    ["a scale without end", { scale: -1e19 }, /^scale -10000000000000000000; accepted/],
    [
      "an unknown parameter",
      { parameters: { chunks: 32 } },
      /^linear has no parameter chunks; accepted are featureMap, normalized, chunk.*; did you mean chunk\?$/,
    ],
    ["a parameter of every object", { parameters: { toString: 1 } }, /^linear has no parameter toString/],
    ["a parameter out of range", { parameters: { chunk: 17 } }, /^linear: chunk is 17; accepted: multiples of 16 from 16 to 256$/],
    ["a parameter of another type", { parameters: { normalized: "true" } }, /^linear: normalized is true; accepted: true or false$/],
    ["parameters that do not go together", { parameters: { normalized: true } }, /^normalized needs featureMap elu\+1/],
    [
      "a scale that cancels",
      { scale: 0.3, parameters: { featureMap: "elu+1", normalized: true } },
      /^scale 0\.3: normalized takes none, since dividing by z·φ\(q\) cancels whatever q is multiplied by; leave the scale out$/,
    ],
    ["no q", { tensors: { k: qkv.k, v: qkv.v } }, /^q is missing: every mechanism takes q, k and v; given: k, v$/],
    ["q of three sizes", { tensors: { ...qkv, q: tensor(5, 3, 32) } }, /^q: shape \[5, 3, 32\]; accepted are four sizes/],
    [
      "k of another batch",
      { tensors: { ...qkv, k: tensor(1, 5, 3, 32) } },
      /^k: shape \[1, 5, 3, 32\]; accepted in this prefill: \[2, 5, 3, 32\] \(batch, token, head, channel\)$/,
    ],
    ["v of other tokens", { tensors: { ...qkv, v: tensor(2, 4, 3, 32) } }, /^v: shape \[2, 4, 3, 32\]; accepted in this prefill: \[2, 5, 3, 32\]/],
    ["k of other channels", { tensors: { ...qkv, k: tensor(2, 5, 3, 64) } }, /^k: shape \[2, 5, 3, 64\]; accepted/],
    [
      "a state where prefill is to begin from none",
      { parameters: { initialState: false }, tensors: { ...qkv, state: tensor(2, 3, 32, 32) } },
      /^state is not taken: linear prefill takes q, k, v$/,
    ],
    ["v of other heads", { tensors: { ...qkv, v: tensor(2, 5, 1, 32) } }, /^v: shape \[2, 5, 1, 32\]; accepted/],
    ["kvHeads that a state per head does not take", { tensors: { ...qkv, k: tensor(2, 5, 1, 32), v: tensor(2, 5, 1, 32) } }, /^kvHeads 1 differs from heads 3/],
    [
      "kvHeads that do not divide heads",
      { mechanism: "softmax", tensors: { ...qkv, k: tensor(2, 5, 2, 32), v: tensor(2, 5, 2, 32) } },
      /^kvHeads 2 does not divide heads 3/,
    ],
    ["a headDim that no kernel takes", { tensors: { q: tensor(1, 5, 3, 10), k: tensor(1, 5, 3, 10), v: tensor(1, 5, 3, 10) } }, /^headDim 10: /],
    ["no tokens", { tensors: { q: tensor(2, 0, 3, 32), k: tensor(2, 0, 3, 32), v: tensor(2, 0, 3, 32) } }, /^n 0 must be at least 1, batch 2/],
    ["two tokens at once in decode", { phase: "decode", tensors: { ...qkv } }, /^q: shape \[2, 5, 3, 32\]; accepted in this decode: \[2, 1, 3, 32\]/],
    ["no gates", { mechanism: "gated" }, /^g \[2, 5, 3\] \(batch, token, head\) is missing: gated prefill takes q, k, v, g/],
    ["gates of heads for channels", { mechanism: "gla", tensors: { ...qkv, g } }, /^g: shape \[2, 5, 3\]; accepted in this prefill: \[2, 5, 3, 32\]/],
    [
      "a cache where prefill writes it",
      { mechanism: "softmax", tensors: { ...qkv, kCache: cache(4) } },
      /^kCache is not taken: softmax prefill takes q, k, v$/,
    ],
    ["gates where there are none", { tensors: { ...qkv, g } }, /^g is not taken: linear prefill takes q, k, v/],
    ["gates of one's own for retention", { mechanism: "retention", tensors: { ...qkv, g } }, /^g is not taken: retention prefill takes q, k, v/],
    [
      "a misspelt tensor",
      { mechanism: "deltaNet", tensors: { ...qkv, Beta: g } },
      /^beta \[2, 5, 3\] .* is missing; Beta is not taken; did you mean beta\?: deltaNet/,
    ],
    [
      "z without normalizing",
      { phase: "decode", tensors: { ...newest, z: tensor(2, 3, 32) } },
      /^z is not taken: linear decode takes q, k, v, and of an earlier call state$/,
    ],
    [
      "a state of another size",
      { phase: "decode", tensors: { ...newest, state: tensor(2, 3, 32, 16) } },
      /^state: shape \[2, 3, 32, 16\]; accepted in this decode: \[2, 3, 32, 32\] \(batch, head, key, value\)$/,
    ],
    [
      "one cache without the other",
      { mechanism: "softmax", phase: "decode", tensors: { ...newest, kCache: cache(4) } },
      /^vCache \[2, 4, 3, 32\] \(batch, context, kvHead, channel\) is missing/,
    ],
    [
      "caches of two lengths",
      { mechanism: "softmax", phase: "decode", tensors: { ...newest, kCache: cache(4), vCache: cache(5) } },
      /^vCache: shape \[2, 5, 3, 32\]; accepted in this decode: \[2, 4, 3, 32\]/,
    ],
    [
      "more tokens than a window keeps",
      { mechanism: "softmax", phase: "decode", parameters: { window: 7 }, tensors: { ...newest, kCache: cache(8), vCache: cache(8) } },
      /^kCache: shape \[2, 8, 3, 32\]; accepted in this decode: \[2, 7, 3, 32\] .*: a window keeps no more, the newest 7 in the order of time$/,
    ],
    [
      "more tokens than a window and its sinks keep",
      { mechanism: "softmax", phase: "decode", parameters: { window: 7, sinks: 2 }, tensors: { ...newest, kCache: cache(20), vCache: cache(20) } },
      /^kCache: .* \[2, 9, 3, 32\] .*: a window keeps no more, the first 2, then the newest 7 in the order of time$/,
    ],
    [
      "caches of a ring of two lengths",
      { mechanism: "softmax", phase: "decode", parameters: { window: 7 }, tensors: { ...newest, kCache: cache(7), vCache: cache(6) } },
      /^vCache: shape \[2, 6, 3, 32\]; accepted in this decode: \[2, 7, 3, 32\] \(batch, context, kvHead, channel\)$/,
    ],
    [
      "more than one message holds",
      { mechanism: "softmax", tensors: { q: sized(1, 65536, 64, 64), k: sized(1, 65536, 64, 64), v: sized(1, 65536, 64, 64) } },
      /^the tensors that go in have 3\.0 GiB in f32; accepted are less than 2 GiB together$/,
    ],
    [
      "more than one answer holds",
      { tensors: { q: sized(256, 1, 64, 256), k: sized(256, 1, 64, 256), v: sized(256, 1, 64, 256) } },
      /^the tensors that come out have 4\.0 GiB in f32; accepted are less than 2 GiB together$/,
    ],
    [
      "a cache of two sizes",
      { mechanism: "softmax", phase: "decode", tensors: { ...newest, kCache: tensor(2, 4), vCache: cache(4) } },
      /^kCache: shape \[2, 4\]; accepted/,
    ],
  ])("%s", (_, given, expected) => {
    expect(() => cellOf(given)).toThrow(Unexecutable);
    expect(() => cellOf(given)).toThrow(expected);
  });

  it.each<[string, Record<string, Tensor>, RegExp]>([
    ["no tensors", {}, /^there are no tensors/],
    ["mixed types", { ...qkv, k: { ...qkv.k, dtype: "f16" } }, /^k is f16 and q f32; accepted are q, k, v and caches of one dtype$/],
    ["a cache of another type", { ...newest, kCache: { ...cache(4), dtype: "f16" }, vCache: cache(4) }, /^kCache is f16 and q f32; accepted/],
    ["another type", { q: { ...qkv.q, dtype: "f64" as "f32" } }, /^q: dtype f64; accepted are f32 and f16$/],
    ["fewer values than the shape has", { q: { ...qkv.q, shape: [2, 5, 3, 33] } }, /^q: 960 values, its shape \[2, 5, 3, 33\] has 990$/],
    ["doubles", { q: { ...qkv.q, values: new Float64Array(960) as unknown as Float32Array } }, /^q: its values are no Float32Array$/],
    [
      "NaN",
      { ...qkv, v: { ...qkv.v, values: qkv.v.values.map((x, i) => (i === 773 ? Number.NaN : x)) } },
      /^v: NaN at \[1, 3, 0, 5\]; accepted are finite values$/,
    ],
    [
      "infinity",
      { ...qkv, q: { ...qkv.q, values: qkv.q.values.map((x, i) => (i === 959 ? Number.NEGATIVE_INFINITY : x)) } },
      /^q: -Infinity at \[1, 4, 2, 31\]; accepted/,
    ],
    [
      "a gate that grows",
      { ...qkv, g: { ...tensor(2, 5, 3), values: new Float32Array(30).fill(0.5, 17, 18) } },
      /^g: 0\.5 at \[1, 0, 2\]; accepted are finite values up to 0, the log of a decay$/,
    ],
  ])("%s", (_, tensors, expected) => {
    expect(() => checkedDtype(tensors)).toThrow(Unexecutable);
    expect(() => checkedDtype(tensors)).toThrow(expected);
  });

  it.each<[string[], RegExp | Record<string, unknown>]>([
    [["chunk=32", "featureMap = elu+1", "normalized=true"], { chunk: 32, featureMap: "elu+1", normalized: true }],
    [["normalized=false"], { normalized: false }],
    [["chunk"], /^--set chunk: no =; accepted is name=value/],
    [["chunk=32", "chunk=64"], /^--set chunk=64: chunk is set twice$/],
    [["chunk=32.0"], /^linear: chunk is 32\.0; accepted: multiples of 16/],
    [["chunk=0x20"], /^linear: chunk is 0x20; accepted/],
    [["chunk=24"], /^linear: chunk is 24; accepted/],
    [["chunk="], /^linear: chunk is ; accepted/],
    [["normalized=yes"], /^linear: normalized is yes; accepted: true or false$/],
    [["featureMap=relu"], /^linear: featureMap is relu; accepted: identity, elu\+1$/],
    [["=3"], /^linear has no parameter ; accepted/],
    [["n=3"], /^linear has no parameter n; accepted/],
  ])("--set %j", (texts, expected) => {
    const [linear] = mechanisms.filter(({ name }) => name === "linear");
    if (!linear) throw new Error("there is no linear attention");
    if (expected instanceof RegExp) expect(() => parsedParameters(linear, texts)).toThrow(expected);
    else expect(parsedParameters(linear, texts)).toEqual(expected);
  });
});
