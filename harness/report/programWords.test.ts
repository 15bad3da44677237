import { describe, expect, it } from "vitest";
import { analyse } from "../analysis/analysis.ts";
import { en } from "../messages/en.ts";
import { zh } from "../messages/zh.ts";
import type { RunRecord } from "../record/run.ts";
import { readRun } from "../record/runFolder.ts";
import { renderMarkdown } from "./markdown.ts";
import { renderPage } from "./page.ts";
import { richRecord } from "./richRecord.ts";
import { strictLogger } from "./strictLogger.ts";
import { recordOf } from "./testPages.ts";

/** Sizes that a column is headed by, the phase of a whole model, and mechanisms that claims are of. */
const keys = new Set(["dModel", "headDim", "tokenLoop", "gatedDeltaNet"]);

/** Words like "maxTime" in what a page shows, outside of code and files: those that are no size, and no name that the experiment or its mechanisms have. */
const programWords = (page: string, { experiment, cells }: RunRecord): readonly string[] => {
  const [, body = ""] = /<\/head>([\s\S]*)/.exec(page) ?? [];
  const text = body.replaceAll(/<(script|style|code|pre)\b[\s\S]*?<\/\1>|<!--[\s\S]*?-->/g, " ").replaceAll(/<[^>]*>/g, " ");
  const names = JSON.stringify([experiment.name, experiment.title, cells.map(({ label, mechanism }) => [label, mechanism])]);
  const found = new Set([...text.matchAll(/\b[a-z]+[A-Z]\w*/g)].map(([word]) => word));
  return [...found].filter((word) => !keys.has(word) && !names.includes(word));
};

const emulated = (): RunRecord => readRun("harness/testRuns/emulated").record;

/** Cells that ended in each way that a run knows. */
const unmeasured = (): RunRecord => {
  const record = recordOf("decode");
  const codes = [
    "timeCap",
    "memoryCap",
    "overLimit",
    "noFeature",
    "badShape",
    "compileError",
    "wrongOutput",
    "deviceLost",
    "timeout",
    "outOfMemory",
    "belowResolution",
  ];
  const statusOf = (code: string) => (/Cap$/.test(code) ? "censored" : /overLimit|noFeature|badShape/.test(code) ? "skipped" : "failed");
  const cells = record.cells.map((cell, i) => {
    const code = codes[i];
    return code === undefined
      ? cell
      : { ...cell, summary: undefined, visits: [], outcome: { status: statusOf(code), code, reason: `maxTime (2 s) of ${code}, until.memory` } as const };
  });
  return { ...record, cells, schedule: { ...record.schedule, unmet: cells.slice(-2).map(({ id }) => id), stopped: "maxTime" } };
};

describe("what a reader sees", () => {
  it.each([
    ["a run", analyse(emulated()), "en"],
    ["a run in Chinese", analyse(emulated(), zh), "zh"],
    ["every part", richRecord(en), "en"],
    ["every part in Chinese", richRecord(zh), "zh"],
    ["all that was not measured", analyse(unmeasured()), "en"],
    ["all that was not measured, in Chinese", analyse(unmeasured(), zh), "zh"],
  ] as const)("has no word of the program but as code: %s", async (_, record, language) => {
    const page = await renderPage(record, strictLogger, [], language);
    expect(programWords(page, record)).toEqual([]);
  });

  it("says why cells were not measured in its own words, on the page, in findings and in Markdown", async () => {
    const record = unmeasured();
    const page = await renderPage(analyse(record), strictLogger);
    const has = (text: string, words: string): boolean => text.replaceAll(/\s/g, " ").includes(words);
    expect(has(page, "stopped at a time limit: 5; stopped at a memory limit: 1; too large for this device: 1")).toBe(true);
    expect(has(page, "<code>maxTime</code> (2 s) of <code>memoryCap</code>")).toBe(true);
    expect(has(page, "6 of 56 points were not finished: stopped at a time limit: softmax (split)")).toBe(true);
    expect(has(renderMarkdown(record), "| censored: stopped at a memory limit |")).toBe(true);
    const chinese = await renderPage(analyse(record, zh), strictLogger, [], "zh");
    expect(has(chinese, "到达时间上限而停止：5")).toBe(true);
  });
});
