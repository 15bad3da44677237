import { formatBytes, formatCount, formatDigits, formatMs } from "../analysis/format.ts";
import { groupBy } from "../analysis/grouping.ts";
import { describeKey } from "../analysis/series.ts";
import { servedText } from "../analysis/servedText.ts";
import type { Messages } from "../messages/messages.ts";
import type { Served } from "../record/derived.ts";

/** One column of the table of texts that are served at once, as text: for a page and for Markdown. */
export interface ServingColumn {
  readonly head: string;
  readonly numeric?: true;
  readonly text: (row: Served) => string;
}

const number = (head: string, text: ServingColumn["text"]): ServingColumn => ({ head, numeric: true, text });

/** Of rows of one run. */
export const servingColumns = (rows: readonly Served[], t: Messages): readonly ServingColumn[] => {
  const { serving, tables } = t;
  const keys = rows.map(({ series }) => series);
  const hedged = ({ exactBytes }: Served, text: string): string => (exactBytes ? text : serving.about(text));
  const about = (row: Served, bytes: number): string => hedged(row, formatBytes(bytes));
  return [
    { head: tables.arm, text: ({ label }) => label },
    ...(rows.some(({ series }) => describeKey(series, keys) !== "") ? [{ head: tables.at, text: ({ series }: Served) => describeKey(series, keys) }] : []),
    number("n", ({ n }) => formatCount(n)),
    number(serving.fixed, (row) => (row.textBytes > 0 ? about(row, row.fixedBytes) : "")),
    number(serving.aText, (row) => (row.textBytes > 0 ? about(row, row.textBytes) : "")),
    number(serving.textsAtOnce, (row) =>
      row.textBytes > 0 ? (row.from === "measured" || row.room ? formatCount(row.batch) : hedged(row, formatCount(row.batch))) : "",
    ),
    ...(rows.some(({ room }) => room)
      ? [
          number(serving.inAll, ({ room }) => (room && room.bytes > 0 ? formatBytes(room.bytes) : "")),
          { head: serving.boundBy, text: ({ room }: Served) => (room ? (room.limit === undefined ? serving.bound.memory : serving.bound.limit) : "") },
          ...(rows.some(({ room }) => room?.limit !== undefined)
            ? [number(serving.memoryHolds, ({ room }) => (room ? formatCount(room.memoryBatch) : ""))]
            : []),
        ]
      : []),
    number(serving.aToken, ({ stepMs, from }) => (stepMs ? servedText(stepMs, from, t, formatMs) : "")),
    number(serving.tokensPerSecond, ({ tokensPerSecond, from }) => (tokensPerSecond ? servedText(tokensPerSecond, from, t) : "")),
    { head: serving.timeIs, text: ({ from, stepMs, batch }) => (stepMs ? serving.from[from] : batch > 0 ? serving.notTold : "") },
  ];
};

/** What of a device ends the texts at once, and why rows have no time; those of one reason together: "hybrid at n = 65,536 and 524,288: known less …". */
export const servingNotes = (rows: readonly Served[], { serving }: Messages): readonly string[] => {
  const noted = (wordsOf: (row: Served) => string | undefined): readonly string[] =>
    [...groupBy(rows, (row) => JSON.stringify([row.label, wordsOf(row)?.replaceAll(/\d+/g, "")])).values()].flatMap((alike) => {
      const [first] = alike;
      const words = first && wordsOf(first);
      const ns = alike.map(({ n }) => n).filter((n, i, all) => all.indexOf(n) === i);
      // What differs in its numbers alone is one reason, told with those of the shortest texts.
      const example = alike.some((row) => wordsOf(row) !== words) ? first?.n : undefined;
      return words ? [serving.noted(first.label, ns, formatDigits(words), example)] : [];
    });
  return [
    ...noted(({ room }) => (room?.limit === undefined ? undefined : serving.oneMore(room.limit))),
    ...noted(({ note }) => (note === undefined ? undefined : serving.noTime(note))),
  ];
};
