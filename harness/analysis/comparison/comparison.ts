import { adapterName } from "../../record/adapterName.ts";
import { type ComparedRun, type Comparison, comparisonVersion, type Limits } from "../../record/comparison.ts";
import type { RunRecord } from "../../record/run.ts";
import { median } from "../statistics.ts";
import { armComparisons } from "./armComparisons.ts";
import { cellComparisons } from "./cellComparisons.ts";
import { comparisonSentences } from "./comparisonSentences.ts";
import { runDifferences } from "./runDifferences.ts";

export interface CompareOptions {
  /** share that a time must change by to be told; 0.05 unless given */
  readonly threshold?: number;
  /** times of a CPU emulation gate too */
  readonly strict?: boolean;
}

/** Ratios nearer to 1 are not told of any machine. */
const leastFloor = 0.01;
const falseDiscovery = 0.01;
const defaultThreshold = 0.05;

/**
 * Two runs of one experiment, cell by cell and arm by arm: what became slower, larger, less exact or steeper from base to head. Both must be analysed (analyse()). Runs of one duet are held
 * against each other turn by turn. Pure.
 */
export const compareRuns = (base: RunRecord, head: RunRecord, options: CompareOptions = {}): Comparison => {
  const paired = base.duet !== undefined && base.duet.id === head.duet?.id;
  const differences = runDifferences(base, head);
  const timesAdvise = differences.length > 0 || (head.environment.deviceClass === "software" && !options.strict);
  const limits: Limits = {
    threshold: options.threshold ?? defaultThreshold,
    noiseFloor: Math.max(leastFloor, paired ? 0 : sentinelApart(base, head)),
    falseDiscovery,
  };
  const cells = cellComparisons(base, head, limits, paired, !timesAdvise);
  const arms = armComparisons(base, head, limits, differences.length === 0);
  const comparison: Omit<Comparison, "findings"> = {
    schemaVersion: comparisonVersion,
    base: comparedRun(base),
    head: comparedRun(head),
    paired,
    source: head.environment.clock.source,
    differences,
    timesAdvise,
    limits,
    cells,
    arms,
    gate: gateOf(cells, arms, differences),
  };
  return { ...comparison, findings: comparisonSentences(comparison) };
};

const comparedRun = ({ run, experiment, environment: { attnbench, adapter, deviceClass }, startedAt }: RunRecord): ComparedRun => ({
  run,
  experiment: experiment.name,
  commit: attnbench.commit,
  dirty: attnbench.dirty,
  version: attnbench.version,
  adapter: adapterName(adapter, deviceClass === "software"),
  startedAt,
});

/** By how much the one kernel that is always the same took longer in one of the runs: that much is the machine's, and nothing below it is told. */
const sentinelApart = (base: RunRecord, head: RunRecord): number => {
  const of = ({ sentinel = [] }: RunRecord): number => median(sentinel.flatMap(({ beforeMs, afterMs }) => [beforeMs, afterMs]));
  const ratio = Math.abs(Math.log(of(head) / of(base)));
  return Number.isFinite(ratio) ? Math.expm1(ratio) : 0;
};

const gateOf = (cells: Comparison["cells"], arms: Comparison["arms"], differences: readonly string[]): Comparison["gate"] => {
  const metrics = cells.flatMap((cell) => Object.values(cell.metrics));
  const rows = [...metrics, ...arms];
  const worse = rows.some(({ verdict, gates }) => gates && verdict === "SLOWER");
  // An arm that is gone is so for want of its cells.
  const broken = metrics.some(({ verdict, gates }) => gates && verdict === "GONE");
  if (differences.length === 0 && (worse || broken)) return "fail";
  // Of a failed cell there is nothing to compare, and that is what it was told by.
  if (!cells.some(({ metrics: { time } }) => time.base !== undefined && time.head !== undefined)) return "nothing";
  return rows.some(({ verdict, gates }) => gates && verdict === "UNDECIDED") ? "undecided" : "pass";
};
