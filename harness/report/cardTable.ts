import { type Html, html } from "./html.ts";
import { type Column, table } from "./table.ts";

/** A table whose rows are cards on a phone, where its columns would lie beyond the edge: each value behind the name of its column (cardLabels). `id`: of letters and hyphens, one a page. */
export const cardTable = <Row>(id: string, caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): Html =>
  html`<div class="stacked cards" id="${id}">${table(caption, columns, rows)}</div>`;

/** CSS that names the values of such a table where its head has no room; the first column heads its card. */
export const cardLabels = <Row>(id: string, columns: readonly Column<Row>[]): string => {
  const rules = columns.flatMap(({ head, label = typeof head === "string" ? head : "" }, i) =>
    i === 0 || label === "" ? [] : [`#${id} td:nth-child(${i + 1})::before{content:${cssText(`${label} `)}}`],
  );
  return `@media (max-width:590px){${rules.join("")}}`;
};

/** A string of a style sheet; what could end it, or the element around it, is written by its number. */
const cssText = (text: string): string => `"${text.replace(/[^\p{L}\p{N} ]/gu, (character) => `\\${(character.codePointAt(0) ?? 0).toString(16)} `)}"`;

/** CSS of such tables. */
export const cardStyle = `@media (max-width:590px){.cards .scroll.tall{max-height:none}.cards tr{display:flex!important;flex-wrap:wrap;gap:2px 14px;padding:10px 12px!important}.cards td,.cards th{padding:0!important;text-align:left!important;min-width:0}.cards tbody th{flex:1 0 100%;white-space:normal}.cards td::before{color:var(--muted);font-weight:400}.cards td.none{display:none!important}.cards td:has(.strip),.cards td:has(.prose){flex:1 0 100%}.cards .strip,.cards .scale{min-width:0;max-width:100%}.cards .prose,.cards .long{display:inline;min-width:0}.cards .below{display:inline;font-size:inherit}}@media print{.cards table{--number-lines:nowrap;font-size:7.5pt}.cards .strip,.cards .scale{min-width:0;width:130px;height:auto}.cards .prose{min-width:0}}`;
