import type { Estimate } from "../../record/derived.ts";
import type { CellRecord } from "../../record/run.ts";
import { every } from "../every.ts";
import { bytesGrowth } from "../stateBytes.ts";
import { type Claim, judged } from "./claim.ts";
import { curvesOf, keepsCache, keepsNothing } from "./curve.ts";
import { hasOrder, slopeBetween } from "./slope.ts";
import { stageCost, stageTime } from "./stage.ts";
import { weightsOf } from "./weights.ts";

/** A stage with a smaller share of a token's time is none that anybody would ask about. */
const littleOfToken = 0.01;

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

/** Is its attention's output weighed by a gate of the token, which is one more product? */
const isGated = ({ model, family }: CellRecord): boolean => model?.outputGate === "all" || model?.outputGate === family;

export const inputClaims: readonly Claim[] = [
  {
    id: "S3",
    judge: (record, t) => {
      const said = t.claims.found.S3;
      const [curve] = curvesOf(record, keepsCache);
      const costs = costsOf(curve?.cells ?? [], "embed");
      const [first] = costs;
      if (!curve || !first) return undefined;
      const { cell } = first;
      // Counts are the shape's own: what could be otherwise is time.
      const looksUp = costs.every(({ cost }) => cost.leastBytes === first.cost.leastBytes && cost.flops.executed === 0);
      const slope = slopeOf(curve.cells, "embed", ({ n }) => n);
      const isFlat = hasOrder(slope, 0);
      // What takes next to nothing of a token at every length may cost what it will; what was not timed is not known to.
      const isLittle = curve.cells.every((one) => (stageTime(one, "embed")?.share.high ?? 1) < littleOfToken);
      const share = stageTime(curve.cells.at(-1) ?? cell, "embed")?.share;
      const weights = weightsOf(cell);
      return judged(t, {
        held: looksUp && (isFlat === true || isLittle ? true : isFlat),
        byCounts: looksUp,
        measured: said.measured({
          lengths: costs.length,
          bytes: first.cost.leastBytes,
          slope,
          share: share && { share: share.value, n: curve.cells.at(-1)?.n ?? 0 },
          isLittle,
          vocabulary: weights && weights.vocabulary / weights.all,
        }),
        corrections: [isFlat === false && said.changes((slope?.value ?? 0) > 0)],
        would: said.would(slope !== undefined),
        evidence: "stages",
      });
    },
  },
  {
    id: "S4",
    judge: (record, t) => {
      const said = t.claims.found.S4;
      const [curve] = curvesOf(record, keepsNothing);
      const costs = costsOf(curve?.cells ?? [], "project");
      const [first] = costs;
      if (!curve || !first?.cell.model) return undefined;
      const rows = costs.map(({ cell }) => cell.n + 1);
      const law = bytesGrowth(
        rows,
        costs.map(({ cost }) => cost.flops.useful),
      );
      const counts = law.class === "undecided" ? undefined : law.class === "O(n)";
      const { width, layers } = first.cell.model;
      const perLayerOf = (flops: number): number => flops / (2 * first.cell.batch * (first.cell.n + 1) * layers);
      const perLayer = perLayerOf(first.cost.flops.useful);
      // Runs of before counted the output's among the others.
      const all = perLayer + perLayerOf(stageCost(first.cell, "output")?.flops.useful ?? 0);
      const three = 3 * width * width;
      const { heads, kvHeads, headDim } = first.cell;
      const ofInputs = width * headDim * (heads + 2 * kvHeads);
      const slope = slopeOf(curve.cells, "project", ({ n }) => n + 1);
      const isLine = hasOrder(slope, 1);
      // Time that hardly grows does not say that all tokens are projected.
      const isSlower = isLine === false && slope !== undefined && slope.low > 0.5 && slope.value < 1;
      const isFlat = isLine === false && !isSlower && slope !== undefined && slope.high > 0 && slope.value < 1;
      return judged(t, {
        held: every([counts, isSlower || (isFlat ? undefined : isLine)]),
        byCounts: counts,
        measured: said.measured(law.class, 2 * perLayer, slope && { slope, doubled: power(2, slope) }),
        counted: [all !== ofInputs && said.fourth(all, width, three, isGated(first.cell))],
        corrections: [isSlower && said.slower],
        would: law.class === "undecided" ? said.wouldLengths : slope ? said.wouldNarrow : t.claims.found.noStages,
        evidence: "stages",
      });
    },
  },
];
