import { armName } from "../../analysis/answer.ts";
import { formatCount, formatMs } from "../../analysis/format.ts";
import { variantText } from "../../analysis/tuningSentences.ts";
import type { Messages } from "../../messages/messages.ts";
import type { CellRecord, RunRecord, Tuning } from "../../record/run.ts";
import { type Html, html } from "../html.ts";
import { type Column, name, table } from "../table.ts";

interface Row {
  readonly cell: CellRecord;
  readonly variant: Tuning["variants"][number];
  readonly verdict: string;
}

const columnsOf = ({ tables, tuning }: Messages): readonly Column<Row>[] => [
  { head: tables.arm, cell: ({ cell }) => name(armName(cell)) },
  { head: "n", numeric: true, cell: ({ cell }) => formatCount(cell.n) },
  { head: tuning.variant, cell: ({ variant }) => name(variantText(variant.tiles)) },
  { head: tables.median, numeric: true, cell: ({ variant }) => variant.medianMs && formatMs(variant.medianMs) },
  { head: tuning.rounds, numeric: true, cell: ({ variant }) => formatCount(variant.rounds) },
  { head: tuning.choice, cell: ({ verdict }) => verdict },
];

const verdictOf = ({ variants, chosen, cells }: Tuning, at: number, { tuning }: Messages): string =>
  tuning.verdict(at === 0, at === (cells.length > 0 ? chosen : 0), variants[at]?.failure);

/** The variants that were timed before the run's own turns; nothing without `--tune`. */
export const tuningSection = ({ tunings = [], cells }: RunRecord, t: Messages): Html | undefined => {
  const rows = tunings.flatMap((tuning) => {
    const cell = cells.find(({ id }) => id === tuning.cell);
    return cell ? tuning.variants.map((variant, at): Row => ({ cell, variant, verdict: verdictOf(tuning, at, t) })) : [];
  });
  if (rows.length === 0) return undefined;
  return html`
<section aria-labelledby="tuning"><h2 id="tuning">${t.figures.tuning}</h2>
<p>${t.tuning.explained}</p>
${table(t.tuning.caption, columnsOf(t), rows)}
</section>`;
};
