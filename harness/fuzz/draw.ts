import { uniformStream } from "../../kernels/random.ts";

/** Random choices of one case: the same seed, the same case, on every machine. */
export interface Draw {
  /** a whole number from 0 to below `end` */
  below(end: number): number;
  one<T>(values: readonly [T, ...T[]]): T;
  /** undefined of an empty list */
  any<T>(values: readonly T[]): T | undefined;
  chance(share: number): boolean;
}

export const drawOf = (seed: number, purpose: string): Draw => {
  const uniform = uniformStream(seed, purpose);
  const below = (end: number): number => Math.min(end - 1, Math.floor(uniform() * end));
  return {
    below,
    one: (values) => values[below(values.length)] ?? values[0],
    any: (values) => (values.length === 0 ? undefined : values[below(values.length)]),
    chance: (share) => uniform() < share,
  };
};
