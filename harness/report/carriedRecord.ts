import type { CellRecord, RunRecord } from "../record/run.ts";
import { scriptJson } from "./html.ts";

/** All but the raw samples, which stay in the run's folder. */
const carriedCell = (cell: CellRecord): CellRecord => ({ ...cell, visits: [] });

/** The record as the page carries it, `#results`, in parts: a cell at a time, since thousands are text of megabytes. */
export function* carriedScript({ cells, ...rest }: RunRecord): Generator<string> {
  yield '<script type="application/json" id="results">{"cells":[';
  for (const [i, cell] of cells.entries()) yield `${i > 0 ? "," : ""}${scriptJson(carriedCell(cell))}`;
  yield `],${scriptJson(rest).slice(1)}</script>\n`;
}
