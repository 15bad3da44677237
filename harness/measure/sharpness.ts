import type { Mechanism, Shape, Tensors } from "../../kernels/mechanism.ts";
import { scaleOf } from "../../kernels/scale.ts";
import { CellFailure } from "../device/failure.ts";
import type { Cell } from "../experiment/experiment.ts";
import type { Sharpness } from "../record/run.ts";
import type { WorkerSession } from "./workerSession.ts";

/** What scores are multiplied by, beyond the usual scale. Of a thousand keys two may be nearly as near, which only large factors tell apart. */
const factors = Array.from({ length: 9 }, (_, i) => 4 ** i);

const execLimitMs = 60_000;

/** A longer context says no more, and its reference takes time. */
const longest = 1024;

/** A cache that keeps the keys and values of all tokens: a window's rows go round, by the token's position. */
const keepsAll = (tensors: Tensors): boolean => "kCache" in tensors && "vCache" in tensors && !("position" in tensors);

/**
 * Multiplying scores by β makes softmax attention pick: with β → ∞ its output is the value of the key whose product with the query is largest. In float64, by the
 * mechanism's own reference and the inputs that its kernel is verified with, for the first sequence's heads; undefined where no planned cell can be looked at.
 */
export const sharpnessOf = (cells: readonly Cell[], mechanisms: readonly Mechanism[], seed: number): Sharpness | undefined => {
  const candidates = cells.filter(({ n }) => n <= longest).toSorted((one, other) => other.n - one.n);
  for (const cell of candidates) {
    const mechanism = mechanisms.find(({ name }) => name === cell.mechanism);
    if (mechanism?.family !== "softmax" || cell.phase !== "decode" || cell.runtime !== undefined) continue;
    const tensors = mechanism.inputs(cell, seed);
    if (keepsAll(tensors)) return lookedAt(cell, mechanism, tensors);
  }
  return undefined;
};

/** The same with what the kernel itself computes at each scale, on the worker's device. Unchanged where it fails, or has no output of 32 bits. Rejects with NoAdapter where no worker can be had. */
export const kernelSharpness = async (
  sharpness: Sharpness,
  cells: readonly Cell[],
  mechanisms: readonly Mechanism[],
  session: Pick<WorkerSession, "ask">,
  seed: number,
): Promise<Sharpness> => {
  const cell = cells.find(({ id }) => id === sharpness.cell);
  const mechanism = mechanisms.find(({ name }) => name === cell?.mechanism);
  if (!cell || !mechanism) return sharpness;
  const tensors = mechanism.inputs(cell, seed);
  const values = Array.from({ length: cell.heads }, (_, head) => headOf(cell, tensors, head).value);
  const points: Sharpness["points"][number][] = [];
  try {
    for (const point of sharpness.points) {
      const { buffers } = await session.ask("exec", { cell: { ...cell, scale: point.times * scaleOf(cell) }, tensors }, execLimitMs);
      const { o } = buffers;
      if (!(o instanceof Float32Array)) return sharpness;
      const offs = values.map((value, head) => distance(o.subarray(head * cell.headDimV, (head + 1) * cell.headDimV), value) / Math.hypot(...value));
      points.push({ ...point, kernelOff: Math.max(...offs) });
    }
  } catch (error) {
    if (error instanceof CellFailure) return sharpness;
    throw error;
  }
  return { ...sharpness, points };
};

const lookedAt = (cell: Cell, mechanism: Mechanism, tensors: Tensors): Sharpness => {
  const heads = Array.from({ length: cell.heads }, (_, head) => headOf(cell, tensors, head));
  const points = factors.map((times) => {
    const found = heads.map(({ scores, value, head }) => {
      const scale = times * scaleOf(cell);
      const [row] = mechanism.reference({ ...cell, scale }, tensors, { batch: 0, head, tokens: [0] });
      return { off: distance(row?.values ?? [], value) / Math.hypot(...value), weight: largestWeight(scores, scale) };
    });
    return { times, off: Math.max(...found.map(({ off }) => off)), weight: Math.min(...found.map(({ weight }) => weight)) };
  });
  return { cell: cell.id, heads: heads.length, points };
};

interface Head {
  readonly head: number;
  /** q·k of every key, the newest token's last */
  readonly scores: readonly number[];
  /** of the key with the largest */
  readonly value: readonly number[];
}

const headOf = ({ n, heads, kvHeads, headDim, headDimV }: Shape, tensors: Tensors, head: number): Head => {
  const kvHead = Math.floor(head / (heads / kvHeads));
  /** [token, kvHead, channel]; the newest token's row is not in the cache yet */
  const rowOf = (name: "k" | "v", channels: number, token: number): readonly number[] => {
    const [tensor, row] = token === n ? [tensors[name], 0] : [tensors[`${name}Cache`], token];
    return Array.from(tensor?.subarray((row * kvHeads + kvHead) * channels, (row * kvHeads + kvHead + 1) * channels) ?? []);
  };
  const query = Array.from(tensors.q?.subarray(head * headDim, (head + 1) * headDim) ?? []);
  const scores = Array.from({ length: n + 1 }, (_, token) => dot(query, rowOf("k", headDim, token)));
  const nearest = scores.indexOf(scores.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY));
  return { head, scores, value: rowOf("v", headDimV, nearest) };
};

const dot = (one: readonly number[], other: readonly number[]): number => one.reduce((sum, value, i) => sum + value * (other[i] ?? 0), 0);

const distance = (one: ArrayLike<number>, other: readonly number[]): number => Math.hypot(...other.map((value, i) => (one[i] ?? 0) - value));

const largestWeight = (scores: readonly number[], scale: number): number => {
  const most = scores.reduce((one, other) => Math.max(one, other), Number.NEGATIVE_INFINITY);
  return 1 / scores.reduce((sum, score) => sum + Math.exp(scale * (score - most)), 0);
};
