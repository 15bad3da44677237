import { fileURLToPath } from "node:url";
import { analyse } from "../analysis/analysis.ts";
import { findingsOf } from "../analysis/answer.ts";
import { compareRuns } from "../analysis/comparison/comparison.ts";
import { en } from "../messages/en.ts";
import { zh } from "../messages/zh.ts";
import type { RunRecord } from "../record/run.ts";
import { readRun } from "../record/runFolder.ts";
import { renderComparisonPage } from "./comparisonPage.ts";
import { fixtureRecord } from "./fixture.ts";
import { deltaArm, type FixtureOptions, groupedArm, linearArm, softmaxArm } from "./fixtureArms.ts";
import { renderPage } from "./page.ts";
import { richRecord } from "./richRecord.ts";
import { strictLogger } from "./strictLogger.ts";

/** For tests in a browser: runs that ask most of a page, by name. */
const fixtures = {
  prefill: {},
  decode: {
    phase: "decode",
    deviceClass: "software",
    dModels: [256, 1024],
    arms: [softmaxArm, groupedArm, linearArm, deltaArm],
    outcome: ({ label, n }) =>
      label === "softmax" && n > 4096 ? { status: "censored", code: "timeCap", reason: "one repetition would take longer than 1 s" } : undefined,
  },
  crowded: {
    ns: Array.from({ length: 14 }, (_, i) => 64 * 2 ** i),
    dModels: [128, 2048],
    arms: [softmaxArm, groupedArm, linearArm, deltaArm, ...[1.05, 1.2, 3, 9].map((factor) => ({ ...linearArm, label: `linear ${factor}`, factor }))],
    outcome: ({ label, n }) =>
      n > 100_000 && label !== "linear" ? { status: "skipped", code: "overLimit", reason: "a buffer would exceed maxBufferSize" } : undefined,
  },
  failures: { outcome: () => ({ status: "failed", code: "deviceLost", reason: "the device was lost" }) },
  hostile: {
    title: `</script><img src=x onerror="document.title='run'">${"x".repeat(10_000)}`,
    question: "\u202e</style>😀 שלום",
    yaml: `</script><script>document.title='run'</script>${"y".repeat(10_000)}`,
    arms: [
      { ...softmaxArm, label: `</text><script>document.title='run'</script>${"w".repeat(10_000)}` },
      { ...linearArm, label: "\u202eمرحبا 😀" },
    ],
  },
} satisfies Readonly<Record<string, FixtureOptions>>;

export type FixtureName = keyof typeof fixtures;
export const fixtureNames = Object.keys(fixtures) as readonly FixtureName[];

export const recordOf = (name: FixtureName): RunRecord => fixtureRecord(fixtures[name]);

/** As analysis would have found it. */
const inChinese = (record: RunRecord): RunRecord => ({ ...record, findings: findingsOf(record, zh) });
const renderChinese = (record: RunRecord): Promise<string> => renderPage(record, strictLogger, [], "zh");

const emulated = fileURLToPath(new URL("../testRuns/emulated", import.meta.url));

/** Those pages, each of which is made once, when the first file of a process asks for it. */
const madeOnce = <Name extends string>(
  pages: Readonly<Record<Name, () => string | Promise<string>>>,
): Readonly<Record<Name, () => string | Promise<string>>> => {
  const made = new Map<string, string | Promise<string>>();
  const once = (name: string, make: () => string | Promise<string>) => () => {
    const page = made.get(name) ?? make();
    made.set(name, page);
    return page;
  };
  return Object.fromEntries(Object.entries<() => string | Promise<string>>(pages).map(([name, make]) => [name, once(name, make)])) as typeof pages;
};

/** Pages that have, one or another, each section and each table that a page can have. */
export const partPages = madeOnce({
  "every part": () => renderPage(richRecord(en), strictLogger),
  "every part in Chinese": () => renderChinese(richRecord(zh)),
  "states that leave": () => renderPage(inPhase(richRecord(en), "offload"), strictLogger),
  emulated: () => renderPage(analyse(readRun(emulated).record), strictLogger),
  "emulated in Chinese": () => renderChinese(analyse(readRun(emulated).record, zh)),
});

const inPhase = (record: RunRecord, phase: RunRecord["experiment"]["phase"]): RunRecord => ({
  ...record,
  experiment: { ...record.experiment, phase },
  cells: record.cells.map((cell) => ({ ...cell, phase })),
});

/** Those pages, and beside them some in Chinese and some that compare two runs. */
export const testPages = madeOnce({
  ...(Object.fromEntries(fixtureNames.map((name) => [name, () => renderPage(recordOf(name))])) as Readonly<Record<FixtureName, () => Promise<string>>>),
  sample: () => renderPage(analyse(readRun("results/sample").record)),
  "decode in Chinese": () => renderChinese(inChinese(recordOf("decode"))),
  "sample in Chinese": () => renderChinese(analyse(readRun("results/sample").record, zh)),
  comparison() {
    const record = analyse(readRun(emulated).record);
    return renderComparisonPage(compareRuns(record, record));
  },
  "comparison in Chinese"() {
    const record = analyse(readRun(emulated).record);
    return renderComparisonPage(compareRuns(record, record, {}, zh), "zh");
  },
});
