import { isWhole, measuredModel, modelBeside } from "../../analysis/measuredModel.ts";
import type { Messages } from "../../messages/messages.ts";
import type { RunRecord } from "../../record/run.ts";
import { type Html, html, shortened } from "../html.ts";
import { leadOf } from "./answer.ts";
import { longestQuestion, partedInSight, roomFor } from "./sight.ts";
import { glanceOf, suresOf } from "./sure.ts";

interface Limit {
  readonly what: string;
  /** in few words */
  readonly brief: string;
  readonly meaning: string;
}

/** Of a whole model that it is none of those that are in use: another than that whose plan it has, or one of random weights. */
const modelLimit = (record: RunRecord, { limits, measuredModel, joinSentences }: Messages): Limit => {
  const { meaning, moved, ...trained } = limits.model;
  const besides = record.experiment.phase === "offload" ? moved : meaning;
  const beside = modelBeside(record);
  if (beside === undefined || isWhole(beside)) return { ...trained, meaning: besides };
  return {
    what: measuredModel.itself(beside.title),
    brief: measuredModel.brief(beside),
    meaning: joinSentences([measuredModel.meaning(beside), besides]),
  };
};

/** What is left out. */
export const limitsOf = (record: RunRecord, t: Messages): readonly Limit[] => {
  const { experiment, environment, cells } = record;
  const { phase, model } = experiment;
  const { limits, joinSentences } = t;
  const { chunks, ...kernels } = limits.kernels;
  const forms = new Set(cells.filter((cell) => cell.phase === "prefill" && cell.family === "linear").map(({ form }) => form));
  const byChunksAlone = environment.deviceClass === "software" && forms.has("chunk") && forms.size === 1;
  const layer = model ? undefined : limits.layer[phase];
  return [
    layer === undefined ? modelLimit(record, t) : { what: limits.rest, brief: layer, meaning: limits.around(phase === "offload") },
    limits.quality,
    environment.deviceClass === "software" ? limits.gpu : limits.devices,
    byChunksAlone ? { ...kernels, meaning: joinSentences([kernels.meaning, chunks]) } : kernels,
  ];
};

/** The two boxes under the answer: how sure it is, of which the least is folded where all would not be seen without scrolling, and what it leaves out. */
export const limitsSection = (record: RunRecord, t: Messages): Html => {
  const { question, title } = record.experiment;
  const room = roomFor({ question: shortened(question ?? title, longestQuestion), hasModel: measuredModel(record, t) !== undefined, leads: leadOf(record, t) });
  const { seen, folded } = partedInSight(glanceOf(record, t), room);
  return html`
<section class="boxes">
<div><h2 id="sure">${t.sure.heading}</h2><ul>${seen.map(({ markup }) => markup)}</ul>
<details><summary>${t.sure.restsOn}</summary><ul>${folded.map(({ markup }) => markup)}${suresOf(record, t).map((text) => html`<li>${text}</li>`)}</ul></details></div>
<div><h2>${t.limits.heading}</h2><ul>${limitsOf(record, t).map(({ what, brief }) => html`<li><strong>${what}</strong> ${brief}</li>`)}</ul>
<details><summary>${t.limits.meaning}</summary><ul>${limitsOf(record, t).map(({ what, meaning }) => html`<li><strong>${what}</strong> ${meaning}</li>`)}</ul></details></div>
</section>`;
};
