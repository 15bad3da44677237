import type { Crossover } from "../record/derived.ts";
import type { RunRecord } from "../record/run.ts";
import { askedCrossovers } from "./asked.ts";
import { formatCount, formatEstimate, formatList } from "./format.ts";
import { groupBy } from "./grouping.ts";

/** From which length on each tier beats computing anew, those of one answer together; empty where no two were compared. */
export const breakEvenSentence = (record: Pick<RunRecord, "cells" | "crossovers" | "environment">): string => {
  const pairs = askedCrossovers(record).filter(({ metric }) => metric === "time");
  const parts = [...groupBy(pairs, breakEven)].map(([from, alike]) => `${from} with ${formatList(alike.map(({ between: [, kept] }) => kept))}`);
  const emulated = record.environment.deviceClass === "software" ? " on this CPU emulation" : "";
  return parts.length === 0 ? "" : `Bringing a state back takes less time than computing it anew${emulated} ${parts.join("; ")}.`;
};

/** "from n = 812 (95 % interval 700 to 930) on" */
export const breakEven = ({ outcome, n, atLatest, range, crossings }: Crossover): string => {
  const span = range ? ` (n = ${formatCount(range[0])} to ${formatCount(range[1])})` : "";
  if (outcome === "crosses" && n) return `from n = ${formatEstimate(n)} on`;
  if (outcome === "already") return `at every n measured${span}`;
  if (outcome === "none") return `at no n measured${span}`;
  if (outcome === "many") return `on one side of n = ${formatList(crossings.map(formatCount))} or the other`;
  return atLatest === undefined ? "from an n on that is not decided" : `from n = ${formatCount(atLatest)} on at the latest`;
};
