import { type StageName, stageWords } from "../../../kernels/model/stageNames.ts";
import { elementBytes } from "../../../kernels/plan.ts";
import type { CellRecord } from "../../record/run.ts";
import { bracketed, formatBytes, formatCount, formatList, formatMs, formatNumber } from "../format.ts";
import { type Claim, judged } from "./claim.ts";
import { type ClaimCurve, curvesOf, keepsCache, keepsNothing, keepsState } from "./curve.ts";
import { cachedBytes } from "./memoryClaims.ts";
import { ratioOf } from "./slope.ts";
import { noStages, restMs, stageCost, stageTime, wholeMs } from "./stage.ts";

/** Cells of two arms at the n that both have, ascending. */
const shared = (one: ClaimCurve, other: ClaimCurve): readonly (readonly [CellRecord, CellRecord])[] =>
  one.cells.flatMap((cell) => {
    const beside = other.cells.find(({ n }) => n === cell.n);
    return beside ? [[cell, beside] as const] : [];
  });

const isSameWork = (name: StageName, one: CellRecord, other: CellRecord): boolean =>
  JSON.stringify(stageCost(one, name)) === JSON.stringify(stageCost(other, name));

const stages = Object.keys(stageWords) as readonly StageName[];

export const wholeClaims: readonly Claim[] = [
  {
    id: "S12",
    judge: (record) => {
      const [without] = curvesOf(record, keepsNothing);
      const [cached] = curvesOf(record, keepsCache);
      const last = without && cached ? shared(without, cached).at(-1) : undefined;
      const [again, kept] = last?.map(wholeMs) ?? [];
      if (!cached || !last || !again || !kept) return undefined;
      const [, cell] = last;
      const { n, batch, heads, headDim, kvDtype } = cell;
      const layers = cell.model?.layers ?? 1;
      const ratio = ratioOf(again, kept);
      const perToken = cached.bytes?.class === "O(n)" ? cached.bytes.coefficients?.a.value : undefined;
      const keysAndValues = layers * cell.batch * cachedBytes(cell);
      const queries = layers * batch * heads * headDim * elementBytes[kvDtype];
      return judged({
        held: ratio.low > 1 ? true : ratio.high < 1 ? false : undefined,
        measured: `At n = ${formatCount(n)} a token takes ${formatMs(again.value)} with nothing kept and ${formatMs(kept.value)} with a cache: ${bracketed(ratio)} times as long${perToken === undefined ? "" : `. The cache grows by ${formatBytes(perToken)} a token`}.`,
        corrections: [perToken === keysAndValues && `Keys and values are enough: they are all of that, and queries would be ${formatBytes(queries)} more.`],
        would: "A longer context without a cache would tell.",
        evidence: "time",
      });
    },
  },
  {
    id: "S19",
    judge: (record) => {
      const cached = curvesOf(record, keepsCache);
      const linear = curvesOf(record, keepsState);
      const pair = cached.flatMap((one) => linear.flatMap((other) => shared(one, other).at(-1) ?? [])).slice(0, 2);
      const [soft, state] = pair;
      if (!soft || !state) return undefined;
      const counted = stages.filter((name) => stageCost(soft, name) && stageCost(state, name));
      const changed = counted.filter((name) => name !== "mix" && !isSameWork(name, soft, state));
      const ofMixers = changed.filter((name) => name === "project" || name === "norm");
      const [rest, otherRest] = [restMs(soft), restMs(state)];
      const [mixed, otherMixed] = [stageTime(soft, "mix")?.ms, stageTime(state, "mix")?.ms];
      const [whole, otherWhole] = [wholeMs(soft), wholeMs(state)];
      const times =
        rest && otherRest && mixed && otherMixed && whole && otherWhole
          ? ` All but attention takes ${bracketed(rest, formatMs)} with ${soft.label} and ${bracketed(otherRest, formatMs)} with ${state.label} at n = ${formatCount(soft.n)}, so that the whole is ${bracketed(ratioOf(whole, otherWhole))} times as fast where attention alone is ${formatNumber(mixed.value / otherMixed.value)} times.`
          : ` ${noStages}`;
      const words = (names: readonly StageName[]): string => formatList(names.map((name) => stageWords[name]));
      return judged({
        held: counted.length === 0 ? undefined : changed.length === ofMixers.length,
        measured: `FLOPs and bytes of ${words(counted.filter((name) => name !== "mix" && !changed.includes(name))) || "no stage"} are the same in both${changed.length > 0 ? `, those of ${words(changed)} are not` : ""}.${times}`,
        corrections: [
          ofMixers.length > 0 &&
            `What stands around a mixer changes with it: ${formatList(ofMixers.map((name) => `${stageWords[name]} move ${formatNumber((stageCost(state, name)?.leastBytes ?? 0) / (stageCost(soft, name)?.leastBytes ?? 1))} times the bytes`))} (heads that share keys and values, gates, norms of outputs).`,
        ],
        would: "Stages that are counted in both arms would tell.",
        evidence: "stages",
      });
    },
  },
];
