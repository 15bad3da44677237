import { askedFits } from "../../analysis/asked.ts";
import { formatCount, formatMs, formatNumber, formatShare } from "../../analysis/format.ts";
import { adapterName } from "../../record/adapterName.ts";
import { isChanged } from "../../record/code.ts";
import type { Summary } from "../../record/derived.ts";
import { kernelsText } from "../../record/kernelFolder.ts";
import { shardName } from "../../record/merged.ts";
import type { RunRecord } from "../../record/run.ts";
import { type Html, html, shortened } from "../html.ts";
import { counted, reasonsOf, tallyOf, tallySentence } from "../outcome.ts";
import { expectationTally, warningsOf } from "./answer.ts";

interface Fact {
  readonly name: string;
  readonly value: string;
  readonly detail?: string | undefined;
}

/** min–max, or the one value. */
const range = (values: readonly number[]): string => {
  const least = Math.min(...values);
  const most = Math.max(...values);
  return least === most ? formatCount(least) : `${formatCount(least)}–${formatCount(most)}`;
};

/** Of what this run is a part, or of how many it is put together. */
const partText = ({ shard, merged }: RunRecord): string => {
  if (shard) return `, ${shardName(shard)}`;
  return merged ? `, merged of ${formatCount(merged.parts.length)} of ${counted(merged.parts.length + merged.missing.length, "shard")}` : "";
};

const factsOf = (record: RunRecord): readonly Fact[] => {
  const { environment, schedule } = record;
  const { adapter, attnbench, clock, kernels = [] } = environment;
  const tally = tallyOf(record.cells);
  const samples = record.cells.flatMap((cell) => (cell.summary === undefined || cell.composedOf ? [] : [cell.summary.samples]));
  const prepared = record.cells.flatMap((cell) => (cell.prepared === undefined ? [] : [cell.prepared]));
  const worst = prepared.toSorted((one, other) => other.maxError / other.tolerance - one.maxError / one.tolerance)[0];
  const wrong = record.cells.filter(({ outcome }) => "code" in outcome && outcome.code === "wrongOutput").length;
  return [
    {
      name: "Device",
      value: adapterName(adapter, environment.deviceClass === "software") || adapter.choice,
      detail:
        environment.deviceClass === "hardware" ? `a real GPU, through ${adapter.backend}` : `a CPU emulating a GPU (${adapter.choice}, ${adapter.backend})`,
    },
    {
      name: "Clock",
      value: clock.source === "gpu" ? "GPU timestamps" : "wall clock",
      detail: clock.stepNs > 0 ? `steps of ${formatMs(clock.stepNs / 1e6)}` : undefined,
    },
    {
      name: "Samples",
      value: samples.length === 0 ? "none" : `${range(samples)} a point`,
      detail: `${record.merged ? "at least " : ""}${counted(schedule.turns, "turn")} over ${counted(schedule.workers, "process", "processes")}${record.merged ? " in each shard" : ""}`,
    },
    {
      name: "Verified",
      value: worst === undefined ? "nothing" : wrong > 0 ? `${counted(wrong, "cell")} wrong` : `${counted(prepared.length, "cell")} right`,
      detail:
        worst === undefined ? undefined : `worst error ${formatNumber(worst.maxError)}, tolerance ${formatNumber(worst.tolerance)}`.replaceAll("e-", "e\u2212"),
    },
    {
      name: "Outcomes",
      value: tally.ok === tally.all ? `all ${counted(tally.all, "cell")} measured` : tallySentence(tally),
      detail: reasonsOf(record.cells) || undefined,
    },
    {
      name: "Time spent timing",
      value: schedule.efficiency === undefined ? "–" : formatShare(schedule.efficiency),
      detail: `of ${formatMs(schedule.wall.measureMs)} measuring`,
    },
    {
      name: "Code",
      value: attnbench.commit === undefined ? `attnbench ${attnbench.version}` : attnbench.commit.slice(0, 12),
      detail: `${attnbench.commit === undefined ? "no commit known" : `attnbench ${attnbench.version}`}${isChanged(attnbench) ? ", with uncommitted changes" : ""}${kernels.length > 0 ? `, --kernels ${kernelsText(kernels)}` : ""}`,
    },
    { name: "Run", value: record.run, detail: `experiment ${record.experiment.hash}${partText(record)}` },
  ];
};

/** What the numbers rest on, at a glance. */
export const trustSection = (record: RunRecord): Html => html`
<section aria-label="What the numbers rest on"><dl class="trust">${factsOf(record).map(
  ({ name, value, detail }) =>
    html`<div><dt>${name}</dt><dd><bdi>${value}</bdi>${detail !== undefined && html`<small><bdi>${detail}</bdi></small>`}</dd></div>`,
)}</dl></section>`;

/** Half of all relative half-widths are at most the first, all at most the second; undefined without any. */
const widthsOf = (record: RunRecord): readonly [middle: number, widest: number] | undefined => {
  const widths = summariesOf(record)
    .map(({ medianMs, lowMs, highMs }) => (highMs - lowMs) / 2 / medianMs)
    .sort((one, other) => one - other);
  const widest = widths.at(-1);
  return widest === undefined ? undefined : [widths[Math.floor(widths.length / 2)] ?? 0, widest];
};

const summariesOf = ({ cells }: RunRecord): readonly Summary[] =>
  cells.flatMap((cell) => (cell.summary === undefined || cell.composedOf ? [] : [cell.summary]));

const suresOf = (record: RunRecord): readonly string[] => {
  const { measure } = record.experiment;
  const { schedule, environment } = record;
  const summaries = summariesOf(record);
  if (summaries.length === 0) return ["There is no time to be sure of: no cell was measured."];
  const shortest = Math.min(...summaries.map(({ medianMs }) => medianMs));
  const fits = askedFits(record);
  const undecided = fits.filter((fit) => fit.verdict === "undecided").length;
  return [
    `Intervals are 95 % bootstrap intervals of the median; ±${formatShare(measure.precision)} was asked for.`,
    ...(environment.clock.stepNs > 0
      ? [
          `The shortest time is ${formatMs(shortest)}, ${formatCount((shortest * 1e6) / environment.clock.stepNs)} steps of the clock; short kernels are timed many at once.`,
        ]
      : []),
    ...(schedule.unmet.length > 0
      ? [
          `${counted(schedule.unmet.length, "cell")} had a wider interval than asked when measuring ended${schedule.stopped === "maxTime" ? " for lack of time" : ""}; the table shows them.`,
        ]
      : []),
    "An interval covers what changes from turn to turn and from process to process in this run, not what another driver, clock rate or machine would change.",
    ...(undecided > 0
      ? [`${counted(undecided, "fit")} of ${formatCount(fits.length)} could not be decided from these points; the table of fits says what to measure.`]
      : []),
  ];
};

/** What decides at a glance whether to believe the answer: the most serious warning, how narrowly times are known, whether all is as expected. */
const glanceOf = (record: RunRecord): readonly Html[] => {
  const outcomes = record.findings.filter(({ kind }) => kind === "outcome").map(({ text }) => text);
  const [first, ...others] = [...outcomes, ...warningsOf(record)];
  const widths = widthsOf(record);
  const expected = expectationTally(record);
  return [
    ...(first === undefined
      ? []
      : [
          html`<li><span aria-hidden="true">⚠ </span><bdi>${shortened(first, 180)}</bdi>${others.length > 0 && html` <a href="#found">${others.length} more</a>`}</li>`,
        ]),
    ...(widths ? [html`<li>Half of the times are known to ±${formatShare(widths[0])} or better, the worst to ±${formatShare(widths[1])}.</li>`] : []),
    ...(expected === undefined ? [] : [html`<li>${expected}</li>`]),
  ];
};

/** One attention layer, and what of it is timed; a whole model where absent. */
const oneLayer: Readonly<Partial<Record<RunRecord["experiment"]["phase"], string>>> = {
  prefill: "One attention layer reading n tokens at once.",
  decode: "One attention layer making one step, with n tokens before it.",
  generate: "One attention layer stepping through a text of n tokens, one after another.",
  offload: "The state of one attention layer coming back, or its attention computed again.",
};

const around = "Projections of q, k, v and o, norms, gates, convolutions and the feed-forward network are not timed.";

/** What the rest of a model would change in what this page compares. */
const besides = (phase: RunRecord["experiment"]["phase"]): string =>
  phase === "offload"
    ? "A state that is computed anew needs these too, in all layers before its own, and one that comes back does not, so that in whole models bringing back pays sooner than this page shows."
    : "Most of these cost about the same for both kinds, so that whole models differ by less than this page shows.";

/** What is left out: in few words, and what that means. */
const limitsOf = ({ experiment: { phase }, environment }: RunRecord): readonly (readonly [what: string, brief: string, meaning: string])[] => {
  const layer = oneLayer[phase];
  return [
    layer === undefined
      ? [
          "A trained model.",
          "Weights are random.",
          "What real models have besides (short convolutions, output gates, biases) is left out. The tokenizer is timed by itself, on the CPU; the text's way out is not.",
        ]
      : ["The rest of a model.", layer, `${around} ${besides(phase)}`],
    ["Quality.", "Inputs are random.", "A mechanism that is faster may recall less; nothing here says how a trained model would answer."],
    environment.deviceClass === "software"
      ? ["A GPU.", "Take times from a run on your own.", "No GPU was used at all: growth and bytes carry over from here, times and n* do not."]
      : ["Other devices.", "Run it on yours.", "n* moves with compute and memory speed, driver and kernel quality."],
    ["The best possible kernels.", "These are WGSL, through WebGPU.", "Vendor libraries may be faster on either side."],
  ];
};

/** The two boxes under the answer: how sure it is, and what it leaves out. */
export const limitsSection = (record: RunRecord): Html => html`
<section class="boxes">
<div><h2>How sure is this?</h2><ul>${glanceOf(record)}</ul>
<details><summary>What it rests on</summary><ul>${suresOf(record).map((text) => html`<li>${text}</li>`)}</ul></details></div>
<div><h2>What this does not show</h2><ul>${limitsOf(record).map(([what, brief]) => html`<li><strong>${what}</strong> ${brief}</li>`)}</ul>
<details><summary>What that means</summary><ul>${limitsOf(record).map(([what, , meaning]) => html`<li><strong>${what}</strong> ${meaning}</li>`)}</ul></details></div>
</section>`;
