import { formatBytes, formatCount, formatList, formatMs, formatNumber, formatShare } from "../../analysis/format.ts";
import { adapterName } from "../../record/adapterName.ts";
import type { RunRecord } from "../../record/run.ts";
import { meaningOfN, repetition } from "../charts/timeChart.ts";
import { type Html, html } from "../html.ts";

/** How the numbers came about, for someone who has not read the code. */
export const methodSection = (record: RunRecord): Html => {
  const { experiment, environment, schedule, ceilings } = record;
  const { measure, phase } = experiment;
  return html`
<section aria-labelledby="method"><h2 id="method">Method</h2>
<p>One <em>cell</em> is one mechanism in one form at one shape. Its time is that of one ${repetition[phase]}; n counts the ${meaningOfN[phase]}. Every cell is first checked: its outputs are filled with NaN, computed on this device at this shape, and compared with a float64 reference. A cell that is wrong gets no time.</p>
<p>Cells are then visited in turns, so that slow drift of the machine meets all of them alike, ${schedule.workers > 1 ? "and in several processes, since results differ from process to process" : "here in one process, though results differ from process to process"}. A sample is a pass of many repetitions, divided by their number${environment.clock.source === "gpu" ? ", between two timestamps of the GPU" : ", by the wall clock"}. ${cacheWords(record)} Measuring goes on until each median is known to ±${formatShare(measure.precision)} and each n* to ±${formatShare(measure.refineCrossover ?? measure.precision)}, or ${formatMs(measure.maxTimeSeconds * 1000)} have passed${schedule.stopped === "maxTime" ? "; here the time ran out" : ""}. Before and after each turn one small kernel, always the same, shows whether the device itself changed its pace; a turn in which it did is made again, a quarter of all turns at most.${measure.refineCrossover !== undefined && " Around each n* of measured arms more n were measured than planned."}</p>
<p>Growth is the smooth curve t₀ + a·n + b·n² with no negative part, fitted to the medians; the <em>slope</em> is that of log time over log n at its right end (1: proportional, 2: the square). Intervals of slopes and of <em>n*</em>, the last n up to which the first arm stays below the second, are of curves whose parts may have any sign. Charts, laws and n* keep to the n that were measured; what is told of longer texts stands in a table of its own, as extrapolated.</p>
${ceilings !== undefined && html`<p>Ceilings measured on this adapter in this run: reading ${formatNumber(ceilings.readGbps)} GB/s, copying ${formatNumber(ceilings.copyGbps)} GB/s, multiply-add ${formatNumber(ceilings.fmaGflops)} GFLOP/s, an empty dispatch ${formatMs(ceilings.emptyDispatchMs)}${ceilings.cacheKneeBytes !== undefined && `, reading slows down beyond ${formatBytes(ceilings.cacheKneeBytes)}`}.</p>`}
</section>`;
};

const cacheWords = (record: RunRecord): string => {
  const { experiment } = record;
  const arms = experiment.arms.filter(({ cache }) => cache !== undefined && cache !== experiment.measure.cache).map(({ label }) => label);
  const others = arms.length > 0 ? ` ${formatList(arms)}: from a ${experiment.measure.cache === "hot" ? "cold" : "hot"} cache instead.` : "";
  return `${usualCacheWords(record)}${others}`;
};

const usualCacheWords = ({ experiment, ceilings, cells, merged }: Pick<RunRecord, "experiment" | "ceilings" | "cells" | "merged">): string => {
  if (experiment.measure.cache === "hot") return "Caches are warm: every repetition reads the same memory.";
  const knees = (merged?.parts ?? [{ ceilings }]).map((one) => one.ceilings?.cacheKneeBytes);
  if (knees.every((knee) => knee === undefined))
    return "Caches were to be cold, but reading gets no slower here for being spread over more memory: no edge of a cache was found, so every repetition reads the same.";
  const most = Math.max(1, ...cells.map(({ prepared }) => prepared?.copies ?? 1));
  return `Caches are cold: what is read rotates over copies (up to ${formatCount(most)}) that together are twice as large as what the last-level cache holds${knees.includes(undefined) ? "; in shards that found no edge of a cache, every repetition reads the same" : ""}.`;
};

const environmentRows = ({ environment, schedule, startedAt, endedAt }: RunRecord): readonly (readonly [string, string])[] => {
  const { adapter, toggles } = environment;
  return [
    ["adapter", [adapter.description, adapter.vendor, adapter.architecture, adapter.device].filter((text) => text !== "").join(", ")],
    ["asked for, got", `${adapter.asked}, ${adapter.choice}`],
    ["backend", adapter.backend],
    ["device class", environment.deviceClass],
    ["clock", `${environment.clock.source}, steps of ${formatNumber(environment.clock.stepNs)} ns`],
    ["features", environment.features.join(", ")],
    [
      "limits",
      Object.entries(environment.limits)
        .map(([name, value]) => `${name} ${formatCount(value)}`)
        .join(", "),
    ],
    ["toggles on", toggles.enabled.join(", ")],
    ["toggles off", toggles.disabled.join(", ")],
    ["CPU", `${environment.cpu.model}, ${formatCount(environment.cpu.cores)} cores`],
    ["memory", formatBytes(environment.memoryBytes)],
    ["system", environment.os],
    ["Node", environment.node],
    [
      "packages",
      Object.entries(environment.packages)
        .map(([name, version]) => `${name} ${version}`)
        .join(", "),
    ],
    ["started", startedAt],
    ["ended", endedAt ?? "not ended"],
    ["peak memory of worker, command", `${formatBytes(schedule.peakRssBytes.worker)}, ${formatBytes(schedule.peakRssBytes.parent)}`],
  ];
};

/** Machine and software. */
export const environmentSection = (record: RunRecord): Html => html`
<section aria-labelledby="environment"><h2 id="environment">Environment</h2>
<dl class="pairs">${environmentRows(record).map(([name, value]) => value !== "" && html`<dt>${name}</dt><dd><bdi>${value}</bdi></dd>`)}</dl>
</section>`;

/** "attnbench 0.1.0 (commit 0c363d0): decode, run 2026…, on llvmpipe …, 26 November 2026." */
const citation = ({ environment, experiment, run, startedAt }: RunRecord): string => {
  const { version, commit } = environment.attnbench;
  const at = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(new Date(startedAt));
  return `attnbench ${version}${commit === undefined ? "" : ` (commit ${commit.slice(0, 7)})`}: ${experiment.name === experiment.phase ? experiment.name : `${experiment.name}, ${experiment.phase}`}, run ${run}, on ${adapterName(environment.adapter, environment.deviceClass === "software")}, ${at}.`;
};

/** What to type to get this again, the file that it reads, and what to say of it. */
export const reproduceSection = (record: RunRecord): Html => {
  const { commit, version } = record.environment.attnbench;
  return html`
<section aria-labelledby="reproduce"><h2 id="reproduce">Reproduce</h2>
<p>attnbench ${version}${commit !== undefined && html`, commit <code>${commit}</code>`}, seed ${record.experiment.measure.seed}:</p>
<pre class="command" tabindex="0"><code dir="ltr">${record.command}</code></pre>
<h3>The experiment file</h3>
<pre tabindex="0"><code dir="ltr">${record.experiment.yaml}</code></pre>
<h3>Take along, and quote</h3>
<div id="downloads"></div>
<p>Results are this device's: name it beside them. For example:</p>
<pre class="command" tabindex="0"><code dir="ltr">${citation(record)}</code></pre>
</section>`;
};
