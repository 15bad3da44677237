import { claimCount } from "../../analysis/claims/claimCount.ts";
import { formatCount, formatNumber, formatShare } from "../../analysis/format.ts";
import { en } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { RunRecord, Sharpness } from "../../record/run.ts";
import { type ClaimRow, claimRows } from "../claimRows.ts";
import { type Html, html } from "../html.ts";
import { inEnglish } from "../said.ts";
import { type Column, table } from "../table.ts";

const styles = { holds: "pass", holdsWithCorrection: "pass", doesNotHoldHere: "fail", undecided: "undecided" } as const;

/** What the places are called that a claim's numbers stand at. */
const placeNames: Readonly<Record<string, string>> = {
  time: "chart of time",
  memory: "chart of state",
  stages: "chart of stages",
  "stages-of": "the model",
  tokenizer: "tokenizer",
  offload: "table of states",
  sharpness: "table of scales",
  fits: "table of fits",
  cells: "table of cells",
};

const columnsOf = (places: ReadonlySet<string>): readonly Column<ClaimRow>[] => [
  { head: "claim", cell: ({ id }) => id },
  { head: "says", cell: ({ says }) => html`<span class="prose">${says}</span>` },
  {
    head: "verdict",
    cell: ({ judged, verdict: { mark, words } }) =>
      html`<span class="${judged ? `verdict ${styles[judged.verdict]}` : "more"}"><span aria-hidden="true">${mark} </span>${words}</span>`,
  },
  {
    head: "measured",
    cell: ({ measured, judged }) =>
      html`<span class="prose"><bdi>${measured}</bdi>${judged?.correction !== undefined && html` <strong>Correction:</strong> <bdi>${judged.correction}</bdi>`}</span>`,
  },
  {
    head: "shown in",
    cell: ({ judged, beside }) => {
      if (!judged) return undefined;
      const { evidence } = judged;
      const place = placeNames[evidence] ?? evidence;
      if (beside) return html`<a href="${encodeURIComponent(beside.experiment.name)}.html#${evidence}">${beside.experiment.phase}: ${place}</a>`;
      // A run without any time has no chart of it.
      return places.has(evidence) && html`<a href="#${evidence}">${place}</a>`;
    },
  },
];

const sharpnessColumns: readonly Column<Sharpness["points"][number]>[] = [
  { head: "scores times", cell: ({ times }) => formatCount(times) },
  { head: "weight of the nearest key", numeric: true, cell: ({ weight }) => formatShare(weight) },
  { head: "output off its value", numeric: true, cell: ({ off }) => formatNumber(off) },
];

const sharpnessTable = (sharpness: Sharpness): Html =>
  html`<div id="sharpness">${table(
    `Softmax with scores multiplied: the furthest of ${formatCount(sharpness.heads)} heads, in float64, with the inputs of ${sharpness.cell}. Distance over the length of the value.`,
    sharpnessColumns,
    sharpness.points,
    en,
  )}</div>`;

/**
 * All claims that the experiment asks for, with what this run says of them, or runs of the file's other phases (`beside`); nothing where it asks for none. `places`: ids of the page.
 */
export const claimsSection = (record: RunRecord, places: ReadonlySet<string>, beside: readonly RunRecord[], t: Messages): Html | undefined => {
  const { sharpness } = record;
  const count = claimCount([record, ...beside], beside.length === 0, t);
  if (count === undefined) return undefined;
  const phases = [...new Set(beside.map(({ experiment }) => experiment.phase))];
  const whose =
    phases.length === 0
      ? "this run measured and counted"
      : `this run measured and counted, and of the file's other phases the newest runs here (${phases.join(", ")})`;
  const all = sharpness ? new Set([...places, "sharpness"]) : places;
  return html`
<section aria-labelledby="claims"><h2 id="claims">${t.page.claims}</h2>
<p>${count}</p>
${inEnglish(
  html`<div class="stacked">${table(`Claims about softmax and linear attention, held against what ${whose}`, columnsOf(all), claimRows(record, beside), en)}</div>
${sharpness && sharpnessTable(sharpness)}`,
  t,
)}
</section>`;
};
