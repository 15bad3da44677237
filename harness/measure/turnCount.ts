import type { CellRecord } from "../record/run.ts";

/** Turns that cells were visited in, counted from the last one's number: of a sweep of thousands of cells these are more visits than a call takes arguments. */
export const turnCount = (cells: readonly Pick<CellRecord, "visits">[]): number =>
  cells.reduce((most, { visits }) => visits.reduce((latest, { turn }) => Math.max(latest, turn + 1), most), 0);
