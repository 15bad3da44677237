import { groupBy } from "../analysis/grouping.ts";
import type { PlannedCell } from "../experiment/experiment.ts";

/** Cells that are measured side by side or not at all: what is told of two of them rests on turns of one process on one machine. */
export type Comparison = readonly PlannedCell[];

/**
 * What all arms that may stand beside each other have in common: n*, hybrids, peers and ratios are of cells of one phase, width, heads and batch. Types (f16 beside f32) and what only some arms have
 * (kvHeads, headDimV, chunk, window) are no part of it, since such arms are compared too; nor is n, along which all curves run.
 */
const problemOf = ({ cell: { phase, dModel, heads, headDim, batch } }: PlannedCell): string => JSON.stringify([phase, dModel, heads, headDim, batch]);

/** Sizes that are compared, what stays along each, and how many values a law takes: of dModel and headDim, and where an experiment asks for it (`serving`) of the texts at once. */
const sweeps = [
  { name: "more heads", fittedFrom: 4, keyOf: ({ cell: { phase, headDim, batch } }: PlannedCell): string => JSON.stringify([phase, headDim, batch]) },
  { name: "wider heads", fittedFrom: 4, keyOf: ({ cell: { phase, heads, batch } }: PlannedCell): string => JSON.stringify([phase, heads, batch]) },
  {
    name: "more texts at once",
    fittedFrom: 3,
    keyOf: ({ cell: { phase, dModel, heads, headDim } }: PlannedCell): string => JSON.stringify([phase, dModel, heads, headDim]),
  },
] as const;

/** A problem by its first cell, and its place among the problems. */
interface Problem {
  readonly first: PlannedCell;
  readonly at: number;
}

interface Sweep {
  readonly name: (typeof sweeps)[number]["name"];
  readonly fittedFrom: number;
  readonly problems: readonly Problem[];
}

/** What a plan splits into. */
export interface Split {
  readonly comparisons: readonly Comparison[];
  /** sweeps that a law is told of, and that lie in several comparisons */
  readonly cut: readonly Sweep["name"][];
}

/**
 * The cells of a plan as comparisons, in the plan's order: at least `wanted` of them, as far as there are so many. A problem (all arms, all n) is never cut. The problems of a sweep of heads,
 * headDim or batch stay together, those of the longest sweep first, as long as enough comparisons are left; where there is one n alone, a sweep that is fitted is what the plan compares, and stays whole however many
 * are wanted.
 */
export const comparisonsOf = (planned: readonly PlannedCell[], wanted: number, serves = false): Split => {
  const problems = [...groupBy(planned, problemOf).values()];
  const firsts = problems.flatMap(([first], at) => (first ? [{ first, at }] : []));
  const lines = sweeps
    .flatMap(({ name, fittedFrom, keyOf }): Sweep[] =>
      [...groupBy(firsts, ({ first }) => keyOf(first)).values()].map((problems) => ({ name, fittedFrom, problems })),
    )
    .sort((one, other) => other.problems.length - one.problems.length);
  const isFitted = ({ name, problems, fittedFrom }: Sweep): boolean => problems.length >= fittedFrom && (serves || name !== "more texts at once");
  const hasOneLength = new Set(planned.map(({ cell: { n } }) => n)).size === 1;
  // Each problem begins as a comparison of its own, called by its place; those of a sweep come to be called alike.
  let names = problems.map((_, at) => at);
  for (const line of lines) {
    const joined = new Set(line.problems.flatMap(({ at }) => names[at] ?? []));
    if (!(hasOneLength && isFitted(line)) && new Set(names).size - (joined.size - 1) < wanted) continue;
    const name = Math.min(...joined);
    names = names.map((own) => (joined.has(own) ? name : own));
  }
  const nameOf = new Map(firsts.map(({ first, at }) => [problemOf(first), names[at]]));
  const isCut = ({ problems }: Sweep): boolean => new Set(problems.map(({ at }) => names[at])).size > 1;
  return {
    comparisons: [...groupBy(planned, (cell) => String(nameOf.get(problemOf(cell)))).values()],
    cut: [...new Set(lines.filter((line) => isFitted(line) && isCut(line)).map(({ name }) => name))],
  };
};
