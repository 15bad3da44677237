import { groupBy } from "../analysis/grouping.ts";
import type { PlannedCell } from "../experiment/experiment.ts";

/** Cells that are measured side by side or not at all: what is told of two of them rests on turns of one process on one machine. */
export type Comparison = readonly PlannedCell[];

/**
 * What all arms that may stand beside each other have in common: n*, hybrids, peers and ratios are of cells of one phase, width, heads and batch. Types (f16 beside f32) and what only some arms have
 * (kvHeads, headDimV, chunk, window) are no part of it, since such arms are compared too; nor is n, along which all curves run.
 */
const problemOf = ({ cell: { phase, dModel, heads, headDim, batch } }: PlannedCell): string => JSON.stringify([phase, dModel, heads, headDim, batch]);

/** Ways to a wider model, and what stays along each: what growth with dModel and with headDim is told of. */
const sweeps = [
  ({ cell: { phase, headDim, batch } }: PlannedCell): string => JSON.stringify(["more heads", phase, headDim, batch]),
  ({ cell: { phase, heads, batch } }: PlannedCell): string => JSON.stringify(["wider heads", phase, heads, batch]),
];

/**
 * The cells of a plan as comparisons, in the plan's order: at least `wanted` of them, as far as there are so many. A problem (all arms, all n) is never cut. The problems of a sweep of heads or
 * headDim stay together, those of the longest sweep first, as long as enough comparisons are left.
 */
export const comparisonsOf = (planned: readonly PlannedCell[], wanted: number): readonly Comparison[] => {
  const problems = [...groupBy(planned, problemOf).values()];
  const firsts = problems.flatMap(([first], at) => (first ? [{ first, at }] : []));
  const lines = sweeps.flatMap((keyOf) => [...groupBy(firsts, ({ first }) => keyOf(first)).values()]).sort((one, other) => other.length - one.length);
  // Each problem begins as a comparison of its own, called by its place; those of a sweep come to be called alike.
  let names = problems.map((_, at) => at);
  for (const line of lines) {
    const joined = new Set(line.flatMap(({ at }) => names[at] ?? []));
    if (new Set(names).size - (joined.size - 1) < wanted) continue;
    const name = Math.min(...joined);
    names = names.map((own) => (joined.has(own) ? name : own));
  }
  const nameOf = new Map(firsts.map(({ first, at }) => [problemOf(first), names[at]]));
  return [...groupBy(planned, (cell) => String(nameOf.get(problemOf(cell)))).values()];
};
