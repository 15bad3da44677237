import { formatCount } from "../../analysis/format.ts";
import type { RunRecord } from "../../record/run.ts";
import { driftChart, driftHeading, driftOf, type TurnDrift } from "../charts/driftChart.ts";
import type { Rendering } from "../charts/render.ts";
import type { Html } from "../html.ts";
import { type Column, table } from "../table.ts";
import { drawn, figure } from "./figure.ts";

/** The device's own pace, turn by turn; undefined where nothing shows it. */
export const driftFigure = async (record: RunRecord, rendering: Rendering): Promise<Html | undefined> => {
  const drift = driftOf(record);
  const drawing = await drawn("drift-chart", (size) => driftChart(record, drift, size), rendering);
  if (drawing === undefined) return undefined;
  const written = (factor: number | undefined): string | undefined => (factor === undefined ? undefined : `${factor.toFixed(3)}×`);
  const columns: readonly Column<TurnDrift>[] = [
    { head: "turn", numeric: true, cell: ({ turn }) => formatCount(turn + 1) },
    { head: "all cells", numeric: true, cell: ({ cells }) => written(cells) },
    { head: "sentinel", numeric: true, cell: ({ sentinel }) => written(sentinel) },
    { head: "", cell: ({ discarded }) => (discarded ? "made again" : undefined) },
  ];
  const turns = record.sentinel ?? [];
  const jumpedTurns = turns.filter((turn) => turn.jumped);
  const again = jumpedTurns.filter((turn) => turn.discarded).length;
  const jumped =
    jumpedTurns.length === 0 ? "none" : `${formatCount(jumpedTurns.length)} of ${formatCount(turns.length)} were such, and ${formatCount(again)} made again`;
  const caption = [
    `The sentinel is one small kernel that is timed before and after every turn; all cells together are what a turn did to every one of them alike. A turn in which the sentinel changes by more than a tenth is made again, a quarter of all turns at most and as far as time allows: of these turns ${jumped}. Drift that all cells share is taken out of laws and n*.`,
    record.merged === undefined
      ? ""
      : `Shards were measured apart: their turns follow each other here, each over the middle of its own shard (${record.merged.parts.map(({ shard, firstTurn }) => `shard ${formatCount(shard)} from turn ${formatCount(firstTurn + 1)} on`).join(", ")}).`,
  ];
  return figure("drift", driftHeading, [drawing], caption, table(driftHeading, columns, drift), true);
};
