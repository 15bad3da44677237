import { z } from "zod";
import { accepting, wholeNumber } from "./accepted.ts";
import { within } from "./amounts.ts";
import type { Axis, Serving } from "./experiment.ts";
import { type ExperimentPhase, phases } from "./phases.ts";
import type { Draft } from "./problem.ts";
import { sizes } from "./sizes.ts";
import { bytesPattern, parseBytes } from "./units.ts";

/** Phases of one token, of as many texts at once as `batch` says. */
const serves: ReadonlySet<ExperimentPhase> = new Set<ExperimentPhase>(["decode", "tokenLoop"]);
/** Two would be followed by any line, so nothing would show whether time is one. */
const leastBatches = 3;
const mostLengths = 20;
const mostBytes = 2 ** 50;

/** `serving: { memory: 8GiB, n: [4096, 65536] }` */
export const servingSchema = accepting(
  z.strictObject({
    memory: accepting(
      z
        .string()
        .refine((given) => within(parseBytes(given), 1, mostBytes), "not an amount of memory")
        .meta({ pattern: bytesPattern.source }),
      "an amount such as 8GiB or 512MiB",
      "What weights, states and all else may take together.",
    ),
    n: accepting(
      z.array(wholeNumber(1, sizes.n.maximum)).min(1).max(mostLengths),
      `1 to ${mostLengths} different whole numbers`,
      "Tokens that each text has; need not be measured.",
    ),
  }),
  "{ memory: 8GiB, n: [4096, 65536] }",
  "Phases decode and tokenLoop: how many texts fit at once, and how many tokens a second that makes, from a sweep of batch; projected beyond what was measured.",
);

interface File {
  readonly serving?: z.output<typeof servingSchema> | undefined;
}

/** What a file asks of one of its phases; undefined where nothing, or where the phase is of no single tokens. */
export const servingAsked = ({ serving }: File, phase: ExperimentPhase): Serving | undefined =>
  serving && serves.has(phase) ? { memoryBytes: parseBytes(serving.memory) ?? 0, n: [...serving.n].sort((one, other) => one - other) } : undefined;

/** What is wrong with it as a whole: no phase of single tokens, an n twice, too few values of batch. */
export const servingDrafts = ({ serving }: File, own: readonly ExperimentPhase[], axes: Readonly<Record<string, Axis>>): readonly Draft[] => {
  if (serving === undefined) return [];
  const batches = axes.batch && "values" in axes.batch ? axes.batch.values : [];
  const served = own.some((phase) => serves.has(phase));
  return [
    ...(served
      ? []
      : [
          {
            path: ["serving"],
            on: "key",
            message: "without a phase of single tokens",
            given: `phase ${own.join(", ")}`,
            accepted: `serving beside phase ${phases.filter((phase) => serves.has(phase)).join(" or ")}`,
          } as const,
        ]),
    ...serving.n.flatMap((n, index): readonly Draft[] =>
      serving.n.indexOf(n) === index
        ? []
        : [{ path: ["serving", "n", index], on: "value", message: "stands twice", given: String(n), accepted: "each n once" }],
    ),
    // A file of other phases need not sweep batch: its serving has no place at all.
    ...(!served || batches.length >= leastBatches
      ? []
      : [
          {
            path: ["serving"],
            on: "key",
            message: `needs ${leastBatches} values of batch to tell how time grows with it`,
            given: batches.length === 0 ? "no axis batch" : `batch ${batches.join(", ")}`,
            accepted: "an axis such as batch: [1, 2, 4, 8]",
          } as const,
        ]),
  ];
};
