import { describe, expect, test } from "vitest";
import type { Phase, Shape, Tensors } from "../mechanism.ts";
import { normals } from "../random.ts";
import { inputTokens, outputTokens } from "../stream.ts";
import { softmaxInputs } from "./inputs.ts";
import { noCacheInputs } from "./noCacheTruth.ts";
import { softmaxReference } from "./reference.ts";
import { dot } from "./rowRuns.ts";
import { rowOfToken } from "./window.ts";

const shapeOf = (phase: Phase, over: Partial<Shape> = {}, parameters: Shape["parameters"] = {}): Shape => {
  const { heads, headDim } = { heads: 4, headDim: 64, ...over };
  return {
    phase,
    n: 130,
    batch: 2,
    kvHeads: 2,
    headDimV: headDim,
    dtype: "f32",
    kvDtype: "f32",
    stateDtype: "f32",
    parameters,
    ...over,
    heads,
    headDim,
    dModel: heads * headDim,
  };
};

/** The query of a row of o, and the scores of the keys that it sees, largest first; a key that a text sees again counts once. */
interface ScoredRow {
  readonly batch: number;
  readonly token: number;
  readonly head: number;
  readonly loud: boolean;
  readonly scores: readonly number[];
}

const scoredRows = (shape: Shape, seed: number, inputs: Tensors): readonly ScoredRow[] => {
  const { phase, n, batch, heads, kvHeads, headDim, parameters } = shape;
  const [q, k, kCache] = [inputs.q, inputs.k, inputs.kCache].map((tensor) => tensor ?? new Float32Array()) as [Float32Array, Float32Array, Float32Array];
  const drawn = normals(q.length, seed, "q");
  const [tokens, rows] = [inputTokens(shape), outputTokens(shape)];
  const capacity = kCache.length / (batch * kvHeads * headDim);
  const row = (tensor: Float32Array, line: number): Float32Array => tensor.subarray(line * headDim, (line + 1) * headDim);
  return Array.from({ length: batch * rows * heads }, (_, line) => {
    const [entry, token, head] = [Math.floor(line / (rows * heads)), Math.floor(line / heads) % rows, line % heads];
    const kvHead = Math.floor(head / (heads / kvHeads));
    const oldest = Math.max(0, token + 1 - Number(parameters.window ?? n));
    const keys =
      phase === "decode"
        ? Array.from({ length: capacity }, (_, at) =>
            at === rowOfToken(shape, n) ? row(k, entry * kvHeads + kvHead) : row(kCache, (entry * capacity + at) * kvHeads + kvHead),
          )
        : Array.from({ length: token + 1 - oldest }, (_, at) => row(k, (entry * tokens + ((oldest + at) % tokens)) * kvHeads + kvHead));
    const queryLine = (entry * tokens + (token % tokens)) * heads + head;
    const query = row(q, queryLine);
    const scores = [...new Set(keys.map((key) => dot(query, key) / Math.sqrt(headDim)))].sort((a, b) => b - a);
    return { batch: entry, token, head, loud: query.some((x, c) => x !== drawn[queryLine * headDim + c]), scores };
  });
};

const settings: readonly (readonly [Phase, Partial<Shape>, Shape["parameters"]])[] = [
  ["prefill", {}, {}],
  ["prefill", { kvDtype: "f16" }, { window: 30, sinks: 3 }],
  ["decode", {}, {}],
  ["decode", { kvDtype: "f16" }, { window: 30, sinks: 3 }],
  ["generate", {}, {}],
  ["generate", {}, { window: 30 }],
];

describe.each(settings)("in %s with %j %j", (phase, over, parameters) => {
  test("some rows score 256 at a key that they see, those with one key −256, and the rest nowhere near it", () => {
    for (const headDim of [40, 64, 256]) {
      const shape = shapeOf(phase, { headDim, batch: phase === "decode" ? 6 : 1, ...over }, parameters);
      const rows = scoredRows(shape, 1, softmaxInputs(shape, 1));
      const loud = rows.filter((row) => row.loud);
      expect(loud.length / rows.length).toBeGreaterThan(headDim === 40 ? 0.2 : 0.3);
      expect(loud.length / rows.length).toBeLessThan(0.4);
      for (const { scores } of loud) expect(scores[0]).toBeCloseTo(scores.length === 1 && phase !== "generate" ? -256 : 256, 3);
      for (const { scores } of rows.filter((row) => !row.loud)) expect(Math.max(...scores.map(Math.abs))).toBeLessThan(12);
      // What e^x cannot hold, should a kernel subtract any other score.
      const beyond = loud.filter(({ scores }) => (scores[0] ?? 0) - (scores[1] ?? 0) > 88.73);
      expect(beyond.length).toBeGreaterThan(0.9 * loud.length);
    }
  });

  // A weight of 2^-24 and less beside the largest: no rounding of scores can be seen.
  test("no other key shares a loud row, however few its channels", () => {
    for (const headDim of [16, 20, 32, 40]) {
      for (let seed = 1; seed <= 4; seed++) {
        const shape = shapeOf(phase, { headDim, batch: 1, ...over }, parameters);
        for (const { loud, scores } of scoredRows(shape, seed, softmaxInputs(shape, seed))) {
          if (loud && scores.length > 1) expect((scores[0] ?? 0) - (scores[1] ?? 0)).toBeGreaterThan(24 * Math.LN2);
        }
      }
    }
  });
});

test("loud rows are a value of their own, to the last bit of f32", () => {
  const shape = shapeOf("prefill", { n: 200, batch: 1 });
  const inputs = softmaxInputs(shape, 3);
  const v = inputs.v as Float32Array;
  const loud = scoredRows(shape, 3, inputs).filter((row) => row.loud);
  for (const { batch, token, head } of loud) {
    const [row] = softmaxReference(shape, inputs, { batch, head, tokens: [token] });
    const value = Array.from(row?.values ?? [], Math.fround);
    const own = Array.from({ length: token + 1 }, (_, j) => Array.from(v.subarray((j * 2 + (head >> 1)) * 64, (j * 2 + (head >> 1) + 1) * 64)));
    expect(own).toContainEqual(value);
  }
});

test("every head has loud rows at every position in a tile; the only head of a decode is not loud", () => {
  const shape = shapeOf("prefill", { n: 256, batch: 1 });
  const loud = scoredRows(shape, 1, softmaxInputs(shape, 1)).filter((row) => row.loud);
  expect(new Set(loud.map(({ head, token }) => `${head} ${token % 64}`)).size).toBe(4 * 64);
  const alone = shapeOf("decode", { batch: 1, heads: 1, kvHeads: 1 });
  expect(softmaxInputs(alone, 1).q).toEqual(normals(64, 1, "q"));
});

test("the first key and the last one have a quarter of the loud rows each", () => {
  const shape = shapeOf("decode", { batch: 400, n: 20 });
  const { q, k, kCache } = softmaxInputs(shape, 1) as Record<"q" | "k" | "kCache", Float32Array>;
  const scoreAt = (line: number, keys: Float32Array, row: number): number =>
    dot(q.subarray(line * 64, (line + 1) * 64), keys.subarray(row * 64, (row + 1) * 64)) / 8;
  const lines = Array.from({ length: 400 * 4 }, (_, line) => line).filter((line) => (Math.floor(line / 4) + (line % 4)) % 3 === 1);
  const share = (keys: Float32Array, rows: number): number =>
    lines.filter((line) => scoreAt(line, keys, Math.floor(line / 4) * rows * 2 + ((line % 4) >> 1)) > 255).length / lines.length;
  // A quarter, and a twenty-first of the other half, give or take 0.06: three standard deviations.
  for (const found of [share(kCache, 21), share(k, 1)]) expect(Math.abs(found - 0.274)).toBeLessThan(0.06);
});

test("without a cache the keys are those that the hidden states give", () => {
  const shape = shapeOf("decode", { n: 20 });
  const inputs = noCacheInputs(shape, 1);
  const [q, x, wK, hidden] = [inputs.q, inputs.x, inputs.wK, inputs.hidden] as [Float32Array, Float32Array, Float32Array, Float32Array];
  const states = Array.from({ length: 21 }, (_, token) => (token === 20 ? x.subarray(256, 512) : hidden.subarray((21 + token) * 256, (22 + token) * 256)));
  // Batch entry 1, head 3, which is of kvHead 1.
  const scores = states.map((state) => {
    const key = Array.from({ length: 64 }, (_, c) => state.reduce((sum, value, line) => sum + value * (wK[line * 128 + 64 + c] ?? Number.NaN), 0));
    return dot(q.subarray(7 * 64, 8 * 64), key) / 8;
  });
  expect(Math.max(...scores)).toBeCloseTo(256, 3);
});
