import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { analyse } from "../analysis/analysis.ts";
import type { RunRecord } from "../record/run.ts";
import { largeRecord } from "../report/largeRecord.ts";
import { renderPage } from "../report/page.ts";

/** A run of 512 cells, analysed: what a page is made of. */
export const largeRun = (): RunRecord => analyse(largeRecord());

/** What the first page of a process took to make, ms of the clock on the wall and of all its threads' processors, and how long it is. */
export interface Making {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly bytes: number;
}

export const makePage = async (record: RunRecord, file: string): Promise<Making> => {
  const [began, used] = [performance.now(), process.cpuUsage()];
  const page = await renderPage(record);
  const { user, system } = process.cpuUsage(used);
  const wallMs = performance.now() - began;
  writeFileSync(file, page);
  return { wallMs, cpuMs: (user + system) / 1000, bytes: Buffer.byteLength(page) };
};

/** From the start of navigation, ms: until the page's script has run, so that tables sort and can be searched, and until the chart beside the answer answers too; and what the page's main thread computed in all that. */
export interface Opening {
  readonly tablesMs: number;
  readonly interactiveMs: number;
  readonly threadMs: number;
}

// Runs in the page before anything of it.
const watch = `window.reached = {};
new MutationObserver(() => {
  if (document.querySelector("thead button")) reached.tables ??= performance.now();
  if (document.querySelector(".first .live")) reached.interactive ??= performance.now();
}).observe(document, { childList: true, subtree: true });`;

/** Opens a page so many times in the headless Chromium of the tests, 1280 × 800, each time in a context of its own. The first is not counted: the browser's own code is read from disk then. */
export const openPage = async (file: string, times: number): Promise<readonly Opening[]> => {
  // As in testBrowser.ts, which is for tests alone.
  process.env.AWS_LAMBDA_JS_RUNTIME ??= "nodejs20.x";
  const { default: packaged } = await import("@sparticuz/chromium");
  const args = packaged.args.filter((argument) => argument !== "--single-process");
  const browser = await chromium.launch({ executablePath: await packaged.executablePath(), args });
  try {
    const openings: Opening[] = [];
    for (let i = 0; i <= times; i++) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
      const page = await context.newPage();
      await page.addInitScript(watch);
      const session = await context.newCDPSession(page);
      await session.send("Performance.enable", { timeDomain: "threadTicks" });
      await page.goto(pathToFileURL(file).href);
      let reached: { readonly tables?: number; readonly interactive?: number } = {};
      for (; reached.interactive === undefined; reached = await page.evaluate("reached")) await page.waitForTimeout(50);
      const { metrics } = await session.send("Performance.getMetrics");
      const threadMs = 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN);
      if (i > 0) openings.push({ tablesMs: reached.tables ?? Number.NaN, interactiveMs: reached.interactive, threadMs });
      await context.close();
    }
    return openings;
  } finally {
    await browser.close();
  }
};
