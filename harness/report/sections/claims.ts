import { verdictWords } from "../../analysis/claims/claimSentences.ts";
import { claimText } from "../../analysis/claims/claims.ts";
import { formatCount, formatNumber, formatShare } from "../../analysis/format.ts";
import { claimPhases } from "../../experiment/claims.ts";
import type { JudgedClaim } from "../../record/derived.ts";
import type { RunRecord, Sharpness } from "../../record/run.ts";
import { type Html, html } from "../html.ts";
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

const columnsOf = (places: ReadonlySet<string>): readonly Column<JudgedClaim>[] => [
  { head: "claim", cell: ({ id }) => id },
  { head: "says", cell: ({ id }) => html`<span class="prose">${claimText(id)}</span>` },
  {
    head: "verdict",
    cell: ({ verdict }) =>
      html`<span class="verdict ${styles[verdict]}"><span aria-hidden="true">${verdictWords[verdict].mark} </span>${verdictWords[verdict].words}</span>`,
  },
  {
    head: "measured",
    cell: ({ measured, correction }) =>
      html`<span class="prose"><bdi>${measured}</bdi>${correction !== undefined && html` <strong>Correction:</strong> <bdi>${correction}</bdi>`}</span>`,
  },
  // A run without any time has no chart of it.
  { head: "shown in", cell: ({ evidence }) => places.has(evidence) && html`<a href="#${evidence}">${placeNames[evidence] ?? evidence}</a>` },
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
  )}</div>`;

/** Ids of the claims that the file asks for and this run does not judge: "S1 (tokenLoop)". */
const elsewhere = ({ experiment, claims = [] }: RunRecord): string =>
  (experiment.claims ?? [])
    .filter((id) => !claims.some((one) => one.id === id))
    .map((id) => `${id} (${claimPhases[id]})`)
    .join(", ");

/** What the run says of claims about attention; nothing where its experiment asks none. `places`: ids of the page. */
export const claimsSection = (record: RunRecord, places: ReadonlySet<string>): Html | undefined => {
  const { experiment, claims = [], sharpness } = record;
  if (experiment.claims === undefined) return undefined;
  const rest = elsewhere(record);
  const all = sharpness ? new Set([...places, "sharpness"]) : places;
  return html`
<section aria-labelledby="claims"><h2 id="claims">Claims</h2>
${claims.length > 0 ? html`<div class="stacked">${table("Claims about softmax and linear attention, held against what this run measured and counted", columnsOf(all), claims)}</div>` : html`<p>This run says nothing of any claim.</p>`}
${rest !== "" && html`<p><small>Not judged by this run, and the phase that can: ${rest}.</small></p>`}
${sharpness && sharpnessTable(sharpness)}
</section>`;
};
