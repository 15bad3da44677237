import type { PlanBuffer, Ring } from "../../kernels/mechanism.ts";

/**
 * A cache comes and goes with its tokens in the order of time, sinks first, whatever the order of the buffer's rows. So its shape says all that a decode has to know: of a ring that is full the
 * first token behind the sinks goes, of one that is not none does, and the newest comes last.
 */

/** A buffer whose rows are tokens, [blocks, capacity, elements]. */
export interface CacheRows {
  readonly blocks: number;
  readonly capacity: number;
  /** of one row */
  readonly elements: number;
  /** undefined where the rows are in the order of their tokens, and there is room for the newest */
  readonly ring: Ring | undefined;
}

/** Undefined of a buffer without a capacity. */
export const cacheRows = ({ dims, ring }: PlanBuffer): CacheRows | undefined => {
  const at = dims.findIndex(([name]) => name === "capacity");
  const capacity = dims[at]?.[1];
  if (capacity === undefined) return undefined;
  const product = (some: PlanBuffer["dims"]): number => some.reduce((total, [, size]) => total * size, 1);
  return { blocks: product(dims.slice(0, at)), capacity, elements: product(dims.slice(at + 1)), ring };
};

/** Rows of the buffer in the order of their tokens, the newest token's last. */
const rowsInTime = ({ capacity, ring }: CacheRows): readonly number[] => {
  const { sinks, newest } = ring ?? { sinks: 0, newest: capacity - 1 };
  return Array.from({ length: capacity }, (_, i) => (i < sinks ? i : sinks + ((newest + 1 - sinks + (i - sinks)) % (capacity - sinks))));
};

/** The tokens of a buffer in the order of time, [blocks, capacity, elements]. */
export const inTime = (buffer: Float32Array, rows: CacheRows): Float32Array => {
  const { blocks, capacity, elements } = rows;
  const tokens = new Float32Array(blocks * capacity * elements);
  for (let block = 0; block < blocks; block++)
    for (const [i, row] of rowsInTime(rows).entries()) copyRow(buffer, block * capacity + row, tokens, block * capacity + i, elements);
  return tokens;
};

/** A buffer with `context` tokens, [blocks, context, elements] in the order of time, as decode's steps find it: NaN in the row of the newest token, which they write. */
export const withRoom = (tokens: Float32Array, context: number, rows: CacheRows): Float32Array => {
  const { blocks, capacity, elements, ring } = rows;
  const buffer = new Float32Array(blocks * capacity * elements).fill(Number.NaN);
  const gone = ring && context === capacity ? ring.sinks : capacity;
  for (let block = 0; block < blocks; block++)
    for (const [i, row] of rowsInTime(rows).slice(0, -1).entries())
      copyRow(tokens, block * context + (i < gone ? i : i + 1), buffer, block * capacity + row, elements);
  return buffer;
};

const copyRow = (from: Float32Array, fromRow: number, to: Float32Array, toRow: number, elements: number): void =>
  to.set(from.subarray(fromRow * elements, (fromRow + 1) * elements), toRow * elements);
