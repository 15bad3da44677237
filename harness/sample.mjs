// Makes the committed sample anew: its report, README's picture of it, and what follows from its measurements in results/sample, all by one analysis; or from another run, which then takes that
// one's place. usage: npm run sample [-- results/<experiment>/<run>]
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { builtFrom } from "./builtFrom.mjs";
import { loadTool } from "./bundle.mjs";

const [run] = process.argv.slice(2);
if (run !== undefined) {
  // The run that is there is kept until another is known to be one.
  if (!existsSync(join(run, "run.json"))) {
    process.stderr.write(`sample: ${run} holds no run.json: the folder of a run is wanted\n`);
    process.exit(2);
  }
  rmSync("results/sample", { recursive: true, force: true });
  cpSync(run, "results/sample", { recursive: true });
}
const out = mkdtempSync(join(tmpdir(), "attnbench-sample-"));
const { renewRun } = await loadTool({ sampleRun: "harness/sampleRun.ts" }, JSON.stringify(builtFrom(".")) ?? "undefined");
cpSync(await renewRun("results/sample", out), "reports/sample.html");
rmSync(out, { recursive: true, force: true });

// The package unpacks libraries that a bare system lacks only where it takes itself to be in a Lambda function.
process.env.AWS_LAMBDA_JS_RUNTIME ??= "nodejs20.x";
const { default: chromium } = await import("@sparticuz/chromium");
const { chromium: browser } = await import("playwright-core");
const opened = await browser.launch({ executablePath: await chromium.executablePath(), args: chromium.args, headless: true });
const tab = await opened.newPage({ viewport: { width: 1280, height: 1000 }, colorScheme: "light", deviceScaleFactor: 1.25 });
await tab.goto(pathToFileURL(resolve("reports/sample.html")).href);
// The answer, how sure it is, and its chart.
const height = await tab.evaluate(() => Math.ceil(document.querySelector(".first").getBoundingClientRect().bottom + window.scrollY) + 24);
await tab.screenshot({ path: "reports/sample.png", fullPage: true, clip: { x: 0, y: 0, width: 1280, height } });
await opened.close();
