import { formatBytes, formatCount, formatList, formatMs } from "../analysis/format.ts";
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
    number("fixed", (row) => (row.textBytes > 0 ? about(row, row.fixedBytes) : "")),
    number("a text", (row) => (row.textBytes > 0 ? about(row, row.textBytes) : "")),
    number("texts at once", (row) =>
      row.textBytes > 0 ? (row.from === "measured" || row.room ? formatCount(row.batch) : hedged(row, formatCount(row.batch))) : "",
    ),
    ...(rows.some(({ room }) => room)
      ? [
          number("in all", ({ room }) => (room && room.bytes > 0 ? formatBytes(room.bytes) : "")),
          { head: "bound by", text: ({ room }: Served) => (room ? (room.limit === undefined ? "memory" : "a limit") : "") },
          ...(rows.some(({ room }) => room?.limit !== undefined) ? [number("memory holds", ({ room }) => (room ? formatCount(room.memoryBatch) : ""))] : []),
        ]
      : []),
    number("a token of each", ({ stepMs }) => (stepMs ? bracketed(stepMs, formatMs) : "")),
    number("tokens/s in all", ({ tokensPerSecond }) => (tokensPerSecond ? bracketed(tokensPerSecond) : "")),
    { head: "time is", text: ({ from, stepMs, batch }) => (stepMs ? from : batch > 0 ? "not told" : "") },
  ];
};

/** What of a device ends the texts at once, and why rows have no time; those of one reason together: "hybrid at n = 65,536 and 524,288: known less …". */
export const servingNotes = (rows: readonly Served[]): readonly string[] => [
  ...noted(rows, ({ room }) => room?.limit && `one text more is too much for this device: ${room.limit}`),
  ...noted(rows, ({ note }) => note && `no time: ${note}`),
];

const noted = (rows: readonly Served[], wordsOf: (row: Served) => string | undefined): readonly string[] =>
  [...groupBy(rows, (row) => JSON.stringify([row.label, wordsOf(row)])).values()].flatMap((alike) => {
    const words = alike[0] && wordsOf(alike[0]);
    return words ? [`${alike[0]?.label} at n = ${formatList([...new Set(alike.map(({ n }) => formatCount(n)))])}: ${words}.`] : [];
  });
