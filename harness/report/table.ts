import type { Messages } from "../messages/messages.ts";
import { type Html, type HtmlValue, html, shortened } from "./html.ts";
import { isForeign } from "./said.ts";

/** One column: numbers are set right and in tabular figures. */
export interface Column<Row> {
  readonly head: string;
  readonly numeric?: true;
  readonly cell: (row: Row) => HtmlValue;
}

/** A label or reason as a cell shows it: isolated from the text around it, and broken anywhere once it is too long for a line. `t`: of a page that the text may be in another language than. */
export const name = (text: string, t?: Messages): Html =>
  html`<bdi${text.length > 24 && html` class="long"`}${t !== undefined && isForeign(text, t) && html` lang="en"`}>${shortened(text, 400)}</bdi>`;

/** A number with its interval in a line beneath, where a table has more of them than fit side by side: "6.24 ms [5.59 ms, 7.21 ms]". */
export const intervalBelow = (text: string): HtmlValue => {
  const at = text.indexOf(" [");
  return at < 0 ? text : html`${text.slice(0, at)} <small class="below">${text.slice(at + 1)}</small>`;
};

/** A table that scrolls sideways by itself when the screen is narrow, and can be reached by keyboard for that. The first column heads its row. */
export const table = <Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[], t: Messages, rowId?: (row: Row) => string): Html => html`
<div class="scroll" role="region" tabindex="0" aria-label="${caption}">
<table><caption>${caption}</caption>
<thead><tr>${columns.map(({ head, numeric }) => html`<th scope="col"${numeric === true && html` class="num"`}>${head}</th>`)}</tr></thead>
<tbody>${rows.map(
  (row) => html`<tr${rowId !== undefined && html` id="${rowId(row)}"`}>${columns.map(({ cell, numeric }, i) => {
    const value = cell(row);
    const empty = value === undefined || value === "" || value === false;
    const content = empty ? html`<span class="none" aria-label="${t.page.none}">–</span>` : typeof value === "string" && numeric !== true ? name(value) : value;
    if (i === 0) return html`<th scope="row">${content}</th>`;
    return numeric === true ? html`<td class="num">${content}</td>` : html`<td>${content}</td>`;
  })}</tr>
`,
)}</tbody></table></div>`;
