import { parametersOfPreset, patternOfPreset, presets, scaled } from "../../../kernels/model/presets.ts";
import { askedCrossovers } from "../../analysis/asked.ts";
import { formatBytes, formatCount, formatList, formatMs, formatNumber, formatShare } from "../../analysis/format.ts";
import { mixerCrossovers } from "../../analysis/mixerSentences.ts";
import { stageSentences } from "../../analysis/stageSentences.ts";
import { layersText } from "../../experiment/arms.ts";
import type { Arm, ExperimentModel } from "../../experiment/experiment.ts";
import { en } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { RunRecord } from "../../record/run.ts";
import { evenly, mostCharts, thinned, variableOf } from "../charts/facets.ts";
import type { Rendering } from "../charts/render.ts";
import { armText, type StageBar, type StageBars, sharesOf, stageBarsOf, stagesOf, stageText } from "../charts/stageBars.ts";
import { stageChart } from "../charts/stageChart.ts";
import { stageFills } from "../charts/theme.ts";
import { type Html, html } from "../html.ts";
import { bracketed } from "../interval.ts";
import { crossoverText, seriesText } from "../outcome.ts";
import { inEnglish } from "../said.ts";
import { type Column, name, table } from "../table.ts";
import { drawn, figure } from "./figure.ts";
import { textStagesTable } from "./textStages.ts";

interface StageRow {
  readonly bars: StageBars;
  readonly bar: StageBar;
  readonly stage: string;
}

/** How far the stages' sum is off the whole, over all bars. */
const sumSentence = (all: readonly StageBars[]): string => {
  const sums = all.flatMap(({ bars }) => bars.map(({ stages }) => stages.sumOverWhole.value));
  return `Stages are timed beside the whole, each run of steps in a pass of its own: together they come to ${formatShare(Math.min(...sums))} to ${formatShare(Math.max(...sums))} of the time of the whole. Shares are of their sum.`;
};

const stageTable = (record: RunRecord, all: readonly StageBars[]): Html => {
  const rows = all.flatMap((bars) => bars.bars.flatMap((bar) => bar.stages.times.map(({ stage }): StageRow => ({ bars, bar, stage }))));
  const timeOf = ({ bar, stage }: StageRow) => bar.stages.times.find((time) => time.stage === stage);
  const costOf = ({ bar, stage }: StageRow) => bar.cell.prepared?.stages?.[stage];
  const columns: readonly Column<StageRow>[] = [
    { head: "arm", cell: ({ bars }) => name(armText(bars)) },
    { head: variableOf(record), numeric: true, cell: ({ bar }) => formatCount(bar.x) },
    { head: "stage", cell: ({ stage }) => stageText(stage, en) },
    { head: "median", numeric: true, cell: (row) => formatMs(timeOf(row)?.ms.value ?? 0) },
    { head: "95 % interval", numeric: true, cell: (row) => `${formatMs(timeOf(row)?.ms.low ?? 0)} – ${formatMs(timeOf(row)?.ms.high ?? 0)}` },
    { head: "share", numeric: true, cell: (row) => formatShare(timeOf(row)?.share.value ?? 0) },
    { head: "FLOPs", numeric: true, cell: (row) => costOf(row) && formatCount(costOf(row)?.flops.executed ?? 0) },
    { head: "least bytes", numeric: true, cell: (row) => costOf(row) && formatBytes(costOf(row)?.leastBytes ?? 0) },
    { head: "GFLOP/s", numeric: true, cell: (row) => rateOf(costOf(row)?.flops.executed, timeOf(row)?.ms.value) },
    { head: "GB/s", numeric: true, cell: (row) => rateOf(costOf(row)?.leastBytes, timeOf(row)?.ms.value) },
  ];
  return table("All stages of every cell", columns, rows, en);
};

/** 10⁹ a second, of so many in ms. */
const rateOf = (count: number | undefined, ms: number | undefined): string | undefined => (count && ms ? formatNumber(count / ms / 1e6) : undefined);

/** "The model has 4 layers, 512 wide, …: the shape of llama3-8b at a scale of 0.125." */
const modelSentence = ({ experiment: { model } }: RunRecord): string => {
  if (!model) return "";
  const { layers, width, vocab, feedForward: fed } = model;
  const hidden = `${formatCount(fed.hidden)} channels`;
  const through = fed.kind === "experts" ? `${formatCount(fed.active)} of ${formatCount(fed.experts)} experts of ${hidden}` : hidden;
  return `The model has ${formatCount(layers)} layers, ${formatCount(width)} wide, each with a feed-forward network of ${through}, and ${formatCount(vocab)} different tokens${originOf(model)}.`;
};

/** Which arms have the layers of the published model, where these are a hybrid's: "Its layers are 3 gatedDeltaNet : 1 softmax, in turn: so are those of hybrid, and not those of softmax." */
const patternSentence = ({ experiment: { model, arms } }: RunRecord): string => {
  const own = model?.preset && patternOfPreset(model.preset);
  if (!model?.preset || !own) return "";
  const parameters = Object.entries(parametersOfPreset(model.preset));
  const isOwn = ({ pattern = [], overrides }: Arm): boolean =>
    String(pattern) === String(own) && parameters.every(([name, value]) => overrides[name] === value);
  const named = (of: readonly Arm[]): string => formatList(of.map(({ label }) => label));
  const [like, unlike] = [arms.filter(isOwn), arms.filter((arm) => !isOwn(arm))];
  const turn = `The layers of ${model.preset} are ${layersText(own)}, in turn${parameters.map(([name, value]) => `, with ${name} ${value}`).join("")}`;
  if (like.length === 0) return `${turn}: no arm has them.`;
  return `${turn}: so are those of ${named(like)}${unlike.length === 0 ? "" : `, and not those of ${named(unlike)}`}.`;
};

/** Of what published shape a model is, and whether the file gave it other sizes. */
const originOf = ({ preset, scale = 1, layers, width, vocab, feedForward }: ExperimentModel): string => {
  if (preset === undefined) return "";
  const { model: own } = scaled(presets[preset], scale);
  const isOwn = JSON.stringify([own.layers, own.width, own.vocab, own.feedForward]) === JSON.stringify([layers, width, vocab, feedForward]);
  return `: the shape of ${preset}${scale === 1 ? "" : ` at a scale of ${scale}`}${isOwn ? "" : ", with sizes of its own"}`;
};

/** "Before all this the text is cut into tokens, on the CPU and by the wall clock: … It is in none of the times above." */
const tokenizerSentence = ({ tokenizer = [] }: RunRecord): string => {
  const parts = tokenizer.map(
    ({ encoding, characters, ids, msPerToken }) =>
      `${encoding} makes ${formatCount(ids.length)} tokens of a text of ${formatCount(characters)} characters, ${bracketed(msPerToken, formatMs)} each`,
  );
  return parts.length === 0
    ? ""
    : `Before all this a text is cut into tokens, on the CPU and by the wall clock: ${formatList(parts)}. No stage and no whole has that time in it.`;
};

/** n* of attention alone beside that of the whole token; undefined where no pair has both. */
const mixerTable = (record: RunRecord): Html | undefined => {
  const pairs = mixerCrossovers(askedCrossovers(record));
  if (pairs.length === 0) return undefined;
  const columns: readonly Column<(typeof pairs)[number]>[] = [
    { head: "first", cell: ({ between }) => name(between[0]) },
    { head: "second", cell: ({ between }) => name(between[1]) },
    { head: "at", cell: ({ series }) => seriesText(series) },
    { head: "attention alone", cell: ({ mixer, between }) => crossoverText({ ...mixer, between }, en) },
    { head: "the whole token", cell: (pair) => crossoverText(pair, en) },
  ];
  return html`<div id="mixer-crossings">${table("n*, from which on the second takes less time than the first: by attention's time alone, of all layers, and by the time of the whole token. All that is not attention moves the one away from the other where it differs between the two.", columns, pairs, en)}</div>`;
};

/** Of a whole model: where a token's time goes, stage by stage, and attention's share of it. Undefined in other phases. */
export const stagesSection = async (record: RunRecord, rendering: Rendering, t: Messages): Promise<Html | undefined> => {
  if (record.experiment.phase !== "tokenLoop") return undefined;
  const all = stageBarsOf(record);
  if (all.length === 0)
    return html`<section aria-labelledby="stages-of"><h2 id="stages-of">${t.charts.stageHeading}</h2>${inEnglish(html`<p>No stage was timed: there is no time, or this device gives no GPU timestamps.</p>${record.tokenizer && html`<p id="tokenizer">${tokenizerSentence(record)}</p>`}`, t)}</section>`;
  const shown = evenly(all, mostCharts);
  const stages = stagesOf(all);
  const drawings: Html[] = [];
  for (const [i, bars] of shown.entries()) {
    const drawing = await drawn(`stages-${i}`, (size) => stageChart(record, bars, stages, size, t), rendering);
    if (drawing !== undefined) drawings.push(drawing);
  }
  const key = html`<ul class="key beside" aria-label="${t.page.colours}">${stages.map((stage, i) => html`<li><span class="swatch stage-${i % stageFills.length}"></span> <bdi>${stageText(stage, t)}</bdi></li>`)}</ul>`;
  const { xs, rows } = sharesOf(all);
  const variable = variableOf(record);
  const columns: readonly Column<(typeof rows)[number]>[] = [
    { head: "arm", cell: ({ arm }) => name(arm) },
    ...xs.map(
      (x, i): Column<(typeof rows)[number]> => ({
        head: `${variable} = ${formatCount(x)}`,
        numeric: true,
        cell: ({ shares }) => shares[i] && formatShare(shares[i].value),
      }),
    ),
  ];
  const caption = [...stageSentences(record, t), sumSentence(all), thinned(shown.length, all.length, t)];
  return html`
<section aria-labelledby="stages-of"><h2 id="stages-of">${t.charts.stageHeading}</h2>
${inEnglish(
  html`<p><bdi>${[modelSentence(record), patternSentence(record)].filter((sentence) => sentence !== "").join(" ")}</bdi></p>
${record.tokenizer && html`<p id="tokenizer">${tokenizerSentence(record)}</p>`}`,
  t,
)}
<div class="figures">${figure("stages", t.charts.stageHeading, [key, ...drawings], caption, inEnglish(stageTable(record, all), t), true, t)}</div>
${inEnglish(
  html`${table("Attention's share of a token's time", columns, rows, en)}
${mixerTable(record)}
${textStagesTable(record, all)}`,
  t,
)}
</section>`;
};
