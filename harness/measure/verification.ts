import type { ExpectedRow, Mechanism, PlanBuffer, Shape, Tensors } from "../../kernels/mechanism.ts";
import { elementCount } from "../../kernels/plan.ts";
import { CellFailure } from "../device/failure.ts";

/** What a verified cell was found to be off by: the largest error of a row relative to that row's RMS, and how many rows were looked at. */
export interface Verified {
  readonly maxError: number;
  readonly tolerance: number;
  readonly rows: number;
}

/** One head of one batch entry, and the tokens whose output rows are compared. */
export interface Sample {
  readonly batch: number;
  readonly head: number;
  readonly tokens: readonly number[];
}

/** Reads a buffer of the program back to the host. */
export type ReadBuffer = (name: string) => Promise<Float32Array | Uint32Array>;

const unitRoundoff = { f32: 2 ** -24, f16: 2 ** -11 };

/**
 * The largest error a right kernel may show, relative to a row's RMS. A sum of m rounded terms errs by about u·√m (random walk of
 * rounding errors, Higham, Accuracy and Stability, §2.8), m = n + headDim; 64 covers exp, division, the row maximum over headDim
 * values and the state's longer chains.
 */
export const tolerance = (shape: Shape): number => 64 * unitRoundoff[shape.dtype] * Math.sqrt(shape.n + shape.headDim);

/** Multiply-adds that the reference of one head may take. */
const costPerHead = 2 ** 24;

/**
 * Heads and tokens to compare: the first and last head of the first and last batch entry, and one between; tokens at both ends, on both
 * sides of 16, 64, 256, … (tile edges), the rest spread by the golden ratio over all positions within a tile. All of them where n is small.
 */
export const verificationSamples = (shape: Shape): readonly Sample[] => {
  const tokens = shape.phase === "decode" ? [0] : sampledTokens(shape.n, tokenBudget(shape));
  const last = { batch: shape.batch - 1, head: shape.heads - 1 };
  const heads = [{ batch: 0, head: 0 }, last, { batch: 0, head: Math.min(1, last.head) }, { batch: last.batch, head: last.head >> 1 }];
  const unique = new Map(heads.map((at) => [`${at.batch}/${at.head}`, at]));
  return [...unique.values()].slice(0, shape.n > 4096 ? 2 : 4).map((at) => ({ ...at, tokens }));
};

const fewestTokens = 32;

const tokenBudget = (shape: Shape): number =>
  Math.max(fewestTokens, Math.min(shape.n, Math.floor(costPerHead / (2 * shape.n * (shape.headDim + shape.headDimV)))));

const sampledTokens = (n: number, budget: number): number[] => {
  if (budget >= n) return Array.from({ length: n }, (_, token) => token);
  const chosen = new Set<number>([0, 1, n - 2, n - 1]);
  // Powers of four: 7 pairs reach a hundred thousand, and every tile size in use has its edges at multiples of one of them.
  for (let edge = 16; edge < n; edge *= 4) for (const token of [edge - 1, edge]) chosen.add(token);
  for (let i = 1; chosen.size < budget; i++) chosen.add(Math.floor(((i * 0.6180339887498949) % 1) * n));
  return [...chosen].sort((a, b) => a - b);
};

/**
 * Compare what the device wrote with the reference. Every output and every buffer that a reference row names is scanned for NaN in full.
 * Throws CellFailure wrongOutput with the first wrong index, its value and the reference's.
 */
export const verify = async (mechanism: Mechanism, shape: Shape, buffers: readonly PlanBuffer[], tensors: Tensors, read: ReadBuffer): Promise<Verified> => {
  const limit = tolerance(shape);
  // Samples of one batch entry may name the same rows, a cache that its heads share: once is enough.
  const rows = verificationSamples(shape).flatMap((at) => mechanism.reference(shape, tensors, at));
  const expected = [...new Map(rows.map((row) => [`${row.buffer} ${row.offset} ${row.values.length}`, row])).values()];
  const names = new Set([...buffers.filter((buffer) => buffer.role === "output").map((buffer) => buffer.name), ...expected.map((row) => row.buffer)]);
  let maxError = 0;
  for (const name of names) {
    const buffer = buffers.find((candidate) => candidate.name === name);
    if (!buffer) throw new Error(`the reference of ${mechanism.name} names buffer ${name}, which its plan does not allocate`);
    const values = await read(name);
    if (buffer.dtype === "f32") scanForNaN(buffer, values.subarray(0, elementCount(buffer)));
    for (const row of expected) if (row.buffer === name) maxError = Math.max(maxError, rowError(buffer, values, row, limit));
  }
  return { maxError, tolerance: limit, rows: expected.length };
};

const scanForNaN = (buffer: PlanBuffer, values: Float32Array | Uint32Array): void => {
  let index = 0;
  // A loop and not findIndex: caches have tens of millions of values.
  while (index < values.length && !Number.isNaN(values[index])) index++;
  if (index === values.length) return;
  throw new CellFailure("wrongOutput", `${position(buffer, index)} is NaN: never written, or computed from something that was not`);
};

const rowError = (buffer: PlanBuffer, values: Float32Array | Uint32Array, row: ExpectedRow, limit: number): number => {
  let squares = 0;
  for (const value of row.values) squares += value * value;
  const rms = Math.sqrt(squares / row.values.length);
  // A row of zeros has no scale of its own: the smallest normal f32 stands in, so that anything but zero is wrong.
  const scale = Math.max(rms, 2 ** -126);
  let worst = 0;
  for (let i = 0; i < row.values.length; i++) {
    const reference = row.values[i] ?? Number.NaN;
    const value = values[row.offset + i];
    if (value === undefined) throw new Error(`the reference of ${buffer.name} reaches element ${row.offset + i} of ${values.length}`);
    const error = Math.abs(value - reference) / scale;
    if (!(error <= limit)) {
      throw new CellFailure(
        "wrongOutput",
        `${position(buffer, row.offset + i)} is ${value}, the float64 reference ${reference}: off by ${error.toExponential(1)} of the row's RMS, ${limit.toExponential(1)} is allowed`,
      );
    }
    worst = Math.max(worst, error);
  }
  return worst;
};

/** "o[batch 0, token 63, head 2, channel 5]" from a flat index. */
export const position = (buffer: PlanBuffer, index: number): string => {
  const parts: string[] = [];
  let rest = index;
  for (const [name, size] of [...buffer.dims].reverse()) {
    parts.unshift(`${name} ${rest % size}`);
    rest = Math.floor(rest / size);
  }
  return `${buffer.name}[${parts.join(", ")}]`;
};
