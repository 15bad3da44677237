import { presets } from "../../../kernels/model/presets.ts";
import type { Estimate } from "../../record/derived.ts";
import type { CellRecord, RunRecord } from "../../record/run.ts";
import type { Analysed } from "../answer.ts";
import { type Claim, judged } from "./claim.ts";
import { curvesOf, keepsCache, keepsState } from "./curve.ts";
import { stageCost, stageTime } from "./stage.ts";
import { presetWeights, type Weights, weightsOf } from "./weights.ts";

/** What of a token's time goes where at one length. 1: feed-forward clearly takes more than attention, −1: clearly less. */
interface Split {
  readonly n: number;
  /** shares of the time */
  readonly feedForward: Estimate;
  readonly attention: Estimate;
  readonly sign: -1 | 0 | 1;
}

const splitOf = (cell: CellRecord): readonly Split[] => {
  const [fed, mixed] = [stageTime(cell, "feedForward"), stageTime(cell, "mix")];
  if (!fed || !mixed) return [];
  const sign = fed.share.low > mixed.share.high ? 1 : fed.share.high < mixed.share.low ? -1 : 0;
  return [{ n: cell.n, sign, feedForward: fed.share, attention: mixed.share }];
};

/** A cell of the model itself: with a cache where there is one. */
const modelCell = (record: Analysed): CellRecord | undefined => [...curvesOf(record, keepsCache), ...curvesOf(record, keepsState)][0]?.cells[0];

/** The published model that a run's is the shape of, at its full size. */
const fullSize = ({ experiment: { model } }: Pick<RunRecord, "experiment">): { readonly title: string; readonly weights: Weights } | undefined => {
  if (model?.preset === undefined) return undefined;
  const preset = presets[model.preset];
  return { title: preset.title, weights: presetWeights(preset) };
};

/** The largest of a model's parts, each with its weights. */
const othersOf = ({ all, feedForward, vocabulary }: Weights): number => Math.max(vocabulary, all - feedForward - vocabulary);

export const feedForwardClaims: readonly Claim[] = [
  {
    id: "S9",
    judge: (record, t) => {
      const { S9: said, noStages } = t.claims.found;
      const [curve] = curvesOf(record, keepsCache);
      if (!curve) return undefined;
      const splits = curve.cells.flatMap(splitOf);
      const [first, last] = [splits[0], splits.at(-1)];
      const evidence = "stages";
      if (!first || !last) return judged(t, { held: undefined, measured: said.notTimed(curve.label), would: noStages, evidence });
      // The last length at which feed-forward takes more: from the next on, it takes less.
      const more = splits.findLastIndex(({ sign }) => sign === 1);
      const isLess = splits.every(({ sign }) => sign === -1);
      const isLessLater = more >= 0 && last.sign === -1;
      const from = splits.slice(more + 1).find(({ sign }) => sign === -1);
      return judged(t, {
        held: isLess || isLessLater ? true : splits.every(({ sign }) => sign === 1) ? false : undefined,
        measured: said.measured(curve.label, first === last ? [first] : [first, last]),
        corrections: [isLessLater && said.longAlone(splits[more]?.n ?? 0, from?.n ?? last.n)],
        would: said.would,
        evidence,
      });
    },
  },
  {
    id: "S10",
    judge: (record, t) => {
      const { S10: said, notCounted, wouldCount } = t.claims.found;
      const cell = modelCell(record);
      if (!cell) return undefined;
      const weights = weightsOf(cell);
      const evidence = "stages-of";
      if (!weights) return judged(t, { held: undefined, measured: notCounted, would: wouldCount, evidence });
      const full = fullSize(record);
      const share = weights.feedForward / weights.all;
      const isMost = share > 0.5;
      const isLargest = weights.feedForward > othersOf(weights);
      const fullShare = full ? full.weights.feedForward / full.weights.all : undefined;
      return judged(t, {
        held: isMost || isLargest,
        measured: said.measured(
          { share, all: weights.all },
          full && fullShare !== undefined ? { share: fullShare, all: full.weights.all, title: full.title } : undefined,
        ),
        corrections: [!isMost && said.largest, isMost && fullShare !== undefined && fullShare <= 0.5 && said.fullSize],
        would: "",
        evidence,
      });
    },
  },
  {
    id: "S11",
    judge: (record, t) => {
      const { S11: said, notCounted, wouldCount } = t.claims.found;
      const cell = modelCell(record);
      const fed = cell?.model?.feedForward;
      if (!cell?.model || fed?.kind !== "experts") return undefined;
      const [weights, cost] = [weightsOf(cell), stageCost(cell, "feedForward")];
      const evidence = "stages-of";
      if (!weights || !cost) return judged(t, { held: undefined, measured: notCounted, would: wouldCount, evidence });
      // A multiply-add a weight and token.
      const computed = cost.flops.executed / (2 * cell.batch);
      const used = (weights.all - weights.feedForward + computed) / weights.all;
      const full = fullSize(record);
      const usedOf = ({ all, feedForward, feedForwardActive }: Weights): number => (all - feedForward + feedForwardActive) / all;
      return judged(t, {
        held: computed < weights.feedForward,
        measured: said.measured({
          active: fed.active,
          experts: fed.experts,
          computed,
          feedForward: weights.feedForward,
          own: { share: used, all: weights.all },
          full: full && { share: usedOf(full.weights), title: full.title },
        }),
        corrections: [used > 0.5 && said.overHalf],
        would: "",
        evidence,
      });
    },
  },
];
