import { presets } from "../../../kernels/model/presets.ts";
import type { CellRecord, RunRecord } from "../../record/run.ts";
import type { Analysed } from "../answer.ts";
import { bracketed, formatCount, formatShare } from "../format.ts";
import { type Claim, judged } from "./claim.ts";
import { curvesOf, keepsCache, keepsState } from "./curve.ts";
import { noStages, stageCost, stageTime } from "./stage.ts";
import { presetWeights, type Weights, weightsOf } from "./weights.ts";

/** What of a token's time goes where at one length. 1: feed-forward clearly takes more than attention, −1: clearly less. */
interface Split {
  readonly n: number;
  readonly text: string;
  readonly sign: -1 | 0 | 1;
}

const splitOf = (cell: CellRecord): readonly Split[] => {
  const [fed, mixed] = [stageTime(cell, "feedForward"), stageTime(cell, "mix")];
  if (!fed || !mixed) return [];
  const sign = fed.share.low > mixed.share.high ? 1 : fed.share.high < mixed.share.low ? -1 : 0;
  return [
    {
      n: cell.n,
      sign,
      text: `at n = ${formatCount(cell.n)}, ${bracketed(fed.share, formatShare)} of a token goes to feed-forward and ${bracketed(mixed.share, formatShare)} to attention`,
    },
  ];
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
    judge: (record) => {
      const [curve] = curvesOf(record, keepsCache);
      if (!curve) return undefined;
      const splits = curve.cells.flatMap(splitOf);
      const [first, last] = [splits[0], splits.at(-1)];
      const evidence = "stages";
      if (!first || !last) return judged({ held: undefined, measured: `No stage of ${curve.label} was timed.`, would: noStages, evidence });
      // The last length at which feed-forward takes more: from the next on, it takes less.
      const more = splits.findLastIndex(({ sign }) => sign === 1);
      const isLess = splits.every(({ sign }) => sign === -1);
      const isLessLater = more >= 0 && last.sign === -1;
      const from = splits.slice(more + 1).find(({ sign }) => sign === -1);
      return judged({
        held: isLess || isLessLater ? true : splits.every(({ sign }) => sign === 1) ? false : undefined,
        measured: `Of ${curve.label}, ${first.text}${first === last ? "" : `; ${last.text}`}.`,
        corrections: [
          isLessLater &&
            `It is so for long texts alone: at n = ${formatCount(splits[more]?.n ?? 0)} it still takes more than attention, and less from n = ${formatCount(from?.n ?? last.n)} on.`,
        ],
        would: "Longer contexts, or more turns, would tell.",
        evidence,
      });
    },
  },
  {
    id: "S10",
    judge: (record) => {
      const cell = modelCell(record);
      if (!cell) return undefined;
      const weights = weightsOf(cell);
      const evidence = "stages-of";
      if (!weights)
        return judged({
          held: undefined,
          measured: "The parts of the model were not counted.",
          would: "A model whose stages are counted would tell.",
          evidence,
        });
      const full = fullSize(record);
      const share = weights.feedForward / weights.all;
      const isMost = share > 0.5;
      const isLargest = weights.feedForward > othersOf(weights);
      const fullShare = full ? full.weights.feedForward / full.weights.all : undefined;
      return judged({
        held: isMost || isLargest,
        measured: `${formatShare(share)} of the ${formatCount(weights.all)} weights of this model${full && fullShare !== undefined ? `, and ${formatShare(fullShare)} of the ${formatCount(full.weights.all)} of ${full.title} at its full size` : ""}.`,
        corrections: [
          !isMost && "They are the largest part here, and less than half.",
          isMost && fullShare !== undefined && fullShare <= 0.5 && "At its full size they are less than half.",
        ],
        would: "",
        evidence,
      });
    },
  },
  {
    id: "S11",
    judge: (record) => {
      const cell = modelCell(record);
      const fed = cell?.model?.feedForward;
      if (!cell?.model || fed?.kind !== "experts") return undefined;
      const [weights, cost] = [weightsOf(cell), stageCost(cell, "feedForward")];
      const evidence = "stages-of";
      if (!weights || !cost)
        return judged({
          held: undefined,
          measured: "The parts of the model were not counted.",
          would: "A model whose stages are counted would tell.",
          evidence,
        });
      // A multiply-add a weight and token.
      const computed = cost.flops.executed / (2 * cell.batch);
      const used = (weights.all - weights.feedForward + computed) / weights.all;
      const full = fullSize(record);
      const usedOf = ({ all, feedForward, feedForwardActive }: Weights): number => (all - feedForward + feedForwardActive) / all;
      return judged({
        held: computed < weights.feedForward,
        measured: `Each token goes through ${formatCount(fed.active)} of ${formatCount(fed.experts)} experts: ${formatCount(computed)} of ${formatCount(weights.feedForward)} feed-forward weights are computed with, and ${formatShare(used)} of all ${formatCount(weights.all)}${full ? `; ${formatShare(usedOf(full.weights))} of ${full.title} at its full size` : ""}.`,
        corrections: [used > 0.5 && "At this size a token uses more than half of all weights all the same."],
        would: "",
        evidence,
      });
    },
  },
];
