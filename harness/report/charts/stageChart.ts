import { estimated, formatCount, formatMs, formatShare } from "../../analysis/format.ts";
import { en } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { RunRecord } from "../../record/run.ts";
import { plannedXs, variableOf } from "./facets.ts";
import { type Chart, type ChartSize, type Encoding, framed, type Layer } from "./frame.ts";
import { tipOf } from "./hints.ts";
import { fillOf, mixingShare, type StageBars, stacked, stageText } from "./stageBars.ts";
import { textWidth } from "./textWidth.ts";
import { leastTextPx, stageFills, theme } from "./theme.ts";

/** Room of a bar in its column, and above all bars for their times: shares of a column and of a bar. */
const gap = 0.08;
const top = 1.1;

/** One arm: at each n a bar of the shares of all stages, and the whole token's time above it. `stages` gives colours their places. */
export const stageChart = (record: RunRecord, { label, facet, bars }: StageBars, stages: readonly string[], size: ChartSize, t: Messages = en): Chart => {
  const { charts } = t;
  const variable = variableOf(record);
  const columns = plannedXs(record, facet.cells);
  const title = facet.title === undefined ? label : `${label}, ${facet.title}`;
  const order = stacked(stages);
  const placed = bars.flatMap(({ x, stages: { times } }) => {
    const column = columns.indexOf(x);
    if (column < 0) return [];
    let bottom = 0;
    return order.flatMap((stage) => {
      const time = times.find((one) => one.stage === stage);
      const share = time?.share.value ?? 0;
      const from = bottom;
      bottom += share;
      return share > 0
        ? [
            {
              left: column + gap,
              right: column + 1 - gap,
              from,
              to: bottom,
              stage,
              series: stageText(stage, t),
              tip: tipOf(
                stageText(stage, t),
                `${variable} = ${formatCount(x)}`,
                charts.tips.ofTime(formatShare(share)),
                time ? estimated(time.ms, formatMs) : "",
              ),
            },
          ]
        : [];
    });
  });
  const spec = framed(record, size, title, charts.stageNote, { left: 44, right: 8, bottom: 44, plotHeight: size.dataHeightPx - 70 }, t, (frame) => {
    const channels = {
      x: {
        field: "left",
        type: "quantitative",
        scale: { domain: [0, columns.length], nice: false, zero: false },
        axis: {
          title: variable,
          values: columns.map((_, i) => i + 0.5),
          labelExpr: `[${columns.map((column) => `'${formatCount(column)}'`).join(",")}][floor(datum.value)]`,
          grid: false,
          labelOverlap: "parity",
          labelSeparation: 4,
          titlePadding: 8,
        },
      },
      y: {
        field: "from",
        type: "quantitative",
        scale: { domain: [0, top], nice: false },
        axis: {
          title: charts.stageAxis,
          values: [0, 0.25, 0.5, 0.75, 1],
          format: ".0%",
          titleAngle: 0,
          titleAlign: "left",
          titleAnchor: "end",
          titleBaseline: "bottom",
          titleX: -44,
          titleY: -9,
        },
      },
    } satisfies Encoding;
    const { x, y } = channels;
    const columnPx = frame.plotWidth / columns.length;
    const written = bars.map((bar) => ({ column: columns.indexOf(bar.x), words: formatMs(bar.wholeMs) })).filter(({ column }) => column >= 0);
    const widest = (px: number): number => Math.max(...written.map(({ words }) => textWidth(words, px) + 3));
    const fontPx = [11, 10, leastTextPx].find((px) => widest(px) <= columnPx) ?? leastTextPx;
    // Where neighbours would touch, every second or third says its time; the table has all.
    const every = Math.ceil(widest(fontPx) / columnPx);
    const layers: Layer[] = [
      {
        data: { values: placed },
        mark: { type: "rect", stroke: theme.paper.light, strokeWidth: 0.5 },
        encoding: {
          x,
          x2: { field: "right" },
          y,
          y2: { field: "to" },
          fill: {
            field: "stage",
            type: "nominal",
            scale: { domain: [...stages], range: stages.map((stage) => stageFills[fillOf(stage, stages)]?.light ?? theme.guide.light) },
            legend: null,
          },
        },
      },
      {
        data: {
          values: written
            .filter(({ column }) => ((written.at(-1)?.column ?? 0) - column) % every === 0)
            .map(({ column, words }) => ({ middle: column + 0.5, at: (1 + top) / 2, words })),
        },
        mark: { type: "text", fontSize: fontPx, baseline: "middle", color: theme.ink.light },
        encoding: { x: { ...x, field: "middle" }, y: { ...y, field: "at" }, text: { field: "words", type: "nominal" } },
      },
      {
        data: { values: columns.flatMap((value, column) => (bars.some((bar) => bar.x === value) ? [] : [{ middle: column + 0.5, at: 0.03 }])) },
        mark: { type: "text", text: "–", fontSize: 11, baseline: "bottom", color: theme.muted.light },
        encoding: { x: { ...x, field: "middle" }, y: { ...y, field: "at" } },
      },
    ];
    return layers;
  });
  return {
    spec,
    title: charts.stageSaid(title, variable),
    description: bars
      .map((bar) => {
        const share = mixingShare(bar);
        return `${variable} = ${formatCount(bar.x)}: ${formatMs(bar.wholeMs)}${share === undefined ? "" : `, ${stageText("mix", t)} ${formatShare(share.value)}`}`;
      })
      .join("; "),
    zooms: false,
  };
};
