import { parseDuration } from "../experiment/units.ts";
import { CommandEnd, exitCode } from "./exit.ts";

const mostSeconds = 24 * 3600;

/** What `--budget` sets of an experiment, as `--set` would. Ends the command with 2 where it is no time to measure in. */
export const budgetSets = (budget: string | undefined): readonly string[] => {
  if (budget === undefined) return [];
  const seconds = parseDuration(budget) ?? 0;
  if (seconds < 1 || seconds > mostSeconds) throw new CommandEnd(exitCode.usage, `--budget ${budget}: not a duration from 1s to 24h, e.g. 90s or 5m`);
  return [`measure.maxTime=${budget}`];
};
