import { formatCount, formatMs, formatNumber } from "../../analysis/format.ts";
import { type ArmText, armTexts } from "../../analysis/writtenTexts.ts";
import type { Messages } from "../../messages/messages.ts";
import type { RunRecord } from "../../record/run.ts";
import { type Html, html, shortened } from "../html.ts";
import { directed } from "../said.ts";
import { type Column, name, table } from "../table.ts";

/** Characters of a text, and numbers of tokens, that a page shows; run.json has all. */
const mostCharacters = 2000;
const mostNumbers = 400;

/** What is shown of every text, for page and Markdown: its arm, what it ended by and how it was held against float64. */
export const textColumnsOf = ({
  text: t,
  tables,
}: Messages): readonly { readonly head: string; readonly numeric?: true; readonly of: (row: ArmText) => string }[] => [
  { head: tables.arm, of: ({ arm }) => arm },
  { head: t.tokens, numeric: true, of: ({ text }) => (text.tokens.length === 0 ? "" : formatCount(text.tokens.length)) },
  { head: t.endedBy, of: ({ text: { ended, outcome } }) => (ended ? t.ended[ended] : "code" in outcome ? t.failure(outcome.code, outcome.reason) : "") },
  { head: t.msPerToken, numeric: true, of: ({ text: { msPerToken } }) => (msPerToken === undefined ? "" : formatMs(msPerToken)) },
  {
    head: t.asFloat64,
    numeric: true,
    of: ({ text: { tokens, near } }) => (tokens.length === 0 ? "" : t.ofAll(tokens.length - near.length, tokens.length)),
  },
  { head: t.lastError, numeric: true, of: ({ text: { verified } }) => (verified?.maxError ? formatNumber(verified.maxError) : "") },
];

/** How tokens were chosen, and what the texts began with. */
export const textCaption = ({ experiment: { text, measure }, writing }: RunRecord, t: Messages): string =>
  t.text.caption(writing?.prompt.length ?? 0, text?.temperature ?? 0, measure.seed, text?.stop);

const shownText = ({ arm, text: { tokens, words } }: ArmText, t: Messages): Html => {
  const numbers = `${tokens.slice(0, mostNumbers).join(" ")}${tokens.length > mostNumbers ? " …" : ""}`;
  return html`<details><summary><bdi>${directed(shortened(arm, 100))}</bdi></summary>
${words !== undefined && html`<p><bdi class="long"${t.lang !== "en" && html` lang=""`}>${shortened(words, mostCharacters)}</bdi></p>`}
<p><small class="long">${t.text.numbers(numbers)}</small></p></details>`;
};

/** What each arm wrote; undefined where no text was asked for. */
export const writtenTextsSection = (record: RunRecord, t: Messages): Html | undefined => {
  const rows = armTexts(record);
  if (!record.experiment.text) return undefined;
  const { prompt } = record.experiment.text;
  const columns = textColumnsOf(t).map(
    ({ head, numeric, of }, i): Column<ArmText> => ({ head, ...(numeric ? { numeric } : {}), cell: i === 0 ? (row) => name(of(row)) : of }),
  );
  return html`
<section aria-labelledby="written"><h2 id="written">${t.page.written}</h2>
<p><bdi>${t.text.prompt(typeof prompt === "string" ? shortened(prompt, 400) : undefined, record.writing?.prompt.slice(0, mostNumbers).join(" ") ?? "")}</bdi>${t.joinSentences(["", t.text.explained, ...(record.cells.some(({ model }) => model?.recomputes) ? [t.text.paysMore] : [])])}</p>
${rows.length > 0 ? table(textCaption(record, t), columns, rows) : html`<p>${t.text.none}</p>`}
${rows.filter(({ text }) => text.tokens.length > 0).map((row) => shownText(row, t))}
</section>`;
};
