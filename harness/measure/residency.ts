/** Buffers of one cell on a device, and when they were last used: the count of uses until then. */
export interface Resident {
  readonly bytes: number;
  readonly usedAt: number;
}

/**
 * Which of `residents` give way so that `bytes` fit into `budgetBytes`, the fewest that do, of a device that has been used `uses` times for `cells` cells.
 * Visits go round: what was used last comes last again, so it goes first, and what has been left out for two rounds goes before it. (The longest unused first
 * would throw out every cell right before its turn as soon as one is too many.)
 */
export const givingWay = <T extends Resident>(residents: readonly T[], bytes: number, budgetBytes: number, uses: number, cells: number): readonly T[] => {
  const isLeftOut = ({ usedAt }: T): boolean => uses - usedAt > 2 * cells;
  const order = [...residents].sort((a, b) => Number(isLeftOut(b)) - Number(isLeftOut(a)) || b.usedAt - a.usedAt);
  let taken = bytes + residents.reduce((sum, resident) => sum + resident.bytes, 0);
  return order.filter((resident) => {
    if (taken <= budgetBytes) return false;
    taken -= resident.bytes;
    return true;
  });
};

/**
 * Bytes of buffers that stay allocated between visits: `askedBytes`, and on a GPU as much of 4 GiB as is an eighth of the machine's memory, which is the GPU's too
 * where it has none of its own. With less, cells of long texts are drawn and uploaded anew for every visit.
 */
export const residentBudget = (askedBytes: number, software: boolean, memoryBytes: number): number =>
  software ? askedBytes : Math.max(askedBytes, Math.min(4 * 2 ** 30, Math.floor(memoryBytes / 8)));
