import { mixing } from "../../../kernels/model/stageNames.ts";
import { formatCount, formatMs, formatShare } from "../../analysis/format.ts";
import { type TextStages, textStages } from "../../analysis/textStages.ts";
import type { Messages } from "../../messages/messages.ts";
import type { RunRecord } from "../../record/run.ts";
import { variableOf } from "../charts/facets.ts";
import { armText, type StageBars, stagesOf, stageText } from "../charts/stageBars.ts";
import { type Html, html } from "../html.ts";
import { bracketed } from "../interval.ts";
import { said } from "../said.ts";
import { type Column, intervalBelow, name, table } from "../table.ts";

interface TextRow {
  readonly arm: string;
  readonly text: TextStages;
}

/** Texts of every arm, as long as the contexts of its tokens; none where tokens differ in another size than n. */
const textRows = (record: RunRecord, all: readonly StageBars[]): readonly TextRow[] =>
  variableOf(record) !== "n"
    ? []
    : all.flatMap((bars) =>
        textStages(
          bars.bars.map(({ x, cell: { summary }, wholeMs, stages }) => ({
            n: x,
            wholeMs: { value: wholeMs, low: summary?.lowMs ?? wholeMs, high: summary?.highMs ?? wholeMs },
            times: stages.times,
          })),
        ).map((text) => ({ arm: armText(bars), text })),
      );

/** "attention 62 % of 12.3 s with KV cache for 16,384 tokens" of the longest text of each arm. */
const longestText = (rows: readonly TextRow[], t: Messages): string => {
  const longest = rows.filter(({ arm, text }) => rows.every((other) => other.arm !== arm || other.text.n <= text.n));
  const parts = longest.flatMap(({ arm, text }) => {
    const mix = text.times.find(({ stage }) => stage === mixing);
    return mix ? [{ arm, share: mix.share, ms: text.wholeMs.value, n: text.n }] : [];
  });
  return t.stages.ofTexts(parts);
};

/** Whole texts by stage, added up from tokens; undefined where no arm has two contexts. */
export const textStagesTable = (record: RunRecord, all: readonly StageBars[], t: Messages): Html | undefined => {
  const rows = textRows(record, all);
  if (rows.length === 0) return undefined;
  const columns: readonly Column<TextRow>[] = [
    { head: t.tables.arm, cell: ({ arm }) => name(arm) },
    { head: "n", numeric: true, cell: ({ text }) => formatCount(text.n) },
    { head: t.stages.wholeText, numeric: true, cell: ({ text }) => intervalBelow(bracketed(text.wholeMs, formatMs)) },
    ...stagesOf(all).map(
      (stage): Column<TextRow> => ({
        head: stageText(stage, t),
        numeric: true,
        cell: ({ text }) => {
          const time = text.times.find((one) => one.stage === stage);
          return time && html`${formatMs(time.ms.value)} <small class="below">${formatShare(time.share)}</small>`;
        },
      }),
    ),
  ];
  return html`
<p id="texts">${said(longestText(rows, t), t)}</p>
${table(t.stages.textsCaption(record.cells.some(({ batch }) => batch > 1)), columns, rows)}
<p><small>${t.stages.addedUp}</small></p>`;
};
