import { elementBytes } from "../../../kernels/plan.ts";
import type { Estimate } from "../../record/derived.ts";
import type { CellRecord } from "../../record/run.ts";
import { every } from "../every.ts";
import { bracketed, formatBytes, formatCount, formatNumber, formatShare } from "../format.ts";
import { bytesGrowth } from "../stateBytes.ts";
import { type Claim, judged } from "./claim.ts";
import { curvesOf, keepsCache, keepsNothing } from "./curve.ts";
import { hasOrder, slopeBetween } from "./slope.ts";
import { noStages, stageCost, stageTime } from "./stage.ts";
import { weightsOf } from "./weights.ts";

/** Slope of a stage's time between the shortest and the longest context. */
const slopeOf = (cells: readonly CellRecord[], stage: "embed" | "project", sizeOf: (cell: CellRecord) => number) => {
  const timed = cells.flatMap((cell) => {
    const time = stageTime(cell, stage);
    return time ? [{ x: sizeOf(cell), y: time.ms }] : [];
  });
  const [first, last] = [timed[0], timed.at(-1)];
  return first && last && slopeBetween(first, last);
};

/** base to a power that is not known to the digit */
const power = (base: number, { value, low, high }: Estimate): Estimate => ({ value: base ** value, low: base ** low, high: base ** high });

const costsOf = (cells: readonly CellRecord[], stage: "embed" | "project") =>
  cells.flatMap((cell) => {
    const cost = stageCost(cell, stage);
    return cost ? [{ cell, cost }] : [];
  });

export const inputClaims: readonly Claim[] = [
  {
    id: "S3",
    judge: (record) => {
      const [curve] = curvesOf(record, keepsCache);
      const costs = costsOf(curve?.cells ?? [], "embed");
      const [first] = costs;
      if (!curve || !first) return undefined;
      const { cell } = first;
      const row = cell.batch * (cell.model?.width ?? 0) * elementBytes[cell.dtype];
      const looksUp = costs.every(({ cost }) => cost.leastBytes === row && cost.flops.executed === 0);
      const slope = slopeOf(curve.cells, "embed", ({ n }) => n);
      const isFlat = hasOrder(slope, 0);
      const share = stageTime(curve.cells.at(-1) ?? cell, "embed")?.share;
      const weights = weightsOf(cell);
      return judged({
        held: looksUp ? (isFlat === undefined ? undefined : true) : false,
        measured: `At ${costs.length === 1 ? "the one length" : `each of ${formatCount(costs.length)} lengths`} it moves ${formatBytes(first.cost.leastBytes)} and computes nothing${slope ? `, its time's slope over n is ${bracketed(slope)}` : costs.length === 1 ? "" : ", its time is too short for the clock"}${share ? `, ${formatShare(share.value)} of a token at n = ${formatCount(curve.cells.at(-1)?.n ?? 0)}` : ""}${weights ? `; the table and the classifier are ${formatShare(weights.vocabulary / weights.all)} of all weights` : ""}.`,
        corrections: [isFlat === false && "What it moves does not grow, but its time does here."],
        would: slope ? "More turns, which narrow the interval, would tell." : "Two lengths or more at which the clock sees this stage would tell.",
        evidence: "stages",
      });
    },
  },
  {
    id: "S4",
    judge: (record) => {
      const [curve] = curvesOf(record, keepsNothing);
      const costs = costsOf(curve?.cells ?? [], "project");
      const [first] = costs;
      if (!curve || !first?.cell.model) return undefined;
      const rows = costs.map(({ cell }) => cell.n + 1);
      const law = bytesGrowth(
        rows,
        costs.map(({ cost }) => cost.flops.useful),
      );
      const { width, layers } = first.cell.model;
      const perLayer = first.cost.flops.useful / (2 * first.cell.batch * (first.cell.n + 1) * layers);
      const three = 3 * width * width;
      const slope = slopeOf(curve.cells, "project", ({ n }) => n + 1);
      const isLine = hasOrder(slope, 1);
      const isSlower = isLine === false && (slope?.value ?? 0) < 1;
      return judged({
        held: every([law.class === "undecided" ? undefined : law.class === "O(n)", isSlower || isLine]),
        measured: `Without a cache all n + 1 tokens are projected: FLOPs ${law.class === "undecided" ? "whose growth with their number is not decided" : `grow as ${law.class} with their number`}, ${formatCount(2 * perLayer)} a token and layer${slope ? `; twice the tokens take ${bracketed(power(2, slope))} times as long (slope ${bracketed(slope)})` : ""}.`,
        corrections: [
          perLayer !== three &&
            `There is a fourth product, of the output, and heads need not be as wide as the model: together ${formatCount(perLayer)} weights a layer, where three of width ${formatCount(width)} would be ${formatCount(three)} (${formatNumber(perLayer / three)} times).`,
          isSlower && "Their time grows more slowly in this range, since weights are read once for all rows.",
        ],
        would:
          law.class === "undecided"
            ? "Three lengths without a cache, or more, would tell."
            : slope
              ? "That is too wide to tell whether time follows: more turns, or longer texts without a cache, would tell."
              : noStages,
        evidence: "stages",
      });
    },
  },
];
