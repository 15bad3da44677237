import type { Messages } from "../messages/messages.ts";
import { escaped, type Html, type HtmlValue, html, raw, shortened } from "./html.ts";
import { directed, isForeign } from "./said.ts";

/** One column: numbers are set right and in tabular figures. */
export interface Column<Row> {
  readonly head: string | Html;
  /** what it is called where a head that is no text has no room */
  readonly label?: string;
  readonly numeric?: true;
  /** left out on paper and where a screen has no room for all, until a reader asks for it; such columns come last */
  readonly lesser?: true;
  readonly cell: (row: Row) => HtmlValue;
}

/** Text of letters and signs that run from left to right, as the page's own does: it needs no isolation, which would be a twentieth of a large page. */
const runsAlong = /^[\0-\u058f\u2010-\u2027\u2030-\u205e\u2070-\u2bff]*$/;

/** A label or reason as a cell shows it: isolated from the text around it where it could turn that, and broken anywhere once it is too long for a line. `t`: of a page that the text may be in another language than. */
export const name = (text: string, t?: Messages): Html => {
  const [isLong, isOther] = [text.length > 24, t !== undefined && isForeign(text, t)];
  return isLong || isOther || !runsAlong.test(text)
    ? html`<bdi${isLong && html` class="long"`}${isOther && html` lang="en"`}>${directed(shortened(text, 400))}</bdi>`
    : html`${text}`;
};

/** A number in a column of them, where no line ends anyway: its spaces stay plain, as tens of thousands would be a fiftieth of a large page otherwise. */
const number = (text: string): Html => raw(escaped(text));

/** A number with its interval, or where it was found, in a line beneath, where a table has more of them than fit side by side: "6.24 ms [5.59 ms, 7.21 ms]", "+1.2 % (n 4,096)". */
export const intervalBelow = (text: string): HtmlValue => {
  const at = text.search(/ [[(]/);
  return at < 0 ? text : html`${number(text.slice(0, at))} <small class="below">${text.slice(at + 1)}</small>`;
};

/** The columns of which some row says anything: a table that is wider than a page has no room for the others. */
export const filled = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): readonly Column<Row>[] =>
  columns.filter(({ cell }) =>
    rows.some((row) => {
      const value = cell(row);
      return value !== undefined && value !== "" && value !== false;
    }),
  );

/** So many columns can be of numbers by their place (numberStyle): a class at each of tens of thousands of cells would be a twentieth of a large page. */
const numberedColumns = 40;

/** CSS of numbers: those of a table that says `num3` stand in its third column. */
export const numberStyle = `${["th.num", "td.num", ...Array.from({ length: numberedColumns }, (_, i) => `.num${i + 1} td:nth-child(${i + 1})`)].join(",")}{text-align:right;font-variant-numeric:tabular-nums;white-space:var(--number-lines,nowrap)}`;

/** CSS selector of the lesser columns: those behind the ninth of a table that says `fore9`. */
export const lesserCells = `:is(${Array.from({ length: numberedColumns }, (_, i) => `.fore${i} :nth-child(n+${i + 1}):is(th,td)`).join(",")})`;

/** A tick that brings the lesser columns of the table behind it back; nothing where it has none. `label`: of their heads. */
export const lesserTick = <Row>(columns: readonly Column<Row>[], label: (heads: readonly string[]) => string): Html | undefined => {
  const heads = columns.flatMap(({ lesser, head, label: text }) => (lesser ? [typeof head === "string" ? head : (text ?? "")] : []));
  return heads.length === 0 ? undefined : html`<label class="lesser"><input type="checkbox"> ${label(heads)}</label>`;
};

/** Rows from which a table is as high as most of a screen, and scrolls by itself: what is not seen of it is not laid out, and its height is known without that (style.ts). */
const fewestTall = 25;

/** A table whose cells are not closed, which HTML leaves open: a twentieth of a large page would be end tags. It scrolls sideways by itself when the screen is narrow, and can be reached by keyboard for that. The first column heads its row. */
export const table = <Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[], rowId?: (row: Row) => string): Html => {
  const places = columns.flatMap(({ numeric }, i) => (numeric === true && i < numberedColumns ? [`num${i + 1}`] : []));
  const cell = (row: Row, { cell, numeric }: Column<Row>, i: number): Html => {
    const value = cell(row);
    const isEmpty = value === undefined || value === "" || value === false;
    const content = isEmpty ? "–" : typeof value === "string" ? (numeric === true ? number(value) : name(value)) : value;
    if (i === 0) return html`<th scope="row">${content}`;
    const marks = [...(numeric === true && i >= numberedColumns ? ["num"] : []), ...(isEmpty ? ["none"] : [])];
    return html`<td${marks.length > 0 && html` class="${marks.join(" ")}"`}>${content}`;
  };
  const fore = columns.findIndex(({ lesser }) => lesser);
  const classes = [...places, ...(fore >= 0 && fore < numberedColumns ? [`fore${fore}`] : [])];
  const isTall = rows.length >= fewestTall;
  return html`
<div class="scroll${isTall && " tall"}"${isTall && html` style="--rows:${rows.length}"`} role="region" tabindex="0" aria-label="${caption}">
<table${classes.length > 0 && html` class="${classes.join(" ")}"`}><caption>${caption}</caption>
<thead><tr>${columns.map(({ head, numeric }) => html`<th scope="col"${numeric === true && html` class="num"`}>${head}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) => html`<tr${rowId !== undefined && html` id="${rowId(row)}"`}>${columns.map((column, i) => cell(row, column, i))}</tr>
`,
  )}</tbody></table></div>`;
};
