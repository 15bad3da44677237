import { formatCount } from "../../analysis/format.ts";
import type { Messages } from "../../messages/messages.ts";
import type { RunRecord } from "../../record/run.ts";
import { driftChart, driftOf, type TurnDrift } from "../charts/driftChart.ts";
import type { Rendering } from "../charts/render.ts";
import type { Html } from "../html.ts";
import { type Column, table } from "../table.ts";
import { drawn, figure } from "./figure.ts";

/** The device's own pace, turn by turn; undefined where nothing shows it. */
export const driftFigure = async (record: RunRecord, rendering: Rendering, t: Messages): Promise<Html | undefined> => {
  const drift = driftOf(record);
  const drawing = await drawn("drift-chart", (size) => driftChart(record, drift, size, t), rendering);
  if (drawing === undefined) return undefined;
  const written = (factor: number | undefined): string | undefined => (factor === undefined ? undefined : `${factor.toFixed(3)}×`);
  const columns: readonly Column<TurnDrift>[] = [
    { head: t.charts.turn, numeric: true, cell: ({ turn }) => formatCount(turn + 1) },
    { head: t.charts.allCells, numeric: true, cell: ({ cells }) => written(cells) },
    { head: t.charts.sentinel, numeric: true, cell: ({ sentinel }) => written(sentinel) },
    { head: t.tables.outcome, cell: ({ discarded }) => (discarded ? t.charts.madeAgain : t.charts.kept) },
  ];
  const turns = record.sentinel ?? [];
  const jumpedTurns = turns.filter((turn) => turn.jumped);
  const again = jumpedTurns.filter((turn) => turn.discarded).length;
  const jumped = jumpedTurns.length === 0 ? undefined : { jumped: jumpedTurns.length, turns: turns.length, again };
  const caption = [
    t.figures.drift(jumped),
    record.merged === undefined ? "" : t.figures.driftShards(record.merged.parts.map(({ shard, firstTurn }) => ({ shard, turn: firstTurn + 1 }))),
  ];
  const heading = t.charts.driftHeading;
  return figure("drift", heading, [drawing], caption, table(heading, columns, drift), true, t);
};
