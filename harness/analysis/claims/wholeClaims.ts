import { type StageName, stageWords } from "../../../kernels/model/stageNames.ts";
import { elementBytes } from "../../../kernels/plan.ts";
import type { CellRecord } from "../../record/run.ts";
import { every, type Verdict } from "../every.ts";
import { sameShape } from "../series.ts";
import { type Claim, judged } from "./claim.ts";
import { type ClaimCurve, curvesOf, keepsCache, keepsNothing, keepsState } from "./curve.ts";
import { cachedBytes } from "./memoryClaims.ts";
import { ratioOf } from "./slope.ts";
import { restMs, stageCost, stageTime, sumOf, wholeMs } from "./stage.ts";

/** Cells of two arms at the n that both have, ascending; none of arms of unlike shapes. */
const shared = (one: ClaimCurve, other: ClaimCurve): readonly (readonly [CellRecord, CellRecord])[] =>
  one.cells.flatMap((cell) => {
    const beside = sameShape(one.key, other.key) ? other.cells.find(({ n }) => n === cell.n) : undefined;
    return beside ? [[cell, beside] as const] : [];
  });

/** The same mixer of as many heads, windows and all: what is kept is all that sets one cell apart from the other. */
const mixesAlike = ([one, other]: readonly [CellRecord, CellRecord]): boolean =>
  one.mechanism === other.mechanism &&
  one.model?.pattern === undefined &&
  one.kvHeads === other.kvHeads &&
  JSON.stringify(one.parameters) === JSON.stringify(other.parameters);

const isSameWork = (name: StageName, one: CellRecord, other: CellRecord): boolean =>
  JSON.stringify(stageCost(one, name)) === JSON.stringify(stageCost(other, name));

/** Times of stages of the same work that differ by more are no longer the same. */
const alike = 1.25;

/** Do these stages together take two cells about as long; undefined where their intervals leave it open, or none was timed. */
const takesAsLong = (names: readonly StageName[], one: CellRecord, other: CellRecord): Verdict => {
  const [times, otherTimes] = [one, other].map((cell) => names.flatMap((name) => stageTime(cell, name)?.ms ?? []));
  if (!times || !otherTimes || times.length === 0 || times.length !== otherTimes.length) return undefined;
  const { low, high } = ratioOf(sumOf(times), sumOf(otherTimes));
  if (low >= 1 / alike && high <= alike) return true;
  return low > alike || high < 1 / alike ? false : undefined;
};

const stages = Object.keys(stageWords) as readonly StageName[];

/** Stages that a mixer's heads, gates and positions change. */
const aroundMixers: ReadonlySet<StageName> = new Set<StageName>(["norm", "project", "rotate", "output"]);

export const wholeClaims: readonly Claim[] = [
  {
    id: "S12",
    judge: (record, t) => {
      const said = t.claims.found.S12;
      const without = curvesOf(record, keepsNothing);
      const [found] = curvesOf(record, keepsCache).flatMap((curve) =>
        without.flatMap((one) => {
          const pairs = shared(one, curve).filter(mixesAlike);
          const [first, last] = [pairs[0], pairs.at(-1)];
          return first && last ? [{ cached: curve, first, last }] : [];
        }),
      );
      if (!found) return undefined;
      const { cached, first, last } = found;
      const [again, kept] = last.map(wholeMs);
      if (!again || !kept) return undefined;
      const [, cell] = last;
      const { n, batch, heads, headDim, kvDtype } = cell;
      const layers = cell.model?.layers ?? 1;
      const ratio = ratioOf(again, kept);
      const [flopsAgain, flopsKept] = last.map(({ prepared }) => prepared?.flops.useful);
      const byFlops = flopsAgain && flopsKept ? flopsAgain / flopsKept : undefined;
      const [shortAgain, shortKept] = first.map(wholeMs);
      const short = first[1].n < n && shortAgain && shortKept ? { n: first[1].n, ratio: ratioOf(shortAgain, shortKept) } : undefined;
      const perToken = cached.bytes?.class === "O(n)" ? cached.bytes.coefficients?.a.value : undefined;
      const keysAndValues = layers * cell.batch * cachedBytes(cell);
      // Of the cache as it is at one length, where no law over several is known: it has room for the newest token or not.
      const isOfThese = perToken === undefined ? [n, n + 1].includes((cell.stateBytes ?? 0) / keysAndValues) : perToken === keysAndValues;
      const queries = layers * batch * heads * headDim * elementBytes[kvDtype];
      return judged(t, {
        held: ratio.low > 1 ? true : ratio.high < 1 ? false : undefined,
        byCounts: byFlops === undefined ? undefined : byFlops > 1,
        measured: said.measured(n, again.value, kept.value, ratio, byFlops, short, perToken),
        counted: [isOfThese && said.enough(queries)],
        would: said.would,
        evidence: "time",
      });
    },
  },
  {
    id: "S19",
    judge: (record, t) => {
      const { S19: said, noStages } = t.claims.found;
      const cached = curvesOf(record, keepsCache);
      const linear = curvesOf(record, keepsState);
      const pair = cached.flatMap((one) => linear.flatMap((other) => shared(one, other).at(-1) ?? [])).slice(0, 2);
      const [soft, state] = pair;
      if (!soft || !state) return undefined;
      const counted = stages.filter((name) => stageCost(soft, name) && stageCost(state, name));
      const changed = counted.filter((name) => name !== "mix" && !isSameWork(name, soft, state));
      const ofMixers = changed.filter((name) => aroundMixers.has(name));
      const aloneIn = (one: CellRecord, other: CellRecord): readonly StageName[] =>
        counted.length === 0 ? [] : stages.filter((name) => name !== "mix" && stageCost(one, name) && !stageCost(other, name));
      const lacking = [
        { label: soft.label, stages: aloneIn(soft, state) },
        { label: state.label, stages: aloneIn(state, soft) },
      ].filter((one) => one.stages.length > 0);
      const lacksOthers = lacking.some((one) => one.stages.some((name) => !aroundMixers.has(name)));
      const moved = ofMixers.filter((name) => (stageCost(soft, name)?.leastBytes ?? 0) > 0);
      const [rest, otherRest] = [restMs(soft), restMs(state)];
      const [mixed, otherMixed] = [stageTime(soft, "mix")?.ms, stageTime(state, "mix")?.ms];
      const [whole, otherWhole] = [wholeMs(soft), wholeMs(state)];
      const times =
        rest && otherRest && mixed && otherMixed && whole && otherWhole
          ? said.timed(
              soft.n,
              [
                { label: soft.label, ms: rest },
                { label: state.label, ms: otherRest },
              ],
              ratioOf(whole, otherWhole),
              mixed.value / otherMixed.value,
            )
          : noStages;
      const same = counted.filter((name) => name !== "mix" && !changed.includes(name));
      const isRestAlike = counted.length === 0 ? undefined : changed.length === ofMixers.length && !lacksOthers;
      const bytesOf = (cell: CellRecord, stage: StageName, otherwise: number): number => stageCost(cell, stage)?.leastBytes ?? otherwise;
      return judged(t, {
        held: every([isRestAlike, takesAsLong(same, soft, state)]),
        byCounts: isRestAlike,
        measured: t.joinSentences([said.counted(same, changed, lacksOthers ? lacking : []), times]),
        counted: [
          moved.length > 0 && said.around(moved.map((stage) => ({ stage, times: bytesOf(state, stage, 0) / bytesOf(soft, stage, 1) }))),
          lacking.length > 0 && said.alone(lacking),
        ],
        would: said.would,
        evidence: "stages",
      });
    },
  },
];
