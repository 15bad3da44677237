import { formatCount, formatNumber } from "../../analysis/format.ts";
import type { Messages } from "../../messages/messages.ts";
import type { Part } from "../../record/merged.ts";
import type { RunRecord } from "../../record/run.ts";
import { type Html, html } from "../html.ts";
import { type Column, table } from "../table.ts";

const columnsOf = (cells: RunRecord["cells"], { shards, environment: { cores, cpu: cpuHead } }: Messages): readonly Column<Part>[] => [
  { head: shards.shard, numeric: true, cell: ({ shard }) => formatCount(shard) },
  { head: shards.run, cell: ({ run }) => run },
  { head: shards.state, cell: ({ state }) => shards.states[state] },
  { head: shards.started, cell: ({ startedAt }) => startedAt },
  {
    head: shards.cells,
    numeric: true,
    cell: ({ shard }) => formatCount(cells.filter((cell) => cell.shard === shard && cell.composedOf === undefined).length),
  },
  { head: shards.turns, numeric: true, cell: ({ schedule }) => formatCount(schedule.turns) },
  { head: shards.processes, numeric: true, cell: ({ schedule }) => formatCount(schedule.workers) },
  { head: shards.reading, numeric: true, cell: ({ ceilings }) => ceilings && formatNumber(ceilings.readGbps) },
  { head: shards.copying, numeric: true, cell: ({ ceilings }) => ceilings && formatNumber(ceilings.copyGbps) },
  { head: shards.multiplyAdd, numeric: true, cell: ({ ceilings }) => ceilings && formatNumber(ceilings.fmaGflops) },
  { head: cpuHead, cell: ({ environment: { cpu } }) => cores(cpu.model, cpu.cores) },
];

/** The runs that this one was merged of; nothing where it was not. */
export const shardsSection = ({ merged, cells }: RunRecord, t: Messages): Html | undefined => {
  if (!merged) return undefined;
  const { parts, missing } = merged;
  return html`
<section aria-labelledby="shards"><h2 id="shards">${t.figures.shards}</h2>
<p>${t.shards.explained(parts.length, missing)}</p>
${table(t.shards.caption, columnsOf(cells, t), parts)}
</section>`;
};
