import type { ElementType, ExpectedRow, Mechanism, PlanBuffer, Shape, Tensors } from "../../kernels/mechanism.ts";
import { elementCount } from "../../kernels/plan.ts";
import { tolerance } from "../../kernels/tolerance.ts";
import { CellFailure } from "../device/failure.ts";

/** What a verified cell was found to be off by: the largest error of an element relative to its row's size, what was allowed of that one, and how many rows were looked at. */
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

/**
 * By how much a computed `value` may be off for lying in a buffer: in f32 by nothing beyond the above. In f16 WGSL lets a device round to either neighbour,
 * which is 2⁻¹⁰ of what was computed away at most, and 2⁻²⁴ below 2⁻¹⁴, where f16 has fewer bits; and there it may take a number for zero. Inputs cost
 * nothing: they are drawn as their buffer holds them.
 */
export const storageError = (dtype: ElementType, value: number, reference: number): number => {
  if (dtype !== "f16") return 0;
  return value === 0 ? 2 ** -14 : Math.max(2 ** -10 * Math.abs(reference), 2 ** -24);
};

/** Multiply-adds that the reference of one head may take. */
const costPerHead = 2 ** 24;

/**
 * Heads and tokens to compare: every head of every batch entry where all of their tokens cost no more than four large heads may; else the first and last
 * head of the first and last batch entry, and one between. Of tokens the first 256, which are every
 * position within the tiles and chunks in use (up to 256 rows); the last eight, in a tile that may be cut short; both sides of 64, 256, 1024, …; and a
 * spread over the rest that differs from head to head. All of them where n is small.
 */
export const verificationSamples = (shape: Shape): readonly Sample[] => {
  const budget = tokenBudget(shape);
  const tokensOf = (sample: number): number[] => (shape.phase === "decode" ? [0] : sampledTokens(shape.n, budget, sample));
  if (costOfAll(shape) <= mostHeads * costPerHead) {
    return Array.from({ length: shape.batch * shape.heads }, (_, i) => ({ batch: Math.floor(i / shape.heads), head: i % shape.heads, tokens: tokensOf(i) }));
  }
  const last = { batch: shape.batch - 1, head: shape.heads - 1 };
  const heads = [{ batch: 0, head: 0 }, last, { batch: 0, head: Math.min(1, last.head) }, { batch: last.batch, head: last.head >> 1 }];
  const unique = new Map(heads.map((at) => [`${at.batch}/${at.head}`, at]));
  return [...unique.values()].slice(0, shape.n > 4096 ? 2 : mostHeads).map((at, i) => ({ ...at, tokens: tokensOf(i) }));
};

/** Heads that are compared where they are large. */
const mostHeads = 4;

/** Multiply-adds of the reference for every token of every head: rows of a context of n, or of a state. */
const costOfAll = ({ phase, n, batch, heads, headDim, headDimV }: Shape): number =>
  2 * batch * heads * (phase === "decode" ? 1 : n) * Math.max(n, headDim) * (headDim + headDimV);

/** Beyond the first ones. */
const fewestTokens = 32;
/** Causal rows near the beginning cost little: all of the largest tile or chunk that a kernel may work by. */
const firstTokens = 256;
const lastTokens = 8;

const tokenBudget = (shape: Shape): number =>
  Math.max(fewestTokens, Math.min(shape.n, Math.floor(costPerHead / (2 * shape.n * (shape.headDim + shape.headDimV)))));

/** `sample`: of which head, so that each looks elsewhere. */
const sampledTokens = (n: number, budget: number, sample: number): number[] => {
  if (Math.max(budget, firstTokens + lastTokens) >= n) return Array.from({ length: n }, (_, token) => token);
  const chosen = new Set<number>(Array.from({ length: firstTokens }, (_, token) => token));
  for (let token = n - lastTokens; token < n; token++) chosen.add(token);
  for (let edge = 64; edge < n; edge *= 4) for (const token of [edge - 1, edge]) chosen.add(token);
  const wanted = Math.min(n, chosen.size + budget);
  for (let i = 1; chosen.size < wanted; i++) chosen.add(Math.floor((((4 * i + sample) * 0.6180339887498949) % 1) * n));
  return [...chosen].sort((a, b) => a - b);
};

/** Expected rows of all samples. Samples of one batch entry may name the same rows, a cache that its heads share: each is there once. */
export const expectedRows = (mechanism: Mechanism, shape: Shape, tensors: Tensors): readonly ExpectedRow[] => {
  const rows = verificationSamples(shape).flatMap((at) => mechanism.reference(shape, tensors, at));
  return [...new Map(rows.map((row) => [`${row.buffer} ${row.offset} ${row.values.length}`, row])).values()];
};

/**
 * Compare what the device wrote with `expected`, the reference's rows (expectedRows() unless given), and where it is not that, with what a correct kernel may have computed as well. Every output and every buffer that a reference row names is scanned for NaN in
 * full. Throws CellFailure wrongOutput with the first wrong index, its value and the reference's.
 */
export const verify = async (
  mechanism: Mechanism,
  shape: Shape,
  buffers: readonly PlanBuffer[],
  tensors: Tensors,
  read: ReadBuffer,
  expected = expectedRows(mechanism, shape, tensors),
): Promise<Verified> => {
  const limit = tolerance(shape, mechanism.rounding?.(shape));
  try {
    return await compared(mechanism, expected, limit, buffers, read);
  } catch (error) {
    if (!(error instanceof CellFailure)) throw error;
    for (const others of mechanism.alternatives?.(shape, tensors) ?? []) {
      const verified = await compared(mechanism, others, limit, buffers, read).catch(unlessWrong);
      if (verified) return verified;
    }
    throw error;
  }
};

const unlessWrong = (error: unknown): undefined => {
  if (!(error instanceof CellFailure)) throw error;
  return undefined;
};

const compared = async (
  { name: mechanism }: Mechanism,
  expected: readonly ExpectedRow[],
  limit: number,
  buffers: readonly PlanBuffer[],
  read: ReadBuffer,
): Promise<Verified> => {
  const names = new Set([...buffers.filter((buffer) => buffer.role === "output").map((buffer) => buffer.name), ...expected.map((row) => row.buffer)]);
  let worst: ElementError = { error: 0, allowed: limit };
  for (const name of names) {
    const buffer = buffers.find((candidate) => candidate.name === name);
    if (!buffer) throw new Error(`the reference of ${mechanism} names buffer ${name}, which its plan does not allocate`);
    const values = await read(name);
    if (buffer.dtype !== "u32") scanForNaN(buffer, values.subarray(0, elementCount(buffer)));
    for (const row of expected) if (row.buffer === name) worst = larger(worst, rowError(buffer, values, row, limit));
  }
  return { maxError: worst.error, tolerance: worst.allowed, rows: expected.length };
};

const scanForNaN = (buffer: PlanBuffer, values: Float32Array | Uint32Array): void => {
  let index = 0;
  // A loop and not findIndex: caches have tens of millions of values.
  while (index < values.length && !Number.isNaN(values[index])) index++;
  if (index === values.length) return;
  throw new CellFailure("wrongOutput", `${position(buffer, index)} is NaN: never written, or computed from something that was not`);
};

/** How far an element is off, and how far it may be, relative to its row's size. */
interface ElementError {
  readonly error: number;
  readonly allowed: number;
}

const larger = (one: ElementError, other: ElementError): ElementError => (other.error > one.error ? other : one);

/** The largest error of a row's elements. Throws CellFailure wrongOutput. */
const rowError = (buffer: PlanBuffer, values: Float32Array | Uint32Array, row: ExpectedRow, limit: number): ElementError => {
  let squares = 0;
  for (const value of row.values) squares += value * value;
  const rms = Math.sqrt(squares / row.values.length);
  // A row of zeros has no scale of its own: the smallest normal f32 stands in, so that anything but zero is wrong.
  const scale = Math.max(rms, row.size ?? 0, 2 ** -126);
  // A copy is not rounded.
  const stored = row.values instanceof Float64Array ? buffer.dtype : "f32";
  let worst: ElementError = { error: 0, allowed: limit };
  for (let i = 0; i < row.values.length; i++) {
    const reference = row.values[i] ?? Number.NaN;
    const value = values[row.offset + i];
    if (value === undefined) throw new Error(`the reference of ${buffer.name} reaches element ${row.offset + i} of ${values.length}`);
    const error = Math.abs(value - reference) / scale;
    // Whole numbers are counted, and not rounded.
    const allowed = buffer.dtype === "u32" ? 0 : limit + storageError(stored, value, reference) / scale;
    if (!(error <= allowed)) {
      throw new CellFailure(
        "wrongOutput",
        `${position(buffer, row.offset + i)} is ${value}, the float64 reference ${reference}: off by ${error.toExponential(1)} of the row's size, ${allowed.toExponential(1)} is allowed`,
      );
    }
    worst = larger(worst, { error, allowed });
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
