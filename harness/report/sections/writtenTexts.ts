import { formatCount, formatNumber } from "../../analysis/format.ts";
import { type ArmText, armTexts } from "../../analysis/writtenTexts.ts";
import { en } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { RunRecord } from "../../record/run.ts";
import { type Html, html, shortened } from "../html.ts";
import { inEnglish } from "../said.ts";
import { type Column, name, table } from "../table.ts";

/** Characters of a text, and numbers of tokens, that a page shows; run.json has all. */
const mostCharacters = 2000;
const mostNumbers = 400;

const endWords = { stop: "its stop token", length: "its length" } as const;

/** What is shown of every text, for page and Markdown: its arm, what it ended by and how it was held against float64. */
export const textColumns: readonly { readonly head: string; readonly numeric?: true; readonly of: (row: ArmText) => string }[] = [
  { head: "arm", of: ({ arm }) => arm },
  { head: "tokens", numeric: true, of: ({ text }) => (text.tokens.length === 0 ? "" : formatCount(text.tokens.length)) },
  { head: "ended by", of: ({ text: { ended, outcome } }) => (ended ? endWords[ended] : "code" in outcome ? `${outcome.code}: ${outcome.reason}` : "") },
  {
    head: "as float64 chooses",
    numeric: true,
    of: ({ text: { tokens, near } }) => (tokens.length === 0 ? "" : `${formatCount(tokens.length - near.length)} of ${formatCount(tokens.length)}`),
  },
  { head: "error of the last scores", numeric: true, of: ({ text: { verified } }) => (verified?.maxError ? formatNumber(verified.maxError) : "") },
];

/** How tokens were chosen, and what the texts began with. */
export const textCaption = ({ experiment: { text, measure }, writing }: RunRecord): string => {
  const { temperature = 0, stop } = text ?? {};
  const choosing = temperature === 0 ? "the likeliest token each time" : `drawn at a temperature of ${temperature}, by seed ${measure.seed}`;
  return `Texts that the model wrote on the GPU behind a prompt of ${formatCount(writing?.prompt.length ?? 0)} tokens: ${choosing}${stop === undefined ? "" : `, until token ${stop}`}`;
};

const shownText = ({ arm, text: { tokens, words } }: ArmText): Html => {
  const numbers = `${tokens.slice(0, mostNumbers).join(" ")}${tokens.length > mostNumbers ? " …" : ""}`;
  return html`<details><summary><bdi>${shortened(arm, 100)}</bdi></summary>
${words !== undefined && html`<p><bdi class="long">${shortened(words, mostCharacters)}</bdi></p>`}
<p><small class="long">Tokens: ${numbers}</small></p></details>`;
};

/** What each arm wrote; undefined where no text was asked for. */
export const writtenTextsSection = (record: RunRecord, t: Messages): Html | undefined => {
  const rows = armTexts(record);
  if (!record.experiment.text) return undefined;
  const { prompt } = record.experiment.text;
  const columns = textColumns.map(
    ({ head, numeric, of }, i): Column<ArmText> => ({ head, ...(numeric ? { numeric } : {}), cell: i === 0 ? (row) => name(of(row)) : of }),
  );
  return html`
<section aria-labelledby="written"><h2 id="written">${t.page.written}</h2>
${inEnglish(
  html`<p><bdi>The prompt: ${typeof prompt === "string" ? `“${shortened(prompt, 400)}”` : "given as tokens"}, ${record.writing?.prompt.slice(0, mostNumbers).join(" ") ?? ""}.</bdi>
Weights are random, so no text makes sense: it shows that arms of the same weights choose the same tokens, whatever they keep between two.</p>
${rows.length > 0 ? table(textCaption(record), columns, rows, en) : html`<p>No text was written.</p>`}
${rows.filter(({ text }) => text.tokens.length > 0).map(shownText)}`,
  t,
)}
</section>`;
};
