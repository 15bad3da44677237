import type { Plan } from "../../kernels/mechanism.ts";

/** A tensor that a problem brings. */
export interface Wanted {
  readonly name: string;
  /** named sizes, slowest first, as the problem brings them: `context` is one less than the capacity of the buffer, which has room for the newest token */
  readonly dims: readonly (readonly [name: string, size: number])[];
  /** handed back under the same name: from call to call, and absent at the first. Then it is all zeros, or of no context. */
  readonly carried: boolean;
}

/** The tensors that a plan's buffers begin with, but for those that belong to the mechanism itself. */
export const wantedTensors = ({ buffers }: Plan): readonly Wanted[] => {
  const states = new Set(buffers.flatMap(({ name, role }) => (role === "state" ? [name] : [])));
  const wanted = buffers.flatMap(({ dims, init, fixed }): Wanted[] =>
    typeof init === "object" && !fixed
      ? [
          {
            name: init.tensor,
            carried: states.has(init.tensor),
            dims: dims.map(([name, size]) => (name === "capacity" ? ["context", size - 1] : [name, size])),
          },
        ]
      : [],
  );
  return [...new Map(wanted.map((tensor) => [tensor.name, tensor])).values()];
};

/** Position of `context` among a tensor's sizes; −1 without one. */
export const contextPosition = ({ dims }: Wanted): number => dims.findIndex(([name]) => name === "context");
