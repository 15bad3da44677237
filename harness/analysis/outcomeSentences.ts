import type { Messages } from "../messages/messages.ts";
import type { SeriesKey } from "../record/derived.ts";
import type { CellRecord } from "../record/run.ts";
import { type Analysed, armName } from "./answer.ts";
import { groupBy } from "./grouping.ts";
import { describeKey } from "./series.ts";
import { incompleteSentences } from "./shardSentences.ts";

/** What an answer must not hide: that nothing or not all was measured, and which arms are wrong. Nothing where all went well. */
export const outcomeSentences = (record: Analysed, t: Messages): readonly string[] => {
  const { cells, state, merged } = record;
  return [
    ...(cells.some((cell) => cell.summary) ? [] : [t.outcome.nothing(reasons(cells))]),
    ...failedSentences(cells, t),
    ...incompleteSentences(record, t),
    ...(state === "interrupted" && !merged ? [t.outcome.interrupted] : []),
    ...(state === "failed" && !merged ? [t.outcome.brokeOff] : []),
  ];
};

/** Which arms failed, and where. */
export const failedSentences = (cells: readonly CellRecord[], t: Messages): readonly string[] =>
  [
    ...groupBy(
      cells.filter(({ outcome }) => outcome.status === "failed"),
      armName,
    ),
  ].map(([arm, ofArm]) => t.outcome.failed(arm, places(ofArm, cells)));

/** Each code with the first reason given. */
const reasons = (cells: readonly CellRecord[]): readonly { readonly code: string; readonly reason: string }[] => {
  const refused = cells.flatMap(({ outcome }) => ("code" in outcome && outcome.status !== "failed" ? [outcome] : []));
  return [...groupBy(refused, ({ code }) => code)].map(([code, [first]]) => ({ code, reason: String(first?.reason) }));
};

/** Where cells failed, with the shape where shapes differ. */
const places = (
  failed: readonly CellRecord[],
  cells: readonly CellRecord[],
): readonly { readonly shape: string; readonly ns: readonly number[]; readonly code: string }[] => {
  const keyOf = ({ dModel, headDim, batch }: CellRecord): SeriesKey => ({ dModel, headDim, batch });
  const shapeOf = (cell: CellRecord): string => describeKey(keyOf(cell), cells.map(keyOf));
  const alike = groupBy(failed, (cell) => JSON.stringify([shapeOf(cell), "code" in cell.outcome ? cell.outcome.code : ""]));
  return [...alike.values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    return [{ shape: shapeOf(first), ns: [...new Set(same.map(({ n }) => n))], code: "code" in first.outcome ? first.outcome.code : "" }];
  });
};
