import type { Ceilings, CellRecord } from "../record/run.ts";

/**
 * GB/s that memory brought at best in a run's own tests: of reading, or of copying where that moved more bytes in all, as on CPU emulations, where each load costs more than its bytes do. Of a cold
 * cache reading alone, since what is copied is not kept cold.
 */
export const memoryGbps = ({ readGbps, readGbpsFrom, copyGbps, cacheKneeBytes }: Ceilings, cache?: CellRecord["cache"]): number => {
  if (readGbpsFrom && cache) return cache === "hot" ? Math.max(readGbpsFrom.hot, copyGbps) : readGbpsFrom.cold;
  return readGbpsFrom === undefined && cacheKneeBytes === undefined ? Math.max(readGbps, copyGbps) : readGbps;
};
