import { tierOf } from "../../../kernels/offload.ts";
import type { Crossover, Estimate } from "../../record/derived.ts";
import type { CellRecord } from "../../record/run.ts";
import type { Analysed } from "../answer.ts";
import type { Verdict } from "../every.ts";
import { bracketed, formatBytes, formatCount, formatList, formatMs } from "../format.ts";
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

const measuredText = ({ label, longest, crossovers }: Tiered): string => {
  const { cell, bytes, inMs, stepMs, outGbps, inGbps, allLayersMs } = longest;
  const layers = allLayersMs === undefined ? "" : ` (${formatMs(allLayersMs.value)} for all layers)`;
  const against = crossovers.length === 0 ? "it was not computed anew beside that" : `that takes less time than computing it anew ${evenText(crossovers)}`;
  return `With ${label} at n = ${formatCount(cell.n)}, ${formatBytes(bytes)} leave at ${bracketed(outGbps)} GB/s and come back at ${bracketed(inGbps)} GB/s, and a token waits ${formatMs(inMs.value)}${layers} for a step of ${formatMs(stepMs.value)}, ${bracketed(timesAsLong(longest))} times as long in all; ${against}.`;
};

const evenText = (crossovers: readonly Crossover[]): string => formatList([...new Set(crossovers.map((crossover) => breakEven(crossover)))]);

const wrongOf = ({ cells }: Analysed): readonly CellRecord[] =>
  cells.filter((cell) => keepsCache(cell) && tierOf(cell.form) !== undefined && cell.outcome.status === "failed" && cell.outcome.code === "wrongOutput");

/** "shorter ones are computed anew sooner" of those that pay from some length on alone. */
const laterText = (tiered: readonly Tiered[]): string | undefined => {
  const later = tiered.flatMap(({ label, crossovers }) =>
    crossovers.flatMap(({ outcome, n, atLatest }) =>
      outcome === "crosses" && n
        ? [`below n = ${formatCount(n.value)} (${label})`]
        : outcome === "undecided" && atLatest
          ? [`perhaps below n = ${formatCount(atLatest)} (${label})`]
          : [],
    ),
  );
  return later.length === 0 ? undefined : `It is so for long caches: short ones are computed anew sooner, ${formatList(later)}.`;
};

export const movedClaims: readonly Claim[] = [
  {
    id: "S14",
    judge: (record) => {
      const tiered = tieredOf(record);
      const wrong = wrongOf(record);
      if (tiered.length === 0 && wrong.length === 0) return undefined;
      const never = tiered.filter(({ pays }) => pays === false);
      const waiting = tiered.filter(({ longest: { inMs, stepMs } }) => inMs.low > stepMs.high);
      const broken =
        wrong.length > 0 ? `Other bytes came back than went out: ${formatList(wrong.map(({ label, n }) => `${label} at n = ${formatCount(n)}`))}.` : "";
      return judged({
        held: wrong.length > 0 ? false : anyOf(tiered.map(({ pays }) => pays)),
        measured: [broken, ...tiered.map(measuredText)].filter((text) => text !== "").join(" "),
        corrections: [
          laterText(tiered),
          never.length > 0 && `Not from everywhere: ${formatList(never.map(({ label }) => label))} takes longer than computing anew at every n measured.`,
          waiting.length > 0 &&
            `It is for texts that pause: with ${formatList(waiting.map(({ label }) => label))} a token waits longer for its cache than its step takes.`,
        ],
        would: "The same cache computed anew (form recompute) at more lengths, or more turns, would tell whether it pays.",
        evidence: "offload",
      });
    },
  },
];
