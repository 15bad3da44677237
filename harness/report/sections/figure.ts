import type { Messages } from "../../messages/messages.ts";
import type { Facet } from "../charts/facets.ts";
import { type Chart, type ChartSize, chartSizes } from "../charts/frame.ts";
import { type Rendering, renderChart } from "../charts/render.ts";
import { type Html, html } from "../html.ts";
import { said } from "../said.ts";

/** One chart in both widths; the page shows one of them. */
export const drawn = async (id: string, chart: (size: ChartSize) => Chart | undefined, rendering: Rendering): Promise<Html | undefined> => {
  const drawings: Html[] = [];
  for (const size of chartSizes) {
    const made = chart(size);
    if (made !== undefined) drawings.push(await renderChart(made, `${id}-${size.name}`, `chart ${size.name}`, rendering));
  }
  return drawings.length === 0 ? undefined : html`<div class="facet" id="${id}">${drawings}</div>`;
};

/** A figure of one chart has its heading in the chart; of several, above them. */
export const figure = (
  id: string,
  heading: string,
  facets: readonly Html[],
  caption: readonly string[],
  after: Html,
  titled: boolean,
  t: Messages,
): Html => html`
<figure id="${id}" aria-labelledby="${id}-heading">
<h3 id="${id}-heading"${titled && html` class="hidden"`}>${heading}</h3>
<div class="facets${facets.length > 1 && " many"}">${facets}</div>
<figcaption>${caption.filter((text) => text !== "").map((text) => html`<p>${said(text, t)}</p>`)}</figcaption>
<details><summary>${t.page.dataOfFigure}</summary>${after}</details>
</figure>`;

/** One chart a facet, of those that have one. */
export const drawnFacets = async (
  id: string,
  facets: readonly Facet[],
  chart: (facet: Facet, size: ChartSize) => Chart | undefined,
  rendering: Rendering,
): Promise<readonly Html[]> => {
  const drawings: Html[] = [];
  for (const facet of facets) {
    const drawing = await drawn(`${id}-${facet.slug}`, (size) => chart(facet, size), rendering);
    if (drawing !== undefined) drawings.push(drawing);
  }
  return drawings;
};
