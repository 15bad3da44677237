import { routerWeights } from "../../../kernels/model/modelShape.ts";
import { type Preset, presets } from "../../../kernels/model/presets.ts";
import { elementBytes } from "../../../kernels/plan.ts";
import type { Estimate } from "../../record/derived.ts";
import type { CellRecord, RunRecord } from "../../record/run.ts";
import type { Analysed } from "../answer.ts";
import { leastSeconds } from "../summary.ts";
import { type Claim, judged } from "./claim.ts";
import { curvesOf, keepsCache, keepsState } from "./curve.ts";
import { usual } from "./later.ts";
import { stageCost, stageTime } from "./stage.ts";
import { evenReads, presetWeights, type Weights, weightsOf } from "./weights.ts";

/** What of a token's time goes where at one length. −1: feed-forward takes clearly less than half of what attention does, 1: clearly more than that. */
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
  const sign = 2 * fed.share.high < mixed.share.low ? -1 : 2 * fed.share.low > mixed.share.high ? 1 : 0;
  return [{ n: cell.n, sign, feedForward: fed.share, attention: mixed.share }];
};

/** A cell of the model itself: with a cache where there is one. */
const modelCell = (record: Analysed): CellRecord | undefined => [...curvesOf(record, keepsCache), ...curvesOf(record, keepsState)][0]?.cells[0];

/** The published model that a run's is the shape of, at its full size. */
interface FullSize {
  readonly title: string;
  readonly weights: Weights;
  /** all its layers are counted as softmax attention, and some are not */
  readonly isHybrid: boolean;
  /** n at which softmax attention takes as many FLOPs of one token as feed-forward does */
  readonly evenAt: number;
  /** n from which on feed-forward takes less than half of what softmax attention does */
  readonly littleFrom: number;
  /** the run's model is narrower */
  readonly isShrunken: boolean;
  /** n at which one text's keys and values are as many as the weights that a token uses */
  readonly evenReads: number;
}

const fullSize = ({ experiment: { model } }: Pick<RunRecord, "experiment">, width = 0): FullSize | undefined => {
  if (model?.preset === undefined) return undefined;
  const preset: Preset = presets[model.preset];
  const weights = presetWeights(preset);
  // A multiply-add a weight, and for each position one of q·k and one of the value, each headDim wide in every head.
  const ofPosition = 2 * preset.heads * preset.headDim;
  const evenAt = weights.feedForwardActive / preset.model.layers / ofPosition;
  return {
    title: preset.title,
    weights,
    isHybrid: preset.model.pattern !== undefined,
    evenAt,
    littleFrom: 2 * evenAt,
    isShrunken: width < preset.model.width,
    evenReads: evenReads(preset),
  };
};

/** The least that so many weights can take a cell's tokens, by what the run measured that its device reads and computes; undefined without that. */
const throughAllMs = ({ ceilings }: Pick<RunRecord, "ceilings">, cell: CellRecord, weights: number): number | undefined => {
  if (!cell.prepared) return undefined;
  const flops = 2 * cell.batch * weights;
  const least = leastSeconds(
    { ...cell, prepared: { ...cell.prepared, flops: { useful: flops, executed: flops }, leastBytes: weights * elementBytes[cell.dtype] } },
    ceilings,
  );
  return least && 1000 * least.seconds;
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
      // The last length at which it is not little: from the next on, it is.
      const more = splits.findLastIndex(({ sign }) => sign === 1);
      const isLittle = splits.every(({ sign }) => sign === -1);
      const isLittleLater = more >= 0 && last.sign === -1;
      const from = splits.slice(more + 1).find(({ sign }) => sign === -1);
      const full = fullSize(record, curve.cells[0]?.model?.width);
      // A text of a few tokens is none that anybody asks about.
      const isMore = last.sign === 1 && last.n >= usual;
      // Weights shrink with the square of a model's width and attention with the width: what was measured of a small model decides here, and what is so of the large one stands beside it.
      return judged(t, {
        held: isLittle || isLittleLater ? true : isMore ? false : undefined,
        measured: t.joinSentences([
          said.measured(curve.label, first === last ? [first] : [first, last]),
          ...(full ? [said.fullSize(full.title, full.evenAt, full.evenReads)] : []),
        ]),
        counted: [
          isLittleLater && said.longAlone(splits[more]?.n ?? 0, from?.n ?? last.n),
          full?.isShrunken && said.ofShrunken(full.title, full.evenAt, full.littleFrom),
        ],
        would: last.sign === 1 ? said.short(last.n, usual) : said.would,
        evidence,
        numbers: full && { evenAt: full.evenAt, littleFrom: full.littleFrom, evenReads: full.evenReads },
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
      const shareOf = ({ feedForward, all }: Weights): number => feedForward / all;
      const isLargest = (of: Weights): boolean => of.feedForward > othersOf(of);
      const isMost = shareOf(weights) > 0.5;
      const isMostAtFullSize = full === undefined ? undefined : shareOf(full.weights) > 0.5;
      // By the weights that were allocated: of a model scaled down tables of words shrink least, and what is so at its full size is told beside the verdict.
      return judged(t, {
        held: isMost || isLargest(weights),
        measured: said.measured(
          { share: shareOf(weights), all: weights.all },
          full && { share: shareOf(full.weights), all: full.weights.all, title: full.title, isHybrid: full.isHybrid },
        ),
        corrections: [!isMost && said.largest, isMost && isMostAtFullSize === false && said.fullSize],
        would: "",
        evidence,
      });
    },
  },
  {
    id: "S11",
    judge: (record, t) => {
      const { S11: said, noStages, notCounted, wouldCount } = t.claims.found;
      const cell = modelCell(record);
      const fed = cell?.model?.feedForward;
      if (!cell?.model || fed?.kind !== "experts" || (cell.model.firstDense?.layers ?? 0) >= cell.model.layers) return undefined;
      const [weights, cost] = [weightsOf(cell), stageCost(cell, "feedForward")];
      const evidence = "stages-of";
      if (!weights || !cost) return judged(t, { held: undefined, measured: notCounted, would: wouldCount, evidence });
      // A multiply-add a weight and token.
      const computed = cost.flops.useful / (2 * cell.batch);
      const used = (weights.all - weights.feedForward + computed) / weights.all;
      const full = fullSize(record);
      const [ms, leastMs] = [stageTime(cell, "feedForward")?.ms, throughAllMs(record, cell, weights.feedForward - routerWeights(cell.model))];
      const timed = ms && leastMs !== undefined ? { ms, leastMs } : undefined;
      const usedOf = ({ all, feedForward, feedForwardActive }: Weights): number => (all - feedForward + feedForwardActive) / all;
      // A token that uses most of its experts is no sparse model's. Of others counts are the shape's own: that kernels pass over the rest shows in a time too short to go through all.
      const isSparse = 2 * fed.active <= fed.experts;
      return judged(t, {
        held: isSparse ? (timed && timed.ms.high < timed.leastMs ? true : undefined) : false,
        byCounts: isSparse,
        measured: said.measured({
          active: fed.active,
          experts: fed.experts,
          computed,
          feedForward: weights.feedForward,
          own: { share: used, all: weights.all },
          full: full && { share: usedOf(full.weights), title: full.title },
          timed,
        }),
        corrections: [used > 0.5 && said.overHalf],
        would: timed ? said.would : noStages,
        evidence,
      });
    },
  },
];
