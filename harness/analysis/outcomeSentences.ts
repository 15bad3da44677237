import type { SeriesKey } from "../record/derived.ts";
import type { CellRecord } from "../record/run.ts";
import { type Analysed, armName } from "./answer.ts";
import { formatCount, formatList } from "./format.ts";
import { groupBy } from "./grouping.ts";
import { describeKey } from "./series.ts";
import { incompleteSentences } from "./shardSentences.ts";

/** What an answer must not hide: that nothing or not all was measured, and which arms are wrong. Nothing where all went well. */
export const outcomeSentences = (record: Analysed): readonly string[] => {
  const { cells, state, merged } = record;
  const failed = cells.filter(({ outcome }) => outcome.status === "failed");
  return [
    ...(cells.some((cell) => cell.summary) ? [] : [`Nothing was measured${reasons(cells)}.`]),
    ...[...groupBy(failed, armName)].map(([arm, ofArm]) => `${arm} failed at ${places(ofArm, cells)}, and has no times there.`),
    ...incompleteSentences(record),
    ...(state === "interrupted" && !merged ? ["The run was interrupted: this is of what had been measured by then."] : []),
    ...(state === "failed" && !merged ? ["The run broke off: this is of what had been measured by then."] : []),
  ];
};

/** ": noFeature (dtype f16: …), overLimit (…)": each code with the first reason given. */
const reasons = (cells: readonly CellRecord[]): string => {
  const refused = cells.flatMap(({ outcome }) => ("code" in outcome && outcome.status !== "failed" ? [outcome] : []));
  const codes = [...groupBy(refused, ({ code }) => code)].map(([code, [first]]) => `${code} (${first?.reason})`);
  return codes.length > 0 ? `: ${formatList(codes)}` : "";
};

/** "n = 512, 1,024 (wrongOutput)", with the shape where shapes differ. */
const places = (failed: readonly CellRecord[], cells: readonly CellRecord[]): string => {
  const keyOf = ({ dModel, headDim, batch }: CellRecord): SeriesKey => ({ dModel, headDim, batch });
  const shapeOf = (cell: CellRecord): string => describeKey(keyOf(cell), cells.map(keyOf));
  const alike = groupBy(failed, (cell) => JSON.stringify([shapeOf(cell), "code" in cell.outcome ? cell.outcome.code : ""]));
  return formatList(
    [...alike.values()].map((same) => {
      const [first] = same;
      const shape = first ? shapeOf(first) : "";
      const code = first && "code" in first.outcome ? first.outcome.code : "";
      return `${shape === "" ? "" : `${shape}, `}n = ${[...new Set(same.map(({ n }) => formatCount(n)))].join(", ")} (${code})`;
    }),
  );
};
