import { describe, expect, it } from "vitest";
import { analyse } from "../analysis/analysis.ts";
import { compareRuns } from "../analysis/comparison/comparison.ts";
import { runOf, slower, withCell } from "../analysis/comparison/plantedRuns.ts";
import { en } from "../messages/en.ts";
import { zh } from "../messages/zh.ts";
import type { CellRecord, RunRecord } from "../record/run.ts";
import { annotationsOf } from "./annotations.ts";
import { renderComparison } from "./comparisonMarkdown.ts";
import { renderComparisonPage } from "./comparisonPage.ts";

const base = runOf(1);
const [first = "", second = "", third = ""] = base.cells.map(({ id }) => id);
const ended = (outcome: CellRecord["outcome"]) => (): Partial<CellRecord> => ({ outcome, visits: [] });
const failed = ended({ status: "failed", code: "wrongOutput", reason: "输出有误" });
const outOfTime = ended({ status: "censored", code: "timeCap", reason: "一次太长" });

/** Pairs of runs that, one or another, have each sentence that a comparison can have. */
const pairs: Readonly<Record<string, readonly [RunRecord, RunRecord]>> = {
  "one slower, one that fails": [base, withCell(withCell(runOf(2), first, slower(1.5)), second, failed)],
  "one faster, more bytes, another kernel": [
    base,
    withCell(withCell(runOf(2), first, slower(0.5)), second, ({ stateBytes = 0, prepared }) => ({
      stateBytes: stateBytes + 1,
      ...(prepared ? { prepared: { ...prepared, kernelHash: "other" } } : {}),
    })),
  ],
  "failed in both, no time in either": [
    withCell(withCell(base, first, failed), second, outOfTime),
    withCell(withCell(runOf(2), first, failed), second, outOfTime),
  ],
  "no time in head, none in base": [withCell(base, third, outOfTime), withCell(runOf(2), second, outOfTime)],
  "too few processes": [runOf(1, { workers: 2 }), runOf(2, { workers: 2 })],
  "a machine that moves": [runOf(1, { drift: 0.2 }), runOf(2, { drift: 0.2 })],
  "a coarse clock": [base, { ...runOf(2), environment: { ...base.environment, clock: { ...base.environment.clock, stepNs: 1e6 } } }],
  "other devices and sizes": [
    base,
    {
      ...runOf(2),
      experiment: { ...base.experiment, axes: { n: { values: [1, 2] } }, fixed: { headDim: 32 }, filter: "n > 1" },
      environment: { ...base.environment, deviceClass: "software", adapter: { ...base.environment.adapter, device: "e" } },
    },
  ],
};

/** Its words that are said to be Chinese, but for code. */
const unmarked = (page: string): readonly string[] =>
  page
    .replace(/[\s\S]*<body>/, "")
    .replace(/<code\b[^>]*>[^<]*<\/code>/g, "")
    .replace(/<bdi\b[^>]* lang="en"[^>]*>[\s\S]*?<\/bdi>/g, "")
    .split(/<[^>]*>/)
    .concat([...page.matchAll(/ aria-label="([^"]*)"/g)].map(([, label = ""]) => label))
    .map((words) => words.trim())
    .filter((words) => words !== "");

/** Words of English that names of arms, sizes and devices have none of. */
const english = /\b(?:the|of|with|is|are|at|and|to|by|than|which|not|base|head|SAME|FASTER|SLOWER|UNDECIDED|NEW|GONE)\b/;

describe.each(Object.entries(pairs))("two runs in Chinese: %s", (_, [before, after]) => {
  const records = [analyse(before), analyse(after)] as const;
  const [inEnglish, chinese] = [compareRuns(...records), compareRuns(...records, { notes: ["planted", (t) => t.comparison.oneRun] }, zh)];

  it("say nothing in English but what is code", () => {
    const promised = /（(?:SAME|FASTER|SLOWER|UNDECIDED|NEW|GONE)）/g;
    const texts = [
      ...unmarked(renderComparisonPage(chinese, "zh")),
      ...renderComparison(chinese, "zh").replace(promised, "").split(/[\n|]/),
      ...annotationsOf(chinese, zh).flatMap(({ title, message }) => [title, message.replace(promised, "")]),
    ];
    expect(texts.filter((text) => english.test(text))).toEqual([]);
    expect(chinese.findings.filter((text) => text !== "planted" && !/\p{Script=Han}/u.test(text))).toEqual([]);
    expect(renderComparisonPage(inEnglish).replace(/输出有误|一次太长/g, "")).not.toMatch(/\p{Script=Han}/u);
  });

  it("say as many sentences of the same numbers, and come to the same verdicts", () => {
    const rest = ({ cells, arms, gate, limits, timesAdvise }: typeof chinese): unknown =>
      JSON.parse(
        JSON.stringify({
          gate,
          limits,
          timesAdvise,
          cells: cells.map(({ metrics, ...cell }) => ({
            ...cell,
            metrics: Object.values(metrics).map(({ note, ...one }) => ({ ...one, noted: note !== undefined })),
          })),
          arms: arms.map(({ labels, metric, verdict, gates, note }) => ({ labels, metric, verdict, gates, noted: note !== undefined })),
        }),
      );
    expect(rest(chinese)).toEqual(rest(inEnglish));
    expect(chinese.findings.filter((text) => text !== "planted" && text !== zh.comparison.oneRun)).toHaveLength(inEnglish.findings.length);
    expect(chinese.notes).toEqual(["planted", zh.comparison.oneRun]);
    // What helps is known by a note's words, whatever language they are in.
    const remedies = ["attnbench duet", "--budget", "--threshold"];
    const [these, those] = [inEnglish, chinese].map(({ findings }) => remedies.map((remedy) => findings.filter((text) => text.includes(remedy)).length));
    expect(those).toEqual(these);
  });
});

it.each([en, zh])("a note is known again by its words: $lang", ({ comparison: { notes, known } }) => {
  const having = {
    clock: [notes.steps, notes.coarse(0.1)],
    noTurns: [notes.machine(0.1)],
    hardly: [notes.wide(0.1, 0.01, undefined)],
    besideOthers: [notes.besideOthers(1.1)],
    notReached: [notes.notReached],
  };
  const all = [
    ...Object.values(having).flat(),
    notes.noWorker,
    notes.notPlanned,
    notes.fewVisits,
    notes.fewProcesses(2, 3),
    notes.wide(0.1, 0.05, 2),
    notes.notTimed,
  ];
  for (const [name, ones] of Object.entries(having)) expect(all.filter((note) => note.includes(known[name as keyof typeof known]))).toEqual(ones);
});
