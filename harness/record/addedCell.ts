import type { AddedCell, CellRecord } from "./run.ts";

/** The record of a cell that is like another but for its n, before anything was measured. */
export const addedTo = (like: CellRecord, { id, n }: AddedCell): CellRecord => ({
  ...like,
  id,
  n,
  outcome: { status: "pending" },
  prepared: undefined,
  stateBytes: undefined,
  peakBytes: undefined,
  visits: [],
  summary: undefined,
});
