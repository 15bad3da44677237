import { compareRuns } from "../analysis/comparison/comparison.ts";
import { groupBy } from "../analysis/grouping.ts";
import { median } from "../analysis/statistics.ts";
import type { RunRecord } from "../record/run.ts";
import { gateNames, slowerBy } from "./gateJudges.ts";

/** What is told of one experiment's runs of one code that were measured one after another, every one held against every later one. */
export interface RunsApart {
  readonly experiment: string;
  readonly runs: number;
  readonly pairs: number;
  /** by judge: pairs with a cell that is called SLOWER */
  readonly alarms: Readonly<Record<string, number>>;
  /** times of all pairs that have an interval, and of these the ones whose interval holds 1, as nothing changed */
  readonly times: number;
  readonly held: number;
  /** of the typical pair, as a share: below this nothing is told; and the smallest slowdown that its typical cell would have shown */
  readonly noiseFloor: number;
  readonly findable: number;
}

/** `records`: analysed, of one code and one device, in the order in which they were measured. Pure. */
export const runsApart = (records: readonly RunRecord[]): readonly RunsApart[] =>
  [...groupBy(records, ({ experiment }) => experiment.name)].map(([experiment, runs]) => {
    const pairs = runs.flatMap((base, i) => runs.slice(i + 1).map((head) => ({ base, head })));
    const said = pairs.map(slowerBy);
    const comparisons = pairs.map(({ base, head }) => compareRuns(base, head, { strict: true }));
    const ratios = comparisons.flatMap(({ cells }) => cells.flatMap(({ metrics: { time } }) => time.ratio ?? []));
    return {
      experiment,
      runs: runs.length,
      pairs: pairs.length,
      alarms: Object.fromEntries(gateNames.map((name) => [name, said.filter((by) => (by[name] ?? []).length > 0).length])),
      times: ratios.length,
      held: ratios.filter(({ low, high }) => low <= 1 && high >= 1).length,
      noiseFloor: median(comparisons.map(({ limits }) => limits.noiseFloor)),
      findable: median(comparisons.flatMap(({ cells }) => cells.flatMap(({ metrics: { time } }) => time.findable ?? []))),
    };
  });
