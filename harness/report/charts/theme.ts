import type { Config } from "vega-lite";
import type { RunRecord } from "../../record/run.ts";
import { armLooks } from "./arms.ts";

interface Pair {
  readonly light: string;
  readonly dark: string;
}

/** Colours of a chart that do not belong to an arm. Every light value is used for one role only: rendering turns it into that role's CSS variable. */
export const theme = {
  ink: { light: "#1c2128", dark: "#e6e9ee" },
  muted: { light: "#59636e", dark: "#9aa5b1" },
  grid: { light: "#dfe3e8", dark: "#2d333b" },
  guide: { light: "#8c959f", dark: "#768390" },
  paper: { light: "#ffffff", dark: "#161a20" },
  crossing: { light: "#6e7781", dark: "#adb5be" },
} as const satisfies Readonly<Record<string, Pair>>;

/** The smallest words of a chart, px: at 360 px a chart is a fortieth smaller than drawn, and no word is to be below 9 px. */
export const leastTextPx = 9.5;

/** A mark for what has no value: Vega's path in a square of −1…1. */
export const crossPath = "M-0.8,-0.8L0.8,0.8M0.8,-0.8L-0.8,0.8";

/** Heat map steps from "softmax much faster" to "linear much faster", with the text colour that reads on each. */
export const heatSteps = [
  { fill: { light: "#2f6ea6", dark: "#3f86c6" }, text: { light: "#fffffe", dark: "#0b0d10" }, below: 1 / 4 },
  { fill: { light: "#86b3d6", dark: "#2c608e" }, text: { light: "#1c2129", dark: "#f4f6f8" }, below: 1 / 2 },
  { fill: { light: "#cfe0ee", dark: "#1f3d57" }, text: { light: "#1c2129", dark: "#f4f6f8" }, below: 1 / 1.1 },
  { fill: { light: "#eceef0", dark: "#30363d" }, text: { light: "#1c2129", dark: "#f4f6f8" }, below: 1.1 },
  { fill: { light: "#f8dcc4", dark: "#553014" }, text: { light: "#1c2129", dark: "#f4f6f8" }, below: 2 },
  { fill: { light: "#eeaa74", dark: "#914d17" }, text: { light: "#1c2129", dark: "#f4f6f8" }, below: 4 },
  { fill: { light: "#c2571a", dark: "#dc7a37" }, text: { light: "#fffffe", dark: "#0b0d10" }, below: Number.POSITIVE_INFINITY },
] as const;

/** Opacity of a place of a heat map that was not measured. */
export const paleness = 0.35;

/** Stages of a whole model, in the order of stageNames.ts: what depends on the mixer stands out, in no colour of a mixer. */
export const stageFills = [
  { light: "#b9c2cb", dark: "#5b6570" },
  { light: "#93a4b4", dark: "#77889a" },
  { light: "#6f9bd1", dark: "#5583bb" },
  { light: "#a9cbe8", dark: "#31557f" },
  { light: "#8c1d54", dark: "#f7d0e2" },
  { light: "#3a69a8", dark: "#86b1e0" },
  { light: "#a5d3bd", dark: "#24604a" },
  { light: "#4a9c78", dark: "#3f8f6c" },
  { light: "#9278c4", dark: "#8269b8" },
  { light: "#c9a634", dark: "#b3922b" },
] as const satisfies readonly Pair[];

/** CSS variables by the light colour they stand for: name and both values. Without a record, those that no arm needs. */
export const themeVariables = (record: RunRecord | undefined): ReadonlyMap<string, Pair & { readonly name: string }> => {
  const variables = new Map<string, Pair & { readonly name: string }>();
  const add = (name: string, pair: Pair): void => {
    if (!variables.has(pair.light)) variables.set(pair.light, { name, ...pair });
  };
  for (const [name, pair] of Object.entries(theme)) add(`--${name}`, pair);
  heatSteps.forEach((step, i) => {
    add(`--heat-${i}`, step.fill);
    add(`--heat-text-${i}`, step.text);
  });
  stageFills.forEach((pair, i) => {
    add(`--stage-${i}`, pair);
  });
  (record === undefined ? [] : armLooks(record)).forEach((look, i) => {
    add(`--arm-${i}`, look.colour);
  });
  return variables;
};

/** Vega-Lite configuration common to all charts: the page's font, no Vega labels for screen readers (the page gives a title and a table). */
export const chartConfig: Config = {
  aria: false,
  background: "transparent",
  font: "system-ui, sans-serif",
  view: { stroke: null },
  title: {
    anchor: "start",
    fontSize: 14,
    fontWeight: 600,
    color: theme.ink.light,
    subtitleColor: theme.muted.light,
    subtitleFontSize: 11.5,
    subtitlePadding: 4,
  },
  axis: {
    labelColor: theme.muted.light,
    titleColor: theme.muted.light,
    labelFontSize: 11.5,
    titleFontSize: 12,
    titleFontWeight: 500,
    labelLimit: 0,
    titleLimit: 0,
    gridColor: theme.grid.light,
    domain: false,
    ticks: false,
    labelPadding: 6,
  },
};
