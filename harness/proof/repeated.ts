import { groupBy } from "../analysis/grouping.ts";
import type { Crossover, Estimate } from "../record/derived.ts";
import type { RunRecord } from "../record/run.ts";

/** How one number came out in several runs of one experiment. */
export interface Repeated {
  readonly of: string;
  /** runs that told it */
  readonly runs: number;
  readonly least: number;
  readonly most: number;
  /** of all ordered pairs of runs, those in which the second one's value lies in the first one's interval; two of one normal error do so in 5 of 6 */
  readonly inside: number;
  readonly pairs: number;
}

const estimatesOf = ({ crossovers, fits }: RunRecord): readonly { readonly of: string; readonly estimate: Estimate }[] => [
  ...crossovers.flatMap((crossover) => (crossover.metric === "time" && crossover.n ? [{ of: `n* of ${nameOf(crossover)}`, estimate: crossover.n }] : [])),
  ...fits.flatMap(({ label, form, metric, series, exponent }) =>
    metric === "time" && exponent ? [{ of: `exponent of ${label} (${form}) ${JSON.stringify(series)}`, estimate: exponent }] : [],
  ),
];

const nameOf = ({ between, series }: Crossover): string => `${between.join(" and ")} ${JSON.stringify(series)}`;

/** n* and exponents of runs of one experiment on one device, each with processes of its own, held against each other. */
export const repeated = (records: readonly RunRecord[]): readonly Repeated[] =>
  [...groupBy(records.flatMap(estimatesOf), ({ of }) => of)].map(([of, group]) => {
    const estimates = group.map(({ estimate }) => estimate);
    const values = estimates.map(({ value }) => value);
    const inside = estimates.flatMap((first, i) => estimates.filter((second, j) => i !== j && first.low <= second.value && second.value <= first.high));
    return {
      of,
      runs: estimates.length,
      least: Math.min(...values),
      most: Math.max(...values),
      inside: inside.length,
      pairs: estimates.length * (estimates.length - 1),
    };
  });
