import { claimCount } from "../../analysis/claims/claimCount.ts";
import { formatCount, formatNumber, formatShare } from "../../analysis/format.ts";
import type { Messages } from "../../messages/messages.ts";
import type { RunRecord, Sharpness } from "../../record/run.ts";
import type { BesideRun } from "../besideRun.ts";
import { type ClaimRow, claimRows } from "../claimRows.ts";
import { type Html, html } from "../html.ts";
import { said } from "../said.ts";
import { type Column, table } from "../table.ts";

const styles = { holds: "pass", holdsWithCorrection: "pass", doesNotHoldHere: "fail", undecided: "undecided" } as const;

const columnsOf = (places: ReadonlySet<string>, t: Messages): readonly Column<ClaimRow>[] => [
  { head: t.claims.claim, cell: ({ id }) => id },
  { head: t.claims.saysHead, cell: ({ says }) => html`<span class="prose">${says}</span>` },
  {
    head: t.tables.verdict,
    cell: ({ judged, verdict: { mark, words } }) =>
      html`<span class="${judged ? `verdict ${styles[judged.verdict]}` : "more"}"><span aria-hidden="true">${mark} </span>${words}</span>`,
  },
  {
    head: t.claims.measured,
    cell: ({ measured, judged }) =>
      html`<span class="prose">${said(measured, t)}${judged?.correction !== undefined && html` <strong>${t.claims.correctionLead}</strong> ${said(judged.correction, t)}`}</span>`,
  },
  {
    head: t.claims.shownIn,
    cell: ({ judged, beside }) => {
      if (!judged) return undefined;
      const { evidence } = judged;
      const place = t.claims.places[evidence] ?? evidence;
      if (beside) return html`<a href="${encodeURIComponent(beside.page)}#${evidence}">${t.claims.inOther(beside.record.experiment.phase, place)}</a>`;
      // A run without any time has no chart of it.
      return places.has(evidence) && html`<a href="#${evidence}">${place}</a>`;
    },
  },
];

type Scaled = Sharpness["points"][number];

const kernelColumn = ({ claims }: Messages): Column<Scaled> => ({
  head: claims.kernelOff,
  numeric: true,
  cell: ({ kernelOff }) => (kernelOff === undefined ? undefined : formatNumber(kernelOff)),
});

const sharpnessColumns = (t: Messages, points: readonly Scaled[]): readonly Column<Scaled>[] => [
  { head: t.claims.scoresTimes, cell: ({ times }) => formatCount(times) },
  { head: t.claims.nearestWeight, numeric: true, cell: ({ weight }) => formatShare(weight) },
  { head: t.claims.off, numeric: true, cell: ({ off }) => formatNumber(off) },
  ...(points.some(({ kernelOff }) => kernelOff !== undefined) ? [kernelColumn(t)] : []),
];

const sharpnessTable = (sharpness: Sharpness, t: Messages): Html =>
  html`<div id="sharpness">${table(t.claims.sharpness(sharpness.heads, sharpness.cell), sharpnessColumns(t, sharpness.points), sharpness.points)}</div>`;

/**
 * All claims that the experiment asks for, with what this run says of them, or runs of the file's other phases (`beside`); nothing where it asks for none. `places`: ids of the page.
 */
export const claimsSection = (record: RunRecord, places: ReadonlySet<string>, beside: readonly BesideRun[], t: Messages): Html | undefined => {
  const { sharpness } = record;
  const count = claimCount([record, ...beside.map((one) => one.record)], beside.length === 0, t);
  if (count === undefined) return undefined;
  const phases = [...new Set(beside.map((one) => one.record.experiment.phase))];
  const all = sharpness ? new Set([...places, "sharpness"]) : places;
  return html`
<section aria-labelledby="claims"><h2 id="claims">${t.page.claims}</h2>
<p>${count}</p>
<div class="stacked">${table(t.claims.caption(phases), columnsOf(all, t), claimRows(record, t, beside))}</div>
${sharpness && sharpnessTable(sharpness, t)}
</section>`;
};
