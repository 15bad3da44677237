import { studentTail } from "../analysis/comparison/studentTail.ts";
import { median } from "../analysis/statistics.ts";

/** How others decide that a time became worse, on all samples of one cell. */
export type GateRival = (base: readonly number[], head: readonly number[]) => boolean;

/** A fixed limit on the ratio of medians, as flash-linear-attention's scripts/run_benchmark_compare.py has it. */
export const fixedFivePercent: GateRival = (base, head) => median(head) > 1.05 * median(base);

/** Mann and Whitney's U, two-sided at 5 %, by its normal approximation with ties, slower by the medians: Google Benchmark's tools/compare.py, without control over how many cells are looked at. */
export const mannWhitney: GateRival = (base, head) => {
  const all = [...base.map((value) => ({ value, of: 0 })), ...head.map((value) => ({ value, of: 1 }))].sort((one, other) => one.value - other.value);
  const [m, n, total] = [base.length, head.length, all.length];
  let rankSum = 0;
  let ties = 0;
  for (let from = 0; from < total; ) {
    let to = from;
    while (to < total && all[to]?.value === all[from]?.value) to++;
    const rank = (from + to + 1) / 2;
    rankSum += rank * all.slice(from, to).filter(({ of }) => of === 1).length;
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  const u = rankSum - (n * (n + 1)) / 2;
  const variance = ((m * n) / 12) * (total + 1 - ties / (total * (total - 1)));
  if (!(variance > 0)) return false;
  return studentTail(Math.abs(u - (m * n) / 2) / Math.sqrt(variance), Number.POSITIVE_INFINITY) < 0.05 && median(head) > median(base);
};
