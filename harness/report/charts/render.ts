import type { LoggerInterface } from "vega";
import * as vega from "vega";
import { compile } from "vega-lite";
import { escaped, type Html, raw } from "../html.ts";
import { isolated } from "../isolated.ts";
import type { LiveChart, LiveSpec } from "../runtime/liveChart.ts";
import type { Chart } from "./frame.ts";
import { leanSvg } from "./leanSvg.ts";
import { textWidth } from "./textWidth.ts";
import { chartConfig } from "./theme.ts";

// Vega exports its text measures but does not declare them. They are one object for the process; nothing else here draws with Vega.
interface TextItem {
  readonly fontSize?: number;
}
interface TextMetrics {
  width: (item: TextItem, text: unknown) => number;
}
const { textMetrics } = vega as unknown as { readonly textMetrics: TextMetrics };
textMetrics.width = (item, text) => textWidth(String(text ?? ""), item.fontSize ?? 11);

const silent = (): LoggerInterface => {
  const logger: LoggerInterface = {
    level: () => logger,
    error: () => logger,
    warn: () => logger,
    info: () => logger,
    debug: () => logger,
  } as LoggerInterface;
  return logger;
};

/** How charts become SVG on one page. */
export interface Rendering {
  /** CSS variables by the light colour they replace */
  readonly variables: ReadonlyMap<string, { readonly name: string }>;
  /** what Vega has to say; tests pass one that throws */
  readonly logger?: LoggerInterface;
  /** takes what the page's script draws the same charts from, by the id of the drawing */
  readonly live?: Map<string, LiveChart>;
}

/** A colour as the page's variable for it, so that a drawing turns dark with the page; other texts as they are. */
const inVariables = (text: string, { variables }: Rendering): string => {
  const variable = variables.get(text.toLowerCase());
  return variable === undefined ? text : `var(${variable.name})`;
};

/** Digits of a number in what a page's script draws from: more are seen on no screen. */
const digits = 7;

/** What is compiled for Vega, in variables and to few digits; without what is undefined, as JSON is. */
const lighter = (spec: unknown, rendering: Rendering): unknown => {
  if (typeof spec === "number") return Number.isInteger(spec) ? spec : Number(spec.toPrecision(digits));
  if (typeof spec === "string") return spec.length === 7 && spec.startsWith("#") ? inVariables(spec, rendering) : spec;
  if (Array.isArray(spec)) return spec.map((one) => lighter(one, rendering));
  if (typeof spec !== "object" || spec === null) return spec;
  return Object.fromEntries(Object.entries(spec).flatMap(([name, value]) => (value === undefined ? [] : [[name, lighter(value, rendering)]])));
};

/** What all charts have in common, as the page's script is given it. */
export const liveConfig = (rendering: Rendering): object => {
  const { spec } = compile({ mark: "point", data: { values: [] } }, { config: chartConfig });
  return lighter(spec.config ?? {}, rendering) as object;
};

/**
 * One chart as inline SVG: ids prefixed by `id`, colours as CSS variables (so that dark mode and print need no second drawing), with the
 * name and description that Vega's headless output lacks. Throws what Vega throws on a bad spec.
 */
export const renderChart = async (chart: Chart, id: string, className: string, rendering: Rendering): Promise<Html> => {
  const logger = rendering.logger ?? silent();
  const { spec } = compile(chart.spec, { logger, config: chartConfig });
  vega.resetSVGDefIds();
  const view = new vega.View(vega.parse(spec), { renderer: "none", logger });
  try {
    const svg = await view.toSVG();
    const viewBox = /viewBox="([^"]*)"/.exec(svg)?.[1] ?? "0 0 1 1";
    const [, , width, height] = viewBox.split(" ");
    const plain = svg
      .slice(svg.indexOf(">") + 1)
      .replace(/ id="/g, ` id="${id}-`)
      .replace(/url\(#/g, `url(#${id}-`)
      // the picture is one image to a screen reader, and its style is the page's
      .replace(/ (font-family|class|role|aria-[a-z]+|pointer-events)="[^"]*"/g, "")
      .replace(/(?<= (?:fill|stroke)=")#[0-9a-f]{6}(?=")/gi, (colour) => inVariables(colour, rendering));
    const body = leanSvg(plain);
    const { $schema: _, config: __, ...own } = spec;
    rendering.live?.set(id, { spec: lighter(own, rendering) as LiveSpec, zooms: chart.zooms });
    return raw(
      `<svg class="${className}" role="img" aria-labelledby="${id}-title ${id}-desc" width="${width}" height="${height}" viewBox="${viewBox}" data-chart="${id}"${chart.zooms ? " data-zooms" : ""}>` +
        `<title id="${id}-title">${isolated(escaped(chart.title))}</title><desc id="${id}-desc">${isolated(escaped(chart.description))}</desc>${body}`,
    );
  } finally {
    view.finalize();
  }
};
