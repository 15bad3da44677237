import { listedDifferences } from "../analysis/comparison/comparisonSentences.ts";
import { formatCount } from "../analysis/format.ts";
import type { Language } from "../messages/languages.ts";
import { type Messages, messagesOf } from "../messages/messages.ts";
import type { Comparison } from "../record/comparison.ts";
import { changedFirst, comparisonRows, ratioText } from "./comparisonRows.ts";
import { shortened } from "./html.ts";
import { markdownTable, markdownText } from "./markdownText.ts";
import { seriesText } from "./outcome.ts";
import { presentableComparison } from "./presentableComparison.ts";
import { verdictText } from "./verdictText.ts";

/** So many rows are listed; a job summary has an end. What is not SAME comes first. */
const mostRows = 200;

/** A comparison as GitHub-flavoured Markdown, for a job summary or a comment on a pull request, in the language that it was made in. Pure. */
export const renderComparison = (comparison: Comparison, language: Language = "en"): string => {
  const t = messagesOf(language);
  const { markdown, page, sides } = t.comparison;
  const shown = presentableComparison(comparison, t);
  const { base, head, cells, arms, findings, gate } = shown;
  const hasShapes = cells.some(({ shape }) => shape !== "");
  const ordered = comparisonRows({ cells });
  const orderedArms = arms.length > mostRows ? changedFirst(arms, ({ verdict }) => verdict) : arms;
  const left = Math.max(0, ordered.length - mostRows) + Math.max(0, arms.length - mostRows);
  const parts = [
    `## ${markdown.heading(markdownText(head.experiment), markdown.gates[gate])}`,
    markdown.runs(commitText(base, t), commitText(head, t), markdownText(head.adapter)),
    listedDifferences(shown)
      .map((difference) => `- ${markdownText(difference)}`)
      .join("\n"),
    findings.map((finding) => `- ${markdownText(shortened(finding, 800))}`).join("\n"),
    ordered.length === 0
      ? ""
      : markdownTable(
          [t.tables.arm, t.tables.form, "n", ...(hasShapes ? [t.tables.at] : []), t.tables.of, t.tables.verdict, sides.base, sides.head, page.ratio],
          ordered
            .slice(0, mostRows)
            .map(({ label, form, n, shape, metric, one, base: before, head: after }) => [
              markdownText(label),
              markdownText(form),
              formatCount(n),
              ...(hasShapes ? [markdownText(shape)] : []),
              markdown.metrics[metric],
              verdictText(one.verdict, t, metric),
              before,
              after,
              ratioText(one),
            ]),
        ),
    arms.length === 0
      ? ""
      : markdownTable(
          [page.armsHead, t.tables.at, t.tables.of, t.tables.verdict, sides.base, sides.head],
          orderedArms
            .slice(0, mostRows)
            .map(({ labels, series, metric, of, verdict, base: before, head: after }) => [
              labels.map(markdownText).join(" → "),
              markdownText(shortened(seriesText(series), 120)),
              metric === "crossover" ? "n\\*" : markdown.ofArm(metric, of),
              verdictText(verdict, t),
              markdownText(before ?? (verdict === "NEW" ? "" : page.noneTold)),
              markdownText(after ?? (verdict === "GONE" ? "" : page.noneTold)),
            ]),
        ),
    left > 0 ? markdown.moreRows(left) : "",
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
};

const commitText = ({ commit, dirty, version, run }: Comparison["base"], { comparison: { markdown, page } }: Messages): string =>
  markdown.run(commit === undefined ? `attnbench ${markdownText(version)}` : `${commitName(commit)}${dirty ? page.andChanges : ""}`, markdownText(run));

/** As code where it is the name of a commit: code has no escapes. */
const commitName = (commit: string): string => (/^[0-9a-f]{7,40}$/.test(commit) ? `\`${commit.slice(0, 10)}\`` : markdownText(commit));
