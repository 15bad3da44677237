import { en } from "../messages/en.ts";
import type { Messages } from "../messages/messages.ts";
import type { Crossover } from "../record/derived.ts";
import type { RunRecord } from "../record/run.ts";
import { anewMeanwhile } from "./anewMeanwhile.ts";
import { askedCrossovers } from "./asked.ts";
import { groupBy } from "./grouping.ts";
import { describeKey } from "./series.ts";

/** From which length on each tier beats computing anew, those of one answer together and by shape where there are several; of arms that have a time. Empty where no two were compared. */
export const breakEvenSentence = (record: Pick<RunRecord, "cells" | "crossovers" | "environment">, t: Messages = en): string => {
  const timed = new Set(record.cells.flatMap(({ label, outcome }) => (outcome.status === "ok" ? [label] : [])));
  const pairs = askedCrossovers(record).filter(({ metric, between }) => metric === "time" && between.every((label) => timed.has(label)));
  const keys = pairs.map(({ series }) => series);
  const parts = [...groupBy(pairs, (pair) => breakEven(pair, t))].map(([from, alike]) => ({
    from,
    arms: alike.map(({ between: [, kept], series }) => t.crossover.breakEvenArm(kept, describeKey(series, keys))),
  }));
  return parts.length === 0 ? "" : `${t.crossover.breakEven(parts, record.environment.deviceClass === "software")}${meanwhileText(record, t)}`;
};

/** A break-even that lies before all n says little of how far before: how many tokens are computed anew while the longest states come back. Nothing of several shapes, each with numbers of its own. */
const meanwhileText = (record: Pick<RunRecord, "cells" | "crossovers">, t: Messages): string => {
  const found = anewMeanwhile({ ...record, crossovers: askedCrossovers(record) });
  const alone = new Set(found.map(({ label }) => label)).size === found.length;
  const parts = [...groupBy(found, ({ n, anew }) => `${n} ${typeof anew === "number" ? t.crossover.anewTokens(anew) : anew}`).values()].flatMap((alike) =>
    alike[0] ? [{ ...alike[0], arms: alike.map(({ label }) => label) }] : [],
  );
  return !alone || parts.length === 0 ? "" : ` ${t.crossover.meanwhile(parts)}`;
};

/** "from n = 812 (95 % interval 700 to 930) on" */
export const breakEven = ({ outcome, n, atLatest, range, crossings }: Crossover, { crossover: { breakEvenFrom } }: Messages = en): string => {
  if (outcome === "crosses" && n) return breakEvenFrom.n(n);
  if (outcome === "already") return breakEvenFrom.already(range);
  if (outcome === "none") return breakEvenFrom.none(range);
  if (outcome === "many") return breakEvenFrom.many(crossings);
  return atLatest === undefined ? breakEvenFrom.open : breakEvenFrom.latest(atLatest);
};
