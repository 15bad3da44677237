import { formatBytes, formatCount, formatList, formatMs, formatNumber } from "../analysis/format.ts";
import { groupBy } from "../analysis/grouping.ts";
import { describeKey } from "../analysis/series.ts";
import type { Served } from "../record/derived.ts";
import { bracketed } from "./interval.ts";

/** One column of the table of texts that are served at once, as text: for a page and for Markdown. */
export interface ServingColumn {
  readonly head: string;
  readonly numeric?: true;
  readonly text: (row: Served) => string;
}

const number = (head: string, text: ServingColumn["text"]): ServingColumn => ({ head, numeric: true, text });

/** Of rows of one run. */
export const servingColumns = (rows: readonly Served[]): readonly ServingColumn[] => {
  const keys = rows.map(({ series }) => series);
  const hedged = ({ exactBytes }: Served, text: string): string => `${exactBytes ? "" : "about "}${text}`;
  const about = (row: Served, bytes: number): string => hedged(row, formatBytes(bytes));
  return [
    { head: "arm", text: ({ label }) => label },
    ...(rows.some(({ series }) => describeKey(series, keys) !== "") ? [{ head: "at", text: ({ series }: Served) => describeKey(series, keys) }] : []),
    number("n", ({ n }) => formatCount(n)),
    number("whatever the batch", (row) => (row.textBytes > 0 ? about(row, row.fixedBytes) : "")),
    number("a text", (row) => (row.textBytes > 0 ? about(row, row.textBytes) : "")),
    number("texts at once", (row) => (row.textBytes > 0 ? (row.from === "measured" ? formatCount(row.batch) : hedged(row, formatCount(row.batch))) : "")),
    number("a token of each", ({ stepMs }) => (stepMs ? bracketed(stepMs, formatMs) : "")),
    number("tokens/s in all", ({ tokensPerSecond }) => (tokensPerSecond ? bracketed(tokensPerSecond) : "")),
    number("tokens/s of each", ({ tokensPerSecond, batch }) => (tokensPerSecond ? formatNumber(tokensPerSecond.value / batch) : "")),
    { head: "time is", text: ({ from, stepMs, batch }) => (stepMs ? from : batch > 0 ? "not told" : "") },
  ];
};

/** Why rows have no time, those of one reason together: "hybrid at n = 65,536 and 524,288: known less …". */
export const servingNotes = (rows: readonly Served[]): readonly string[] =>
  [...groupBy(rows, ({ label, note }) => JSON.stringify([label, note])).values()].flatMap((alike) => {
    const [first] = alike;
    return first?.note === undefined ? [] : [`${first.label} at n = ${formatList([...new Set(alike.map(({ n }) => formatCount(n)))])}: ${first.note}.`];
  });
