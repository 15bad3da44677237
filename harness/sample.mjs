// Makes the committed sample anew: one real run of quickstart, its report, and README's picture of it. usage: npm run sample [-- --adapter NAME]
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const out = mkdtempSync(join(tmpdir(), "attnbench-sample-"));
execFileSync(process.execPath, ["dist/cli.js", "run", "experiments/quickstart.yaml", "--out", out, ...process.argv.slice(2)], { stdio: "inherit" });

const [run] = readdirSync(join(out, "results/quickstart"));
rmSync("results/sample", { recursive: true, force: true });
cpSync(join(out, "results/quickstart", run), "results/sample", { recursive: true });
cpSync(join(out, "reports/quickstart.html"), "reports/sample.html");

// The package unpacks libraries that a bare system lacks only where it takes itself to be in a Lambda function.
process.env.AWS_LAMBDA_JS_RUNTIME ??= "nodejs20.x";
const { default: chromium } = await import("@sparticuz/chromium");
const { chromium: browser } = await import("playwright-core");
const opened = await browser.launch({ executablePath: await chromium.executablePath(), args: chromium.args, headless: true });
const page = await opened.newPage({ viewport: { width: 1200, height: 1000 }, colorScheme: "light", deviceScaleFactor: 1.25 });
await page.goto(pathToFileURL(resolve("reports/sample.html")).href);
// From the answer to the foot of the first charts.
const height = await page.evaluate(() => Math.ceil(document.querySelector("figure .chart, figure svg").getBoundingClientRect().bottom + window.scrollY) + 24);
await page.screenshot({ path: "reports/sample.png", fullPage: true, clip: { x: 0, y: 0, width: 1200, height } });
await opened.close();
rmSync(out, { recursive: true, force: true });
