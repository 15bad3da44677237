import type { FeedForward } from "../mechanism.ts";

/** What a mixture of experts says of its router. */
export type Routing = Pick<Extract<FeedForward, { readonly kind: "experts" }>, "router" | "routedScale">;

/** How much each of the chosen experts counts, by the scores that their router gives them: numbers that add up to the scale. */
export const sharesOf = (scores: readonly number[], { router, routedScale = 1 }: Routing): readonly number[] => {
  const most = Math.max(...scores);
  const sizes = scores.map((score) => (router === "sigmoid" ? 1 / (1 + Math.exp(-score)) : Math.exp(score - most)));
  const all = sizes.reduce((sum, size) => sum + size, 0);
  return sizes.map((size) => (routedScale * size) / all);
};

/** The experts that a row goes through. */
export interface ChosenExperts {
  readonly chosen: readonly number[];
  /** by how much the last of them was preferred to the best that is not among them, over the size of the scores; Infinity where it is known that these were taken */
  readonly lead: number;
}

/** Root mean square. */
export const sizeOf = (values: Float64Array): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

interface Choosing {
  /** so near that rounding may choose another one */
  readonly leastLead: number;
  /** takes the next expert in the place of the last one chosen */
  readonly swaps: boolean;
  /** those that a device went through, if it told */
  readonly followed: readonly number[] | undefined;
}

/** `active` experts of the largest scores, the first of equal ones; or those that are followed, where rounding may have preferred them. Those of a device that chose otherwise are not followed, so that what comes of them is wrong. */
export const chosenExperts = (scores: Float64Array, active: number, { leastLead, swaps, followed }: Choosing): ChosenExperts => {
  const score = (expert: number | undefined): number => (expert === undefined ? Number.NEGATIVE_INFINITY : (scores[expert] ?? Number.NaN));
  const ranked = Array.from(scores.keys()).sort((one, other) => score(other) - score(one) || one - other);
  const leadOf = (chosen: readonly number[]): number => {
    const taken = new Set(chosen);
    const next = ranked.find((expert) => !taken.has(expert));
    return (Math.min(...chosen.map(score)) - score(next)) / sizeOf(scores);
  };
  const own = ranked.slice(0, active);
  const isSet = followed?.length === active && new Set(followed).size === active && followed.every((expert) => expert < scores.length);
  if (isSet && leadOf(followed) >= -leastLead) return { chosen: followed, lead: Number.POSITIVE_INFINITY };
  return { chosen: swaps ? [...ranked.slice(0, active - 1), ...ranked.slice(active, active + 1)] : own, lead: leadOf(own) };
};
