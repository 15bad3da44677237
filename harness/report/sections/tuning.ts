import { armName } from "../../analysis/answer.ts";
import { formatCount, formatMs } from "../../analysis/format.ts";
import { variantText } from "../../analysis/tuningSentences.ts";
import { en } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { CellRecord, RunRecord, Tuning } from "../../record/run.ts";
import { type Html, html } from "../html.ts";
import { inEnglish } from "../said.ts";
import { type Column, name, table } from "../table.ts";

interface Row {
  readonly cell: CellRecord;
  readonly variant: Tuning["variants"][number];
  readonly verdict: string;
}

const columns: readonly Column<Row>[] = [
  { head: "arm", cell: ({ cell }) => name(armName(cell)) },
  { head: "n", numeric: true, cell: ({ cell }) => formatCount(cell.n) },
  { head: "variant", cell: ({ variant }) => name(variantText(variant.tiles)) },
  { head: "median", numeric: true, cell: ({ variant }) => variant.medianMs && formatMs(variant.medianMs) },
  { head: "rounds", numeric: true, cell: ({ variant }) => formatCount(variant.rounds) },
  { head: "choice", cell: ({ verdict }) => verdict },
];

const verdictOf = ({ variants, chosen, cells }: Tuning, at: number): string => {
  const used = cells.length > 0 ? chosen : 0;
  return [...(at === 0 ? ["default"] : []), ...(at === used ? ["used"] : []), ...(variants[at]?.failure === undefined ? [] : [variants[at].failure])].join(
    ", ",
  );
};

/** The variants that were timed before the run's own turns; nothing without `--tune`. */
export const tuningSection = ({ tunings = [], cells }: RunRecord, t: Messages): Html | undefined => {
  const rows = tunings.flatMap((tuning) => {
    const cell = cells.find(({ id }) => id === tuning.cell);
    return cell ? tuning.variants.map((variant, at): Row => ({ cell, variant, verdict: verdictOf(tuning, at) })) : [];
  });
  if (rows.length === 0) return undefined;
  return html`
<section aria-labelledby="tuning"><h2 id="tuning">${t.figures.tuning}</h2>
${inEnglish(
  html`<p>Before the turns that count, the variants of every arm were verified and timed in rounds, each arm for the same time, at the n where the two families are about as fast. One takes the default's place only where it is clearly faster. None of these times is among the results.</p>
${table("Time of one repetition by variant: tile sizes and path of a kernel.", columns, rows, en)}`,
  t,
)}
</section>`;
};
