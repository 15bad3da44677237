import { formatBytes, formatCount, formatMs, formatNumber } from "../analysis/format.ts";
import type { Moved } from "../analysis/offload.ts";
import type { Messages } from "../messages/messages.ts";
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

export const offloadColumns = (
  { experiment: { layers, model } }: RunRecord,
  rows: readonly Moved[],
  { offload, tables }: Messages,
): readonly OffloadColumn[] => [
  { head: tables.arm, text: ({ cell }) => cell.label },
  { head: offload.keptIn, text: ({ cell }) => cell.form },
  ...(new Set(rows.map(placeOf)).size > 1 ? [{ head: tables.at, text: placeOf }] : []),
  number("n", ({ cell }) => formatCount(cell.n)),
  number(tables.state, ({ bytes }) => formatBytes(bytes)),
  number(offload.out, ({ outMs }) => bracketed(outMs, formatMs)),
  number(offload.in, ({ inMs }) => bracketed(inMs, formatMs)),
  number(offload.outGbps, ({ outGbps }) => formatNumber(outGbps.value)),
  number(offload.inGbps, ({ inGbps }) => formatNumber(inGbps.value)),
  number(offload.step, ({ stepMs }) => bracketed(stepMs, formatMs)),
  ...(model && rows.some(({ eachLayerMs }) => eachLayerMs)
    ? [number(offload.inEachLayer(model.layers), ({ eachLayerMs }) => (eachLayerMs ? bracketed(eachLayerMs, formatMs) : ""))]
    : []),
  ...(layers === undefined ? [] : [number(offload.inAllLayers(layers), ({ allLayersMs }) => (allLayersMs ? bracketed(allLayersMs, formatMs) : ""))]),
];
