import type { RunRecord } from "../record/run.ts";
import { readRun, UnreadableRun } from "../record/runFolder.ts";
import { baseIn } from "../runDuet.ts";
import { shellPath } from "./shellWord.ts";

/** The command that tells what the two halves of a duet hold, finished or not. `folder`: head's, with base's in it. */
export const duetCompareCommand = (folder: string): string => `attnbench compare ${shellPath(baseIn(folder))} ${shellPath(folder)}`;

/** What a duet that ended before its answer has left in head's folder, and the command that tells it. */
export const keptOfDuet = (folder: string): string => keptInBoth(folder) ?? keptOfHead(folder) ?? `nothing was measured in ${folder} before that`;

/** The same of one that has given its answer, of which not every file could be written. */
export const leftOfDuet = (folder: string): string => keptInBoth(folder) ?? `${folder} does not hold what was measured: this answer is all there is of it`;

const keptInBoth = (folder: string): string | undefined => {
  const [base, head] = [visitsIn(baseIn(folder)), visitsIn(folder)];
  if (base === 0 || head === 0) return undefined;
  return `${base} finished ${visits(base)} of base and ${head} of head are kept: ${duetCompareCommand(folder)} tells what was measured`;
};

const keptOfHead = (folder: string): string | undefined => {
  const head = visitsIn(folder);
  if (head === 0) return undefined;
  return `${head} finished ${visits(head)} of head ${head === 1 ? "is" : "are"} kept in ${folder}, and none of base: there is nothing to compare, and attnbench report ${shellPath(folder)} shows what head has`;
};

const visits = (count: number): string => (count === 1 ? "visit" : "visits");

const visitsIn = (folder: string): number => {
  try {
    return visitsOf(readRun(folder).record);
  } catch (error) {
    if (error instanceof UnreadableRun) return 0;
    throw error;
  }
};

const visitsOf = ({ cells }: RunRecord): number => cells.reduce((sum, cell) => sum + cell.visits.length, 0);
