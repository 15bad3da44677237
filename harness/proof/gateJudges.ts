import { compareRuns } from "../analysis/comparison/comparison.ts";
import type { DuetSide, RunRecord } from "../record/run.ts";
import { fixedFivePercent, type GateRival, mannWhitney } from "./gateRivals.ts";

const rivals: Readonly<Record<string, GateRival>> = { "fixed 5 %": fixedFivePercent, "Mann–Whitney U, 5 %": mannWhitney };
export const gateNames = ["attnbench", ...Object.keys(rivals)];

/** All times of one cell, ms. */
export const samplesOf = ({ cells }: RunRecord, id: string): readonly number[] =>
  cells.find((cell) => cell.id === id)?.visits.flatMap(({ gpuMs }) => [...gpuMs]) ?? [];

/** Ids of the cells that each judge calls SLOWER, on the same samples. */
export const slowerBy = ({ base, head }: Readonly<Record<DuetSide, RunRecord>>): Readonly<Record<string, readonly string[]>> => {
  const { cells } = compareRuns(base, head, { strict: true });
  return {
    attnbench: cells.filter(({ metrics: { time } }) => time.verdict === "SLOWER").map(({ cell }) => cell),
    ...Object.fromEntries(
      Object.entries(rivals).map(([name, rival]) => [name, head.cells.filter(({ id }) => rival(samplesOf(base, id), samplesOf(head, id))).map(({ id }) => id)]),
    ),
  };
};
