import type { AddedCell, CellRecord, Visit } from "./run.ts";

/** The record of a cell that is like another but for its n, before anything was measured. */
export const addedTo = (like: CellRecord, { id, n }: AddedCell): CellRecord => unmeasured({ ...like, id, n });

/** A cell as it was planned: nothing is known of it. */
export const unmeasured = ({ losses: _, ...cell }: CellRecord): CellRecord => ({
  ...cell,
  outcome: { status: "pending" },
  prepared: undefined,
  stateBytes: undefined,
  peakBytes: undefined,
  visits: [],
  summary: undefined,
});

/** The visits of a cell without those of a turn that does not count; a cell's only visit stays, since it has been measured. */
export const visitsWithout = (visits: readonly Visit[], turn: number): readonly Visit[] => {
  const kept = visits.filter((visit) => visit.turn !== turn);
  return kept.length > 0 ? kept : visits;
};
