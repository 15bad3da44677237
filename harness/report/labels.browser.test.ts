import { expect, it } from "vitest";
import { stageWords } from "../../kernels/model/stageNames.ts";
import type { RunRecord } from "../record/run.ts";
import { browserWith, upgraded } from "../testBrowser.ts";
import { fixtureRecord } from "./fixture.ts";
import { deltaArm, groupedArm, linearArm, softmaxArm } from "./fixtureArms.ts";
import { renderPage } from "./page.ts";

/** Readers of figures take 9 px for the least that they can read, px of the screen. */
const leastSeenPx = 9;

const four = [softmaxArm, groupedArm, linearArm, deltaArm];
const ns = Array.from({ length: 11 }, (_, i) => 16 * 2 ** i);

const stageNames = Object.keys(stageWords);

const exact = (value: number) => ({ value, low: value, high: value });

/** The record with every time split into the stages of a whole model. */
const staged = (record: RunRecord): RunRecord => ({
  ...record,
  cells: record.cells.map((cell) => {
    if (!cell.summary) return cell;
    const { medianMs } = cell.summary;
    const share = 1 / stageNames.length;
    const times = stageNames.map((stage) => ({ stage, ms: exact(medianMs * share), share: exact(share) }));
    return { ...cell, summary: { ...cell.summary, stages: { times, sumOverWhole: exact(1) } } };
  }),
});

const records: Readonly<Record<RunRecord["experiment"]["phase"], RunRecord>> = {
  prefill: fixtureRecord({ ns, dModels: [256, 512], arms: four }),
  decode: fixtureRecord({ phase: "decode", deviceClass: "software", ns, dModels: [256, 512, 768, 1024, 2048], arms: four }),
  generate: fixtureRecord({ phase: "generate", ns, arms: four }),
  tokenLoop: staged(fixtureRecord({ phase: "tokenLoop", deviceClass: "software", ns, arms: four })),
  offload: fixtureRecord({ phase: "offload", ns, arms: four }),
};

const { open } = browserWith(Object.fromEntries(Object.entries(records).map(([phase, record]) => [phase, () => renderPage(record)])));

/** Runs in a page: labels of charts that are shown, whose letters are below `least` px of the screen, and how many were looked at. */
const smallLabels = (least: number): string => `{
  const shown = [...document.querySelectorAll("svg.chart, .live svg")].filter((svg) => svg.getBoundingClientRect().width > 0);
  const labels = shown.flatMap((svg) => [...svg.querySelectorAll("text")].filter((text) => text.textContent !== "" && text.getAttribute("opacity") !== "0"));
  const seenPx = (text) => Number.parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a;
  ({ looked: labels.length, small: labels.filter((text) => seenPx(text) < ${least}).map((text) => text.textContent + ": " + seenPx(text).toFixed(1) + " px") });
}`;

it.each(Object.keys(records).flatMap((phase) => [360, 1280].map((width) => [phase, width] as const)))(
  "no label of a chart of %s is below what can be read, %i px wide",
  async (phase, width) => {
    const { page } = await open(phase, width, "light");
    await page.evaluate(`document.querySelectorAll("details").forEach((one) => (one.open = true))`);
    const labels = () => page.evaluate<{ looked: number; small: string[] }>(smallLabels(leastSeenPx));
    const drawn = await labels();
    expect(drawn.looked).toBeGreaterThan(60);
    expect(drawn.small).toEqual([]);
    await upgraded(page);
    expect((await labels()).small).toEqual([]);
    await page.close();
  },
);
