import { tierOf, tiers } from "../../../kernels/offload.ts";
import type { Messages } from "../../messages/messages.ts";
import type { Crossover, Estimate } from "../../record/derived.ts";
import type { CellRecord } from "../../record/run.ts";
import type { Analysed } from "../answer.ts";
import type { Verdict } from "../every.ts";
import { groupBy } from "../grouping.ts";
import { type Moved, movedStates } from "../offload.ts";
import { breakEven } from "../offloadSentences.ts";
import { type Claim, judged } from "./claim.ts";
import { keepsCache } from "./curve.ts";

/** A KV cache in one tier: as measured at its largest n, and where it beats the same cache computed anew. */
interface Tiered {
  readonly label: string;
  readonly longest: Moved;
  readonly crossovers: readonly Crossover[];
  /** does bringing it back take less time than computing it anew, from some length on at least? */
  readonly pays: Verdict;
}

const tieredOf = (record: Analysed): readonly Tiered[] =>
  [...groupBy(movedStates({ ...record, cells: record.cells.filter(keepsCache) }), ({ cell }) => cell.label)].flatMap(([label, states]) => {
    const [first, ...rest] = states;
    if (!first) return [];
    const longest = rest.reduce((most, state) => (state.cell.n > most.cell.n ? state : most), first);
    const crossovers = record.crossovers.filter(({ metric, between }) => metric === "time" && between[1] === label);
    return [{ label, longest, crossovers, pays: anyOf(crossovers.map(paysOf)) }];
  });

const paysOf = ({ outcome, atLatest }: Crossover): Verdict =>
  outcome === "crosses" || outcome === "already" || atLatest !== undefined ? true : outcome === "none" ? false : undefined;

/** True if one is, false if all are not; nothing to ask is undecided. */
const anyOf = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.includes(true) ? true : verdicts.length > 0 && verdicts.every((verdict) => verdict === false) ? false : undefined;

/** Time of a token that waits for its cache over that of one whose cache is there. The parts' intervals, unpaired. */
const timesAsLong = ({ inMs, stepMs }: Moved): Estimate => ({
  value: 1 + inMs.value / stepMs.value,
  low: 1 + inMs.low / stepMs.high,
  high: 1 + inMs.high / stepMs.low,
});

const measuredText = ({ label, longest, crossovers }: Tiered, t: Messages): string => {
  const { cell, bytes, inMs, stepMs, outGbps, inGbps, allLayersMs } = longest;
  return t.claims.found.S14.measured({
    label,
    n: cell.n,
    bytes,
    outGbps,
    inGbps,
    waitMs: inMs.value,
    allLayersMs: allLayersMs?.value,
    stepMs: stepMs.value,
    times: timesAsLong(longest),
    pays: [...new Set(crossovers.map((crossover) => breakEven(crossover, t)))],
  });
};

const wrongOf = ({ cells }: Analysed): readonly CellRecord[] =>
  cells.filter((cell) => keepsCache(cell) && tierOf(cell.form) !== undefined && cell.outcome.status === "failed" && cell.outcome.code === "wrongOutput");

/** From which length on those pay that do so from some length on alone; `perhaps`: from there on at the latest. */
const laterOf = (tiered: readonly Tiered[]) =>
  tiered.flatMap(({ label, crossovers }) =>
    crossovers.flatMap(({ outcome, n, atLatest }) =>
      outcome === "crosses" && n ? [{ label, n: n.value, perhaps: false }] : outcome === "undecided" && atLatest ? [{ label, n: atLatest, perhaps: true }] : [],
    ),
  );

const labelsOf = (tiered: readonly Tiered[]): readonly string[] => tiered.map(({ label }) => label);

export const movedClaims: readonly Claim[] = [
  {
    id: "S14",
    judge: (record, t) => {
      const said = t.claims.found.S14;
      const tiered = tieredOf(record);
      const wrong = wrongOf(record);
      if (tiered.length === 0 && wrong.length === 0) return undefined;
      const never = tiered.filter(({ pays }) => pays === false);
      const waiting = tiered.filter(({ longest: { inMs, stepMs } }) => inMs.low > stepMs.high);
      const later = laterOf(tiered);
      const measured = new Set(tiered.map(({ longest: { cell } }) => tierOf(cell.form)));
      const fromDisk = tiered.filter(({ longest: { cell } }) => tierOf(cell.form) === "disk");
      return judged(t, {
        held: wrong.length > 0 ? false : anyOf(tiered.map(({ pays }) => pays)),
        measured: t.joinSentences([
          ...(wrong.length > 0 ? [said.broken(wrong)] : []),
          ...tiered.map((one) => measuredText(one, t)),
          ...(fromDisk.length > 0 ? [said.fromDisk(fromDisk.every(({ longest: { pastCache } }) => pastCache))] : []),
        ]),
        corrections: [
          ...(tiered.length > 0 ? tiers.filter((tier) => !measured.has(tier)).map((tier) => said.notMoved(tier)) : []),
          later.length > 0 && said.later(later),
          never.length > 0 && said.never(labelsOf(never)),
          waiting.length > 0 && said.waits(labelsOf(waiting)),
        ],
        would: said.would,
        evidence: "offload",
      });
    },
  },
];
