import { listedDifferences } from "../analysis/comparison/comparisonSentences.ts";
import { formatCount } from "../analysis/format.ts";
import type { Comparison } from "../record/comparison.ts";
import { changedFirst, comparisonRows, ratioText } from "./comparisonRows.ts";
import { shortened } from "./html.ts";
import { markdownTable, markdownText } from "./markdownText.ts";
import { seriesText } from "./outcome.ts";
import { presentableComparison } from "./presentableComparison.ts";

/** So many rows are listed; a job summary has an end. What is not SAME comes first. */
const mostRows = 200;

/** How the gate stands, in words. */
const gates: Readonly<Record<Comparison["gate"], string>> = {
  pass: "✅ passed",
  fail: "❌ failed",
  undecided: "❔ undecided",
  nothing: "⚠ nothing measured in both",
  off: "runs that differ, so nothing gates",
};

/** A comparison as GitHub-flavoured Markdown, for a job summary or a comment on a pull request. Pure. */
export const renderComparison = (comparison: Comparison): string => {
  const shown = presentableComparison(comparison);
  const { base, head, cells, arms, findings, gate } = shown;
  const hasShapes = cells.some(({ shape }) => shape !== "");
  const ordered = comparisonRows({ cells });
  const orderedArms = arms.length > mostRows ? changedFirst(arms, ({ verdict }) => verdict) : arms;
  const left = Math.max(0, ordered.length - mostRows) + Math.max(0, arms.length - mostRows);
  const parts = [
    `## ${markdownText(head.experiment)}: ${gates[gate]}`,
    `${commitText(base)} → ${commitText(head)} on ${markdownText(head.adapter)}.`,
    listedDifferences(shown)
      .map((difference) => `- ${markdownText(difference)}`)
      .join("\n"),
    findings.map((finding) => `- ${markdownText(shortened(finding, 800))}`).join("\n"),
    ordered.length === 0
      ? ""
      : markdownTable(
          ["arm", "form", "n", ...(hasShapes ? ["at"] : []), "of", "verdict", "base", "head", "head ÷ base"],
          ordered
            .slice(0, mostRows)
            .map(({ label, form, n, shape, metric, one, base: before, head: after }) => [
              markdownText(label),
              markdownText(form),
              formatCount(n),
              ...(hasShapes ? [markdownText(shape)] : []),
              metric,
              one.verdict,
              before,
              after,
              ratioText(one),
            ]),
        ),
    arms.length === 0
      ? ""
      : markdownTable(
          ["arms", "at", "of", "verdict", "base", "head"],
          orderedArms
            .slice(0, mostRows)
            .map(({ labels, series, metric, of, verdict, base: before, head: after }) => [
              labels.map(markdownText).join(" → "),
              markdownText(shortened(seriesText(series), 120)),
              metric === "crossover" ? "n\\*" : `${metric} of ${of}`,
              verdict,
              markdownText(before ?? (verdict === "NEW" ? "" : "none told")),
              markdownText(after ?? (verdict === "GONE" ? "" : "none told")),
            ]),
        ),
    left > 0 ? `${formatCount(left)} more rows, all SAME or beyond what fits here, are in comparison.json.` : "",
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
};

const commitText = ({ commit, dirty, version, run }: Comparison["base"]): string =>
  `${commit === undefined ? `attnbench ${markdownText(version)}` : `${commitName(commit)}${dirty ? " and changes" : ""}`} (run ${markdownText(run)})`;

/** As code where it is the name of a commit: code has no escapes. */
const commitName = (commit: string): string => (/^[0-9a-f]{7,40}$/.test(commit) ? `\`${commit.slice(0, 10)}\`` : markdownText(commit));
