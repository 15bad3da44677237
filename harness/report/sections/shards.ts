import { formatCount, formatNumber } from "../../analysis/format.ts";
import { en } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { Part } from "../../record/merged.ts";
import type { RunRecord } from "../../record/run.ts";
import { type Html, html } from "../html.ts";
import { inEnglish } from "../said.ts";
import { type Column, table } from "../table.ts";

const columns = (cells: RunRecord["cells"]): readonly Column<Part>[] => [
  { head: "shard", numeric: true, cell: ({ shard }) => formatCount(shard) },
  { head: "run", cell: ({ run }) => run },
  { head: "state", cell: ({ state }) => state },
  { head: "started", cell: ({ startedAt }) => startedAt },
  { head: "cells", numeric: true, cell: ({ shard }) => formatCount(cells.filter((cell) => cell.shard === shard && cell.composedOf === undefined).length) },
  { head: "turns", numeric: true, cell: ({ schedule }) => formatCount(schedule.turns) },
  { head: "processes", numeric: true, cell: ({ schedule }) => formatCount(schedule.workers) },
  { head: "reading, GB/s", numeric: true, cell: ({ ceilings }) => ceilings && formatNumber(ceilings.readGbps) },
  { head: "copying, GB/s", numeric: true, cell: ({ ceilings }) => ceilings && formatNumber(ceilings.copyGbps) },
  { head: "multiply-add, GFLOP/s", numeric: true, cell: ({ ceilings }) => ceilings && formatNumber(ceilings.fmaGflops) },
  { head: "CPU", cell: ({ environment }) => `${environment.cpu.model}, ${formatCount(environment.cpu.cores)} cores` },
];

/** The runs that this one was merged of; nothing where it was not. */
export const shardsSection = ({ merged, cells }: RunRecord, t: Messages): Html | undefined => {
  if (!merged) return undefined;
  const { parts, missing } = merged;
  return html`
<section aria-labelledby="shards"><h2 id="shards">${t.figures.shards}</h2>
${inEnglish(
  html`<p>This run was put together of ${formatCount(parts.length)} of ${formatCount(parts.length + missing.length)} shards, each with all arms of its shapes, in turns and processes of its own. Laws, n* and drift are those of one shard each, and shares of ceilings are of its own ceilings.${missing.length > 0 && ` Missing: ${missing.map(formatCount).join(", ")}.`}</p>
${table("Shards, and the ceilings that each measured.", columns(cells), parts, en)}`,
  t,
)}
</section>`;
};
