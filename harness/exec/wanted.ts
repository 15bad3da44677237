import type { Plan, PlanBuffer } from "../../kernels/mechanism.ts";
import { type CacheRows, cacheRows } from "./cacheRows.ts";

/** A tensor that a problem brings. */
export interface Wanted {
  readonly name: string;
  /** named sizes, slowest first, as the problem brings them: `context` in the place of the buffer's capacity, which has room for the newest token, and in a ring that is full the oldest one's */
  readonly dims: readonly (readonly [name: string, size: number])[];
  /** handed back under the same name: from call to call, and absent at the first. Then it is all zeros, or of no context. */
  readonly carried: boolean;
  /** of a cache: its buffer's rows */
  readonly rows?: CacheRows | undefined;
}

/** The tensors that a plan's buffers begin with, but for those that belong to the mechanism itself. `n` is the shape's: in decode the context. */
export const wantedTensors = ({ buffers }: Plan, n: number): readonly Wanted[] => {
  const states = new Set(buffers.flatMap(({ name, role }) => (role === "state" ? [name] : [])));
  const wanted = buffers.flatMap((buffer): Wanted[] => {
    const { dims, init, fixed } = buffer;
    if (typeof init !== "object" || fixed) return [];
    return [
      {
        name: init.tensor,
        carried: states.has(init.tensor),
        dims: dims.map(([name, size]) => (name === "capacity" ? ["context", contextIn(buffer, size, n)] : [name, size])),
        rows: cacheRows(buffer),
      },
    ];
  });
  return [...new Map(wanted.map((tensor) => [tensor.name, tensor])).values()];
};

/** Tokens that are given of a cache of `capacity` rows: all that a ring holds where it is full, else all but the newest. */
const contextIn = ({ ring }: PlanBuffer, capacity: number, n: number): number => (ring && n >= capacity ? capacity : capacity - 1);

/** Position of `context` among a tensor's sizes; −1 without one. */
export const contextPosition = ({ dims }: Wanted): number => dims.findIndex(([name]) => name === "context");
