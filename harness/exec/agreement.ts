import { normals, uniformStream } from "../../kernels/random.ts";
import type { ExecSession } from "./exec.ts";
import type { NamedTensors, Tensor } from "./tensor.ts";

/** For tests: one problem of the linear family, computed in several forms, and how far they are from each other. */
export interface Problem {
  readonly mechanism: string;
  readonly batch: number;
  readonly n: number;
  readonly heads: number;
  readonly headDim: number;
  readonly headDimV: number;
  /** what a log decay is on average: −0.8 in measuring */
  readonly gate: number;
  /** three gates in ten are this, and the others near none: after one, what lies between two tokens is little beside how far both have fallen */
  readonly fall?: number;
  /** goes on from a state */
  readonly continued: boolean;
}

const gatesOf: Readonly<Record<string, "token" | "channel">> = { gated: "token", gatedDeltaNet: "token", gla: "channel", kda: "channel" };
const deltaRules: readonly string[] = ["deltaNet", "gatedDeltaNet", "kda"];

const tensor = (values: Float32Array, ...shape: number[]): Tensor => ({ dtype: "f32", shape, values });

/** Tensors of a problem from a seed: q, k, v ~ N(0, 1), k of length 1 and β ~ U(0, 1) under the delta rule, g between 0 and twice its mean, or falls. */
export const problemTensors = ({ mechanism, batch, n, heads, headDim, headDimV, gate, fall, continued }: Problem, seed: number): NamedTensors => {
  const lines = batch * n * heads;
  const k = normals(lines * headDim, seed, "k");
  if (deltaRules.includes(mechanism)) {
    for (let line = 0; line < lines; line++) {
      const row = k.subarray(line * headDim, (line + 1) * headDim);
      const length = Math.hypot(...row);
      for (let i = 0; i < headDim; i++) row[i] = (row[i] ?? 0) / length;
    }
  }
  const uniforms = (count: number, name: string): Float32Array => Float32Array.from({ length: count }, uniformStream(seed, name));
  const gates = gatesOf[mechanism];
  const channels = gates === "channel" ? headDim : 1;
  return {
    q: tensor(normals(lines * headDim, seed, "q"), batch, n, heads, headDim),
    k: tensor(k, batch, n, heads, headDim),
    v: tensor(normals(lines * headDimV, seed, "v"), batch, n, heads, headDimV),
    ...(gates
      ? {
          g: tensor(
            uniforms(lines * channels, "g").map((x) => (fall === undefined ? 2 * gate * x : x < 0.3 ? fall : -0.01 * x)),
            ...[batch, n, heads],
            ...(gates === "channel" ? [headDim] : []),
          ),
        }
      : {}),
    ...(deltaRules.includes(mechanism) ? { beta: tensor(uniforms(lines, "beta"), batch, n, heads) } : {}),
    ...(continued ? { state: tensor(normals(batch * heads * headDim * headDimV, seed, "state"), batch, heads, headDim, headDimV) } : {}),
  };
};

/** One form of a prefill: its name, and the chunk where it has one. */
export interface WayToCompute {
  readonly form: string;
  readonly chunk?: number;
}

/**
 * Largest deviation of `o` and `state` between a form and the recurrent one, over the RMS of the latter as a whole. NaN where either has one.
 */
export const disagreement = async (session: ExecSession, problem: Problem, seed: number, way: WayToCompute): Promise<number> => {
  const tensors = problemTensors(problem, seed);
  const run = async ({ form, chunk }: WayToCompute): Promise<NamedTensors> =>
    (await session.exec({ mechanism: problem.mechanism, phase: "prefill", form, tensors, parameters: chunk === undefined ? {} : { chunk } })).tensors;
  const [expected, got] = [await run({ form: "recurrent" }), await run(way)];
  return Math.max(...["o", "state"].map((name) => deviation(got[name]?.values ?? new Float32Array(), expected[name]?.values ?? new Float32Array())));
};

/** Largest deviation of values from what is expected, over the RMS of the latter. NaN where either has one, or they differ in number. */
export const deviation = (got: Float32Array, expected: Float32Array): number => {
  if (got.length === 0 || got.length !== expected.length) return Number.NaN;
  let squares = 0;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const value = expected[i] ?? Number.NaN;
    squares += value * value;
    const error = Math.abs((got[i] ?? Number.NaN) - value);
    if (!(error <= worst)) worst = error;
  }
  return worst / Math.sqrt(squares / expected.length);
};
