import { askedCrossovers, askedFits } from "../analysis/asked.ts";
import { formatBytes, formatCount, formatMs, formatShare } from "../analysis/format.ts";
import { measuredModel } from "../analysis/measuredModel.ts";
import { movedStates } from "../analysis/offload.ts";
import { breakEvenSentence } from "../analysis/offloadSentences.ts";
import { speedUpOf } from "../analysis/speedUp.ts";
import { armTexts } from "../analysis/writtenTexts.ts";
import type { Language } from "../messages/languages.ts";
import { type Messages, messagesOf } from "../messages/messages.ts";
import { adapterName } from "../record/adapterName.ts";
import type { Crossover } from "../record/derived.ts";
import type { CellRecord, RunRecord } from "../record/run.ts";
import type { BesideRun } from "./besideRun.ts";
import { variableOf } from "./charts/facets.ts";
import { sharesOf, stageBarsOf } from "./charts/stageBars.ts";
import { claimRows } from "./claimRows.ts";
import { shortened } from "./html.ts";
import { markdownTable as tableOf, markdownText as text } from "./markdownText.ts";
import { offloadColumns } from "./offloadColumns.ts";
import { crossoverText, seriesText, tallyOf } from "./outcome.ts";
import { presentable } from "./presentable.ts";
import { answerSentences, warningsOf } from "./sections/answer.ts";
import { limitsOf } from "./sections/limits.ts";
import { textCaption, textColumnsOf } from "./sections/writtenTexts.ts";
import { servingColumns, servingNotes } from "./servingColumns.ts";

const cellRow = (cell: CellRecord, { markdown: { status }, why }: Messages): readonly string[] => {
  const { outcome, summary } = cell;
  return [
    text(cell.label),
    text(cell.form),
    formatCount(cell.n),
    formatCount(cell.dModel),
    formatCount(cell.headDim),
    "code" in outcome ? `${status[outcome.status]}: ${text(why(outcome.code))}` : status[outcome.status],
    summary === undefined ? "" : formatMs(summary.medianMs),
    summary === undefined ? "" : `${formatMs(summary.lowMs)} – ${formatMs(summary.highMs)}`,
    cell.stateBytes === undefined ? "" : formatBytes(cell.stateBytes),
    "reason" in outcome ? text(shortened(outcome.reason, 160)) : "",
  ];
};

/** "chart of time", or of another phase's run "decode: chart of time". */
const shownIn = (evidence: string, other: BesideRun | undefined, { claims }: Messages): string => {
  const place = claims.places[evidence] ?? evidence;
  return other ? claims.inOther(other.record.experiment.phase, place) : place;
};

/** How many times as fast the second arm of a pair is, with its interval: "85 [84, 86] at n = 32,768"; empty where they share no n. */
const speedText = ({ fits }: RunRecord, crossover: Crossover, t: Messages): string => {
  const speed = speedUpOf(fits, crossover);
  return speed ? text(t.markdown.speed(crossover.between[1], speed.n, speed.times)) : "";
};

/** Attention's share of a whole token; empty where no stage was timed. */
const stageTable = (record: RunRecord, t: Messages): string => {
  const { xs, rows } = sharesOf(stageBarsOf(record));
  if (rows.length === 0) return "";
  const variable = variableOf(record);
  return tableOf(
    [t.stages.sharesHead, ...xs.map((x) => `${variable} = ${formatCount(x)}`)],
    rows.map(({ arm, shares }) => [text(arm), ...shares.map((share) => (share === undefined ? "" : formatShare(share.value)))]),
  );
};

/** Texts that arms wrote; empty where none was asked for. */
const textTable = (record: RunRecord, t: Messages): string => {
  const rows = armTexts(record);
  if (rows.length === 0) return "";
  const columns = textColumnsOf(t);
  return `${t.markdown.caption(text(textCaption(record, t)))}\n\n${tableOf(
    columns.map(({ head }) => head),
    rows.map((row) => columns.map(({ of }) => text(of(row)))),
  )}`;
};

/** States that left and came back, both ways; empty in other phases. */
const offloadTable = (record: RunRecord, t: Messages): string => {
  const rows = movedStates(record);
  if (rows.length === 0) return "";
  const columns = offloadColumns(record, rows, t);
  const states = tableOf(
    columns.map(({ head }) => head),
    rows.map((row) => columns.map(({ text: of }) => text(of(row)))),
  );
  return [text(breakEvenSentence(record, t)), states].filter((part) => part !== "").join("\n\n");
};

/** Texts at once in a budget of memory; empty where the experiment asks for none. */
const servingTable = ({ serving = [] }: RunRecord, t: Messages): string => {
  if (serving.length === 0) return "";
  const columns = servingColumns(serving, t);
  const rows = tableOf(
    columns.map(({ head }) => head),
    serving.map((row) => columns.map(({ text: of }) => text(of(row)))),
  );
  return [rows, ...servingNotes(serving, t).map(text)].join("\n\n");
};

/** The answer and the tables of one run as GitHub-flavoured Markdown, for a pull request or a job summary, in the language that `run` was analysed in. `beside`: runs of the same file's other phases, whose verdicts on its claims it has too, where they have a page. Pure. */
export const renderMarkdown = (run: RunRecord, language: Language = "en", beside: readonly BesideRun[] = []): string => {
  const t = messagesOf(language);
  const { tables } = t;
  const record = presentable(run);
  const { experiment, environment } = record;
  const expectations = record.findings.filter(({ kind }) => kind === "expectation");
  const crossovers = askedCrossovers(record).filter(({ metric }) => metric === "time");
  const hasMixer = crossovers.some(({ mixer }) => mixer);
  const fits = askedFits(record);
  const parts = [
    `## ${text(shortened(experiment.title, 200))}`,
    experiment.question === undefined ? "" : `_${text(shortened(experiment.question, 300))}_`,
    text(measuredModel(record, t) ?? ""),
    answerSentences(record, t)
      .map((sentence) => `- ${text(sentence)}`)
      .join("\n"),
    warningsOf(record, t)
      .map((sentence) => `> ⚠ ${text(sentence)}`)
      .join("\n>\n"),
    t.markdown.limits(
      t.limits.heading,
      limitsOf(record, t).map(({ what, brief }) => ({ what: text(what), brief: text(brief) })),
    ),
    expectations.map(({ text: sentence, verdict }) => `- ${t.markdown.expected(verdict ?? "undecided", text(sentence))}`).join("\n"),
    t.markdown.device(
      text(adapterName(environment.adapter, environment.deviceClass === "software") || environment.adapter.choice),
      t.environment.deviceClasses[environment.deviceClass],
      environment.clock.source,
      tallyOf(record.cells),
      text(record.run),
    ),
    experiment.claims === undefined
      ? ""
      : tableOf(
          [t.claims.claim, t.claims.saysHead, tables.verdict, t.claims.measured, t.claims.correction, t.claims.shownIn],
          claimRows(
            record,
            t,
            beside.map((one) => ({ ...one, record: presentable(one.record) })),
          ).map(({ id, says, verdict, measured, judged, beside: other }) => [
            id,
            text(says),
            `${verdict.mark} ${verdict.words}`,
            text(measured),
            text(judged?.correction ?? ""),
            judged ? text(shownIn(judged.evidence, other, t)) : "",
          ]),
        ),
    crossovers.length === 0
      ? ""
      : tableOf(
          [tables.pair, tables.at, tables.time, t.markdown.timesAsFast, ...(hasMixer ? [t.markdown.attentionAlone] : [])],
          crossovers.map((crossover) => [
            text(crossover.between.join(" → ")),
            text(seriesText(crossover.series)),
            text(crossoverText(crossover, t)),
            speedText(record, crossover, t),
            ...(hasMixer ? [crossover.mixer ? text(crossoverText({ ...crossover.mixer, between: crossover.between }, t)) : ""] : []),
          ]),
        ),
    record.peerRatios === undefined
      ? ""
      : tableOf(
          [t.peers.ours, t.peers.beside, tables.at, "n", t.peers.oursWall, t.peers.itsWall, t.peers.oursIs, t.peers.because],
          record.peerRatios.map(({ labels, series, n, wallMs, ratio, note }) => [
            ...labels.map(text),
            text(seriesText(series)),
            formatCount(n),
            ...wallMs.map((ms) => (ms === undefined ? "" : formatMs(ms))),
            ratio === undefined ? "" : text(t.peers.speed(ratio)),
            note === undefined ? "" : text(shortened(note, 160)),
          ]),
        ),
    fits.length === 0
      ? ""
      : tableOf(
          [tables.arm, tables.at, tables.of, tables.fitted, tables.claimed, tables.verdict],
          fits.map((fit) => [
            text(fit.label),
            text(seriesText(fit.series)),
            t.markdown.metric[fit.metric],
            t.markdown.law(fit.class),
            fit.claim,
            t.markdown.fitVerdict[fit.verdict],
          ]),
        ),
    stageTable(record, t),
    textTable(record, t),
    offloadTable(record, t),
    servingTable(record, t),
    tableOf(
      [tables.arm, tables.form, "n", "dModel", "headDim", tables.outcome, tables.median, tables.interval, tables.state, tables.reason],
      record.cells.map((cell) => cellRow(cell, t)),
    ),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
};
