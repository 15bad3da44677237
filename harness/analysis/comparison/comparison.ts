import { en } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import { adapterName } from "../../record/adapterName.ts";
import { type ComparedRun, type Comparison, comparisonVersion, type Limits, type Verdict } from "../../record/comparison.ts";
import type { RunRecord } from "../../record/run.ts";
import { armComparisons } from "./armComparisons.ts";
import { cellComparisons } from "./cellComparisons.ts";
import { comparisonSentences } from "./comparisonSentences.ts";
import { runDifferences } from "./runDifferences.ts";
import { machineShift } from "./runsApart.ts";
import { leastFloor } from "./timeComparison.ts";

export interface CompareOptions {
  /** share that a time must change by to be told; 0.05 unless given */
  readonly threshold?: number;
  /** times of a CPU emulation gate too */
  readonly strict?: boolean;
  /** sentences that go with the answer */
  readonly notes?: readonly Note[];
}

/** As it is, or in any language. */
export type Note = string | ((t: Messages) => string);

export const noteText = (note: Note, t: Messages): string => (typeof note === "string" ? note : note(t));

const falseDiscovery = 0.01;
const defaultThreshold = 0.05;

/**
 * Two runs of one experiment, cell by cell and arm by arm: what became slower, larger, less exact or steeper from base to head. Both must be analysed (analyse()). Runs of one duet are held
 * against each other turn by turn. Differences, notes and findings are in the language of `t`. Pure.
 */
export const compareRuns = (base: RunRecord, head: RunRecord, options: CompareOptions = {}, t: Messages = en): Comparison => {
  const paired = base.duet !== undefined && base.duet.id === head.duet?.id;
  const differences = runDifferences(base, head, t);
  const timesAdvise = differences.length > 0 || (head.environment.deviceClass === "software" && !options.strict);
  const limits: Limits = {
    threshold: options.threshold ?? defaultThreshold,
    noiseFloor: Math.max(leastFloor, paired ? 0 : machineShift(base, head)),
    falseDiscovery,
  };
  const cells = cellComparisons(base, head, limits, paired, !timesAdvise, t);
  const arms = armComparisons(base, head, limits, differences.length === 0, t);
  const notes = (options.notes ?? []).map((note) => noteText(note, t));
  const comparison: Omit<Comparison, "findings"> = {
    schemaVersion: comparisonVersion,
    base: comparedRun(base),
    head: comparedRun(head),
    paired,
    source: head.environment.clock.source,
    ...(notes.length > 0 ? { notes } : {}),
    differences,
    timesAdvise,
    limits,
    cells,
    arms,
    gate: gateOf(cells, arms, differences),
  };
  return { ...comparison, findings: comparisonSentences(comparison, t) };
};

const comparedRun = ({ run, experiment, environment: { attnbench, adapter, deviceClass, kernels }, startedAt }: RunRecord): ComparedRun => ({
  run,
  experiment: experiment.name,
  commit: attnbench.commit,
  dirty: attnbench.dirty,
  version: attnbench.version,
  adapter: adapterName(adapter, deviceClass === "software"),
  startedAt,
  ...(kernels ? { kernels } : {}),
});

const gateOf = (cells: Comparison["cells"], arms: Comparison["arms"], differences: readonly string[]): Comparison["gate"] => {
  const metrics = cells.flatMap((cell) => Object.values(cell.metrics));
  const rows = [...metrics, ...arms];
  const apart = differences.length > 0;
  const worse = rows.some(({ verdict, gates }) => gates && verdict === "SLOWER");
  // An arm that is gone is so for want of its cells.
  const broken = metrics.some(({ verdict, gates }) => gates && verdict === "GONE");
  if (!apart && (worse || broken)) return "fail";
  // Of a failed cell there is nothing to compare, and that is what it was told by.
  if (!cells.some(({ metrics: { time } }) => time.base !== undefined && time.head !== undefined)) return "nothing";
  if (apart) return "off";
  // Of a time that only advises nobody knows what it is worth, and who reads "passed" takes it for known.
  const unknown = (verdict: Verdict): boolean => verdict === "UNDECIDED" || verdict === "SLOWER";
  const open = rows.some(({ verdict, gates }) => gates && verdict === "UNDECIDED") || cells.some(({ metrics: { time } }) => unknown(time.verdict));
  return open || metrics.some(({ open }) => open) ? "undecided" : "pass";
};
