import { type Preset, parametersOfPreset, patternOfPreset, presets, scaled } from "../../../kernels/model/presets.ts";
import { askedCrossovers } from "../../analysis/asked.ts";
import { formatBytes, formatCount, formatMs, formatNumber, formatShare } from "../../analysis/format.ts";
import { mixerCrossovers } from "../../analysis/mixerSentences.ts";
import { stageSentences } from "../../analysis/stageSentences.ts";
import { layersText } from "../../experiment/arms.ts";
import type { Arm, ExperimentModel } from "../../experiment/experiment.ts";
import type { Messages } from "../../messages/messages.ts";
import type { RunRecord } from "../../record/run.ts";
import { evenly, mostCharts, thinned, variableOf } from "../charts/facets.ts";
import type { Rendering } from "../charts/render.ts";
import { armText, fillOf, type StageBar, type StageBars, sharesOf, stageBarsOf, stagesOf, stageText } from "../charts/stageBars.ts";
import { stageChart } from "../charts/stageChart.ts";
import { type Html, html } from "../html.ts";
import { crossoverText, seriesText } from "../outcome.ts";
import { said } from "../said.ts";
import { type Column, name, table } from "../table.ts";
import { drawnAll, figure } from "./figure.ts";
import { textStagesTable } from "./textStages.ts";

interface StageRow {
  readonly bars: StageBars;
  readonly bar: StageBar;
  readonly stage: string;
}

/** How far the stages' sum is off the whole, over all bars. */
const sumSentence = (all: readonly StageBars[], t: Messages): string => {
  const sums = all.flatMap(({ bars }) => bars.map(({ stages }) => stages.sumOverWhole.value));
  return t.stages.sum(Math.min(...sums), Math.max(...sums));
};

const stageTable = (record: RunRecord, all: readonly StageBars[], t: Messages): Html => {
  const rows = all.flatMap((bars) => bars.bars.flatMap((bar) => bar.stages.times.map(({ stage }): StageRow => ({ bars, bar, stage }))));
  const timeOf = ({ bar, stage }: StageRow) => bar.stages.times.find((time) => time.stage === stage);
  const costOf = ({ bar, stage }: StageRow) => bar.cell.prepared?.stages?.[stage];
  const columns: readonly Column<StageRow>[] = [
    { head: t.tables.arm, cell: ({ bars }) => name(armText(bars)) },
    { head: variableOf(record), numeric: true, cell: ({ bar }) => formatCount(bar.x) },
    { head: t.stages.stage, cell: ({ stage }) => stageText(stage, t) },
    { head: t.tables.median, numeric: true, cell: (row) => formatMs(timeOf(row)?.ms.value ?? 0) },
    { head: t.tables.interval, numeric: true, cell: (row) => `${formatMs(timeOf(row)?.ms.low ?? 0)} – ${formatMs(timeOf(row)?.ms.high ?? 0)}` },
    { head: t.stages.share, numeric: true, cell: (row) => formatShare(timeOf(row)?.share.value ?? 0) },
    { head: t.stages.flops, numeric: true, cell: (row) => costOf(row) && formatCount(costOf(row)?.flops.executed ?? 0) },
    { head: t.stages.leastBytes, numeric: true, cell: (row) => costOf(row) && formatBytes(costOf(row)?.leastBytes ?? 0) },
    { head: "GFLOP/s", numeric: true, cell: (row) => rateOf(costOf(row)?.flops.executed, timeOf(row)?.ms.value) },
    { head: "GB/s", numeric: true, cell: (row) => rateOf(costOf(row)?.leastBytes, timeOf(row)?.ms.value) },
  ];
  return table(t.stages.all, columns, rows);
};

/** 10⁹ a second, of so many in ms. */
const rateOf = (count: number | undefined, ms: number | undefined): string | undefined => (count && ms ? formatNumber(count / ms / 1e6) : undefined);

/** "The model has 4 layers, 512 wide, …: the shape of llama3-8b at a scale of 0.125." */
export const modelSentence = ({ experiment: { model } }: RunRecord, t: Messages): string => (model ? t.stages.model(model, originOf(model)) : "");

/** Which arms have the layers of the published model, where these are a hybrid's: "Its layers are 3 gatedDeltaNet : 1 softmax, in turn: so are those of hybrid, and not those of softmax." */
const patternSentence = ({ experiment: { model, arms } }: RunRecord, t: Messages): string => {
  const own = model?.preset && patternOfPreset(model.preset, model.layers);
  if (!model?.preset || !own) return "";
  const parameters = Object.entries(parametersOfPreset(model.preset));
  const layersOf = (turn: readonly string[]): string => Array.from({ length: model.layers }, (_, layer) => turn[layer % turn.length]).join(" ");
  const { mixers = {} }: Preset = scaled(presets[model.preset], model.scale ?? 1);
  const heads = Object.entries(mixers).map(([mechanism, sizes]) => ({ mechanism, ...sizes }));
  const isOwn = ({ mechanism, pattern = [mechanism], overrides, mixers: having = {} }: Arm): boolean =>
    layersOf(pattern) === layersOf(own) && parameters.every(([name, value]) => overrides[name] === value) && JSON.stringify(having) === JSON.stringify(mixers);
  const named = (of: readonly Arm[]): readonly string[] => of.map(({ label }) => label);
  const turn = presets[model.preset].model as { readonly pattern?: readonly string[] };
  const last = own === turn.pattern ? undefined : own.at(-1);
  return t.stages.pattern(
    model.preset,
    layersText(turn.pattern ?? own),
    parameters,
    named(arms.filter(isOwn)),
    named(arms.filter((arm) => !isOwn(arm))),
    last,
    heads,
  );
};

/** Of what published shape a model is, and whether the file gave it no other sizes. */
const originOf = (model: ExperimentModel) => {
  const { preset, scale = 1 } = model;
  if (preset === undefined) return undefined;
  const sizesOf = ({ layers, width, vocab, feedForward, firstDense }: Omit<ExperimentModel, "preset" | "scale">): string =>
    JSON.stringify([layers, width, vocab, feedForward, firstDense]);
  return { preset, scale, isOwn: sizesOf(scaled(presets[preset] as Preset, scale).model) === sizesOf(model) };
};

/** "Before all this the text is cut into tokens, on the CPU and by the wall clock: … It is in none of the times above." */
const tokenizerSentence = ({ tokenizer = [] }: RunRecord, t: Messages): string =>
  t.stages.tokenizer(tokenizer.map(({ encoding, characters, ids, msPerToken }) => ({ encoding, characters, tokens: ids.length, msPerToken })));

/** n* of attention alone beside that of the whole token; undefined where no pair has both. */
const mixerTable = (record: RunRecord, t: Messages): Html | undefined => {
  const pairs = mixerCrossovers(askedCrossovers(record));
  if (pairs.length === 0) return undefined;
  const columns: readonly Column<(typeof pairs)[number]>[] = [
    { head: t.stages.first, cell: ({ between }) => name(between[0]) },
    { head: t.stages.second, cell: ({ between }) => name(between[1]) },
    { head: t.tables.at, cell: ({ series }) => seriesText(series) },
    { head: t.stages.attentionAlone, cell: ({ mixer, between }) => crossoverText({ ...mixer, between }, t) },
    { head: t.stages.wholeToken, cell: (pair) => crossoverText(pair, t) },
  ];
  return html`<div id="mixer-crossings">${table(t.stages.crossings, columns, pairs)}</div>`;
};

/** Of a whole model: where a token's time goes, stage by stage, and attention's share of it. Undefined in other phases. */
export const stagesSection = async (record: RunRecord, rendering: Rendering, t: Messages): Promise<Html | undefined> => {
  if (record.experiment.phase !== "tokenLoop") return undefined;
  const all = stageBarsOf(record);
  if (all.length === 0)
    return html`<section aria-labelledby="stages-of"><h2 id="stages-of">${t.charts.stageHeading}</h2><p>${t.stages.none}</p>${record.tokenizer && html`<p id="tokenizer">${tokenizerSentence(record, t)}</p>`}</section>`;
  const shown = evenly(all, mostCharts);
  const stages = stagesOf(all);
  const drawings = await drawnAll(
    shown.map((bars, i) => ({ id: `stages-${i}`, chart: (size) => stageChart(record, bars, stages, size, t) })),
    rendering,
  );
  const key = html`<ul class="key beside" aria-label="${t.page.colours}">${stages.map((stage) => html`<li><span class="swatch stage-${fillOf(stage, stages)}"></span> <bdi>${stageText(stage, t)}</bdi></li>`)}</ul>`;
  const { xs, rows } = sharesOf(all);
  const variable = variableOf(record);
  const columns: readonly Column<(typeof rows)[number]>[] = [
    { head: t.tables.arm, cell: ({ arm }) => name(arm) },
    ...xs.map(
      (x, i): Column<(typeof rows)[number]> => ({
        head: `${variable} = ${formatCount(x)}`,
        numeric: true,
        cell: ({ shares }) => shares[i] && formatShare(shares[i].value),
      }),
    ),
  ];
  const caption = [...stageSentences(record, t), sumSentence(all, t), thinned(shown.length, all.length, t)];
  return html`
<section aria-labelledby="stages-of"><h2 id="stages-of">${t.charts.stageHeading}</h2>
<p>${said(t.joinSentences([modelSentence(record, t), patternSentence(record, t)].filter((sentence) => sentence !== "")), t)}</p>
${record.tokenizer && html`<p id="tokenizer">${tokenizerSentence(record, t)}</p>`}
<div class="figures">${figure("stages", t.charts.stageHeading, drawings, caption, stageTable(record, all, t), true, t, key)}</div>
${table(t.stages.shares, columns, rows)}
${mixerTable(record, t)}
${textStagesTable(record, all, t)}
</section>`;
};
