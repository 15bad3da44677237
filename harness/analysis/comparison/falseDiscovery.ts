/**
 * The p below which, and at which, changes may be told so that of those told a share of `rate` at most is false on average, however many were looked at: the largest p of k-th rank with
 * p ≤ rate·k/m (Benjamini and Hochberg 1995, J. R. Stat. Soc. B 57). Below 0 where none may.
 */
export const discoveryLimit = (ps: readonly number[], rate: number): number => {
  const ascending = [...ps].sort((one, other) => one - other);
  return ascending.findLast((p, i) => p <= (rate * (i + 1)) / ascending.length) ?? -1;
};
