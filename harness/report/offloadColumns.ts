import { formatBytes, formatCount, formatMs, formatNumber } from "../analysis/format.ts";
import type { Moved } from "../analysis/offload.ts";
import type { RunRecord } from "../record/run.ts";
import { bracketed } from "./interval.ts";
import { seriesText } from "./outcome.ts";

/** One column of the table of states that leave and come back, as text: for a page and for Markdown. */
export interface OffloadColumn {
  readonly head: string;
  readonly numeric?: true;
  readonly text: (row: Moved) => string;
}

const number = (head: string, text: OffloadColumn["text"]): OffloadColumn => ({ head, numeric: true, text });

/** Sizes of a cell other than n, where several stand in one run. */
const placeOf = ({ cell: { dModel, heads, headDim, batch } }: Moved): string => seriesText({ dModel, heads, headDim, batch });

export const offloadColumns = ({ experiment: { layers } }: RunRecord, rows: readonly Moved[]): readonly OffloadColumn[] => [
  { head: "arm", text: ({ cell }) => cell.label },
  { head: "kept in", text: ({ cell }) => cell.form },
  ...(new Set(rows.map(placeOf)).size > 1 ? [{ head: "at", text: placeOf }] : []),
  number("n", ({ cell }) => formatCount(cell.n)),
  number("state", ({ bytes }) => formatBytes(bytes)),
  number("out", ({ outMs }) => bracketed(outMs, formatMs)),
  number("in, added to a token", ({ inMs }) => bracketed(inMs, formatMs)),
  number("GB/s out", ({ outGbps }) => formatNumber(outGbps.value)),
  number("GB/s in", ({ inGbps }) => formatNumber(inGbps.value)),
  number("decode step", ({ stepMs }) => bracketed(stepMs, formatMs)),
  ...(layers === undefined
    ? []
    : [number(`added in all ${formatCount(layers)} layers`, ({ allLayersMs }) => (allLayersMs ? bracketed(allLayersMs, formatMs) : ""))]),
];
