import type { RunRecord } from "../record/run.ts";
import { type Html, html, raw } from "./html.ts";
import { packed } from "./packed.ts";

/** The record as the page carries it, `#results`: compressed, and without the raw samples, which stay in the run's folder. */
export const carriedRecord = (record: RunRecord): Html => {
  const cells = record.cells.map((cell) => ({ ...cell, visits: [] }));
  return html`<script type="text/plain" id="results" data-name="${record.experiment.name}" data-run="${record.run}">${raw(packed(JSON.stringify({ ...record, cells })))}</script>
`;
};
