import type { Messages } from "../../messages/messages.ts";
import type { Facet } from "../charts/facets.ts";
import { type Chart, type ChartSize, chartSizes } from "../charts/frame.ts";
import { type Rendering, renderChart } from "../charts/render.ts";
import { type Html, html } from "../html.ts";
import { said } from "../said.ts";

/** Of a drawing, as a share of its width. */
const heightOf = ({ markup }: Html): number => {
  const [, width = "1", height = "1"] = / viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(markup) ?? [];
  return Number(height) / Number(width);
};

/** One chart in both widths, of which the page shows one; or in `sizes` alone. */
export const drawn = async (
  id: string,
  chart: (size: ChartSize) => Chart | undefined,
  rendering: Rendering,
  sizes: readonly ChartSize[] = chartSizes,
): Promise<Html | undefined> => {
  const drawings: { readonly name: string; readonly drawing: Html }[] = [];
  for (const size of sizes) {
    const made = chart(size);
    if (made !== undefined) drawings.push({ name: size.name, drawing: await renderChart(made, `${id}-${size.name}`, `chart ${size.name}`, rendering) });
  }
  // Its height, as a share of its width, is known before it is laid out, which a browser leaves until a reader comes near (style.ts).
  const heights = drawings.map(({ name, drawing }) => `--${name}:${heightOf(drawing).toFixed(4)}`).join(";");
  return drawings.length === 0
    ? undefined
    : html`<div class="facet${!sizes.some(({ name }) => name === "wide") && " small"}" id="${id}" style="${heights}">${drawings.map(({ drawing }) => drawing)}</div>`;
};

/** More charts than these are compared better three in a row than wide: they are drawn narrow on every screen. */
const mostWide = 4;

/** The widths that so many charts of a figure are drawn in. */
export const sizesOf = (charts: number): readonly ChartSize[] => (charts > mostWide ? chartSizes.filter(({ name }) => name === "narrow") : chartSizes);

/** A paragraph for each text that there is; one that is markup says itself what it is. */
const paragraphs = (texts: readonly (string | Html)[], t: Messages): readonly Html[] =>
  texts.filter((text) => text !== "").map((text) => html`<p>${typeof text === "string" ? said(text, t) : text}</p>`);

/** A figure of one chart has its heading in the chart; of several, above them, which stand beside each other over the whole width. `key`: what colours mean in all of its charts. */
export const figure = (
  id: string,
  heading: string,
  facets: readonly Html[],
  caption: readonly (string | Html)[],
  after: Html,
  titled: boolean,
  t: Messages,
  key?: Html,
): Html => html`
<figure id="${id}" aria-labelledby="${id}-heading"${facets.length > 1 && html` class="broad"`}>
<h3 id="${id}-heading"${titled && html` class="hidden"`}>${heading}</h3>
<div class="facets${facets.length > mostWide ? " small" : facets.length > 1 && " many"}">${key}${facets}</div>
<figcaption>${paragraphs(caption, t)}</figcaption>
<details><summary>${t.page.dataOfFigure}</summary>${after}</details>
</figure>`;

/** A figure that says in its table what is too little for a chart. */
export const tabled = (id: string, heading: string, caption: readonly string[], numbers: Html, t: Messages): Html => html`
<figure id="${id}" aria-labelledby="${id}-heading">
<h3 id="${id}-heading">${heading}</h3>
<figcaption>${caption.map((text) => html`<p>${said(text, t)}</p>`)}</figcaption>
${numbers}
</figure>`;

/** The figure beside the answer: one chart with a sentence or two under it; the rest of its caption comes with its data, so that what follows the answer is not pushed away. */
export const leadingFigure = (
  id: string,
  heading: string,
  drawing: Html,
  shown: readonly (string | Html)[],
  others: readonly (string | Html)[],
  data: Html,
  t: Messages,
): Html => html`
<figure id="${id}" aria-labelledby="${id}-heading">
<h3 id="${id}-heading" class="hidden">${heading}</h3>
<div class="facets">${drawing}</div>
<figcaption>${paragraphs(shown, t)}</figcaption>
<details><summary>${t.page.readFigure}</summary>${paragraphs(others, t)}${data}</details>
</figure>`;

/** Charts of one figure, of those that there are. */
export const drawnAll = async (
  charts: readonly { readonly id: string; readonly chart: (size: ChartSize) => Chart | undefined }[],
  rendering: Rendering,
): Promise<readonly Html[]> => {
  const sizes = sizesOf(charts.length);
  const drawings: Html[] = [];
  for (const { id, chart } of charts) {
    const drawing = await drawn(id, chart, rendering, sizes);
    if (drawing !== undefined) drawings.push(drawing);
  }
  return drawings;
};

/** One chart a facet, of those that have one. */
export const drawnFacets = (
  id: string,
  facets: readonly Facet[],
  chart: (facet: Facet, size: ChartSize) => Chart | undefined,
  rendering: Rendering,
): Promise<readonly Html[]> =>
  drawnAll(
    facets.map((facet) => ({ id: `${id}-${facet.slug}`, chart: (size) => chart(facet, size) })),
    rendering,
  );
