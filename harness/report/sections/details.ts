import { formatBytes, formatCount } from "../../analysis/format.ts";
import type { Messages } from "../../messages/messages.ts";
import { adapterName } from "../../record/adapterName.ts";
import type { RunRecord } from "../../record/run.ts";
import { carriesSamples } from "../carriedRecord.ts";
import { type Html, html, raw, verbatim } from "../html.ts";
import { directed } from "../said.ts";
import { glossary } from "./glossary.ts";

const emphasised = (word: string): Html => html`<em>${word}</em>`;

/** How the numbers came about, for someone who has not read the code. */
export const methodSection = (record: RunRecord, t: Messages): Html => {
  const { experiment, environment, schedule, ceilings, cells } = record;
  const { measure, phase } = experiment;
  const { method, orders } = t;
  const turns = method.turns({
    processes: schedule.workers,
    gpuClock: environment.clock.source === "gpu",
    cache: cacheWords(record, t),
    precision: measure.precision,
    crossing: measure.refineCrossover ?? measure.precision,
    maxTimeMs: measure.maxTimeSeconds * 1000,
    ranOut: schedule.stopped === "maxTime",
    refined: measure.refineCrossover !== undefined,
  });
  return html`
<section aria-labelledby="method"><h2 id="method">${method.heading}</h2>
<p>${method.cell(phase, emphasised)}</p>
<p>${turns}</p>
<p>${method.growth(emphasised)}</p>
${ceilings !== undefined && html`<p>${method.ceilings(ceilings)}</p>`}
<h3 id="orders">${orders.heading}</h3>
<p>${orders.says}</p>
${
  cells.some(({ family }) => family === "softmax") &&
  html`<h3>${orders.tiled}</h3>
<p>${orders.tiledSays}</p>`
}
${glossary(record, t)}
</section>`;
};

const cacheWords = (record: RunRecord, t: Messages): string => {
  const { experiment } = record;
  const arms = experiment.arms.filter(({ cache }) => cache !== undefined && cache !== experiment.measure.cache).map(({ label }) => label);
  const others = arms.length > 0 ? t.method.otherCache(arms, experiment.measure.cache === "hot" ? "cold" : "hot") : "";
  return `${usualCacheWords(record, t)}${others}`;
};

const usualCacheWords = (
  { experiment, ceilings, cells, merged }: Pick<RunRecord, "experiment" | "ceilings" | "cells" | "merged">,
  { method }: Messages,
): string => {
  if (experiment.measure.cache === "hot") return method.warmCache;
  const knees = (merged?.parts ?? [{ ceilings }]).map((one) => one.ceilings?.cacheKneeBytes);
  if (knees.every((knee) => knee === undefined)) return method.noKnee;
  return method.coldCache(Math.max(1, ...cells.map(({ prepared }) => prepared?.copies ?? 1)), knees.includes(undefined));
};

/** `names`: of WebGPU and of packages, as their documents have them. */
const environmentRows = (
  { environment, schedule, startedAt, endedAt }: RunRecord,
  { environment: t, trust }: Messages,
): readonly (readonly [string, string, "names"?])[] => {
  const { adapter, toggles } = environment;
  return [
    [t.adapter, [adapter.description, adapter.vendor, adapter.architecture, adapter.device].filter((text) => text !== "").join(", ")],
    [t.asked, `${adapter.asked}, ${adapter.choice}`],
    [t.backend, adapter.backend],
    [t.deviceClass, t.deviceClasses[environment.deviceClass]],
    [t.clock, t.clockOf(environment.clock.source === "gpu" ? trust.gpuClock : trust.wallClock, environment.clock.stepNs)],
    [t.features, environment.features.join(", "), "names"],
    [
      t.limits,
      Object.entries(environment.limits)
        .map(([name, value]) => `${name} ${formatCount(value)}`)
        .join(", "),
      "names",
    ],
    [t.togglesOn, toggles.enabled.join(", "), "names"],
    [t.togglesOff, toggles.disabled.join(", "), "names"],
    [t.cpu, t.cores(environment.cpu.model, environment.cpu.cores)],
    [t.memory, formatBytes(environment.memoryBytes)],
    [t.system, environment.os],
    [t.node, environment.node],
    [
      t.packages,
      Object.entries(environment.packages)
        .map(([name, version]) => `${name} ${version}`)
        .join(", "),
      "names",
    ],
    [t.started, startedAt],
    [t.ended, endedAt ?? t.notEnded],
    [t.peakMemory, `${formatBytes(schedule.peakRssBytes.worker)}, ${formatBytes(schedule.peakRssBytes.parent)}`],
  ];
};

/** Machine and software. */
export const environmentSection = (record: RunRecord, t: Messages): Html => html`
<section aria-labelledby="environment"><h2 id="environment">${t.environment.heading}</h2>
<dl class="pairs">${environmentRows(record, t).map(
  ([name, value, names]) => value !== "" && html`<dt>${name}</dt><dd>${names ? html`<code>${value}</code>` : html`<bdi>${directed(value)}</bdi>`}</dd>`,
)}</dl>
</section>`;

/** "attnbench 0.1.0 (commit 0c363d0): decode, run 2026…, on llvmpipe …, 26 November 2026." */
const citation = ({ environment, experiment, run, startedAt }: RunRecord): string => {
  const { version, commit } = environment.attnbench;
  const at = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(new Date(startedAt));
  return `attnbench ${version}${commit === undefined ? "" : ` (commit ${commit.slice(0, 7)})`}: ${experiment.name === experiment.phase ? experiment.name : `${experiment.name}, ${experiment.phase}`}, run ${run}, on ${adapterName(environment.adapter, environment.deviceClass === "software")}, ${at}.`;
};

/** What to type to get this again, the file that it reads, and what to say of it. */
export const reproduceSection = (record: RunRecord, { reproduce }: Messages): Html => {
  const { commit, version } = record.environment.attnbench;
  return html`
<section aria-labelledby="reproduce"><h2 id="reproduce">${reproduce.heading}</h2>
<p>attnbench ${version}${commit !== undefined && html`${reproduce.commit}<code>${commit}</code>`}${reproduce.seed(record.experiment.measure.seed)}</p>
<pre class="command" tabindex="0">${verbatim(record.command)}</pre>
<h3>${reproduce.file}</h3>
<pre tabindex="0">${verbatim(record.experiment.yaml)}</pre>
<h3>${reproduce.take}</h3>
<div id="downloads"></div>
<p>${reproduce.samples(carriesSamples(record))}</p>
<p>${raw(reproduce.quote)}</p>
<pre class="command" tabindex="0">${verbatim(citation(record))}</pre>
</section>`;
};
