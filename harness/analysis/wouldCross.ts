import type { Crossover, WouldCross } from "../record/derived.ts";
import type { Ceilings, CellRecord } from "../record/run.ts";
import { crossingOf } from "./crossing.ts";
import { sharedCells } from "./crossover.ts";
import type { SpreadOf } from "./drift.ts";
import type { Sampled } from "./laws.ts";
import type { Pair } from "./series.ts";
import { leastSeconds } from "./summary.ts";

/**
 * Where a pair would cross by what its kernels have to do, instead of by how well each uses this device: n* measured says little of mechanisms where one arm runs at half
 * of its ceiling and the other at a tenth. Empty without ceilings, and where what an arm executes is not known.
 */
export const wouldCross = (pair: Pair, spreadOf: SpreadOf, ceilings: Ceilings | undefined): Pick<Crossover, "equalShare" | "predicted"> => {
  const shared = sharedCells(pair, spreadOf).flatMap(({ upper, lower }) => {
    const [one, other] = [upper, lower].map(({ cell, spread }) => usedOf(cell, spread.estimate, ceilings));
    return one && other ? [{ n: upper.cell.n, upper: one, lower: other }] : [];
  });
  if (shared.length < 2) return {};
  const best = (arm: "upper" | "lower"): number => Math.max(...shared.map((at) => at[arm].share));
  const better = Math.max(best("upper"), best("lower"));
  const curve = (arm: "upper" | "lower", ms: (used: Used) => number): Sampled => {
    const ys = shared.map((at) => ms(at[arm]));
    return { xs: shared.map(({ n }) => n), ys, replicates: [ys] };
  };
  const crossing = (msOf: (arm: "upper" | "lower") => (used: Used) => number): WouldCross => {
    const { outcome, n } = crossingOf({ upper: curve("upper", msOf("upper")), lower: curve("lower", msOf("lower")) });
    return { outcome, n: n?.value };
  };
  return {
    equalShare: crossing(
      (arm) =>
        ({ ms }) =>
          (ms * best(arm)) / better,
    ),
    predicted: crossing(
      () =>
        ({ leastMs }) =>
          leastMs,
    ),
  };
};

interface Used {
  readonly ms: number;
  readonly leastMs: number;
  /** of the ceiling that binds */
  readonly share: number;
}

const usedOf = (cell: CellRecord, ms: number, ceilings: Ceilings | undefined): Used | undefined => {
  const least = leastSeconds(cell, ceilings);
  return least && { ms, leastMs: least.seconds * 1000, share: (least.seconds * 1000) / ms };
};
