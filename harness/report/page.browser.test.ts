import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { analyse } from "../analysis/analysis.ts";
import { findingsOf } from "../analysis/answer.ts";
import { zh } from "../messages/zh.ts";
import { measurementsCsv } from "../record/csv.ts";
import type { RunRecord } from "../record/run.ts";
import { readRun } from "../record/runFolder.ts";
import { fixtureRecord } from "./fixture.ts";
import { deltaArm, type FixtureOptions, groupedArm, linearArm, softmaxArm } from "./fixtureArms.ts";
import { renderPage } from "./page.ts";
import { strictLogger } from "./strictLogger.ts";

/*
 * The page in a real browser, the headless Chromium of @sparticuz/chromium. The package unpacks the system libraries that Chromium needs only
 * where it believes to be on Amazon Linux 2023; with this variable a bare Debian will do. In a single process the first page that closes ends
 * the browser.
 */
const startBrowser = async (): Promise<Browser> => {
  process.env.AWS_LAMBDA_JS_RUNTIME ??= "nodejs20.x";
  const { default: packaged } = await import("@sparticuz/chromium");
  const executablePath = await packaged.executablePath();
  // Its list of fonts says /tmp, wherever it unpacks them, and without a font pages crash.
  const fonts = join(tmpdir(), "fonts/fonts.conf");
  writeFileSync(fonts, readFileSync(fonts, "utf8").replaceAll(">/tmp/fonts", `>${tmpdir()}/fonts`));
  // Chromium brings its own SwiftShader; a Vulkan driver that this environment names must not be in its way.
  const { VK_DRIVER_FILES: _, VK_ICD_FILENAMES: __, ...env } = process.env;
  const args = packaged.args.filter((argument) => argument !== "--single-process");
  return chromium.launch({ executablePath, args, env: env as Record<string, string> });
};

const pages: Readonly<Record<string, FixtureOptions>> = {
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
};

/** Runs in the page: labels of a chart that overlap another or leave their chart, px. */
const misplacedLabels = (): string[] => {
  // Playwright evaluates this in the browser; the project's types know no DOM
  interface Box {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
    readonly width: number;
  }
  interface Node {
    readonly textContent: string;
    readonly classList: { contains(name: string): boolean };
    getAttribute(name: string): string | null;
    getBoundingClientRect(): Box;
    querySelectorAll(selector: string): Iterable<Node>;
  }
  const { document } = globalThis as unknown as { readonly document: Node };
  const faults: string[] = [];
  for (const chart of document.querySelectorAll("svg.chart")) {
    const frame = chart.getBoundingClientRect();
    if (frame.width === 0) continue;
    const texts = [...chart.querySelectorAll("text")]
      // halos lie under their own words; Vega keeps tick labels that it hides
      .filter((text) => text.getAttribute("stroke") === null && text.getAttribute("opacity") !== "0" && text.textContent !== "")
      .map((text) => ({ words: text.textContent, box: text.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0);
    texts.forEach(({ words, box }, i) => {
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1)
        faults.push(`"${words}" leaves its chart`);
      for (const other of texts.slice(i + 1)) {
        const wide = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
        const high = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
        // line boxes are a few px higher than their letters
        if (wide > 1 && high > 4) faults.push(`"${words}" overlaps "${other.words}"`);
      }
    });
  }
  return faults;
};

/** Pages in Chinese, by name. */
const chinese = {
  "decode in Chinese": () => inChinese(fixtureRecord(pages.decode ?? {})),
  "sample in Chinese": () => analyse(readRun("results/sample").record, zh),
};

/** As analysis would have found it. */
const inChinese = (record: RunRecord): RunRecord => ({ ...record, findings: findingsOf(record, zh) });

/** Runs in the page: its pieces of text that are said to be Chinese, but for code and for what its script adds. */
const chineseTexts = (): string[] => {
  interface Node {
    readonly nodeType: number;
    readonly textContent: string;
    readonly childNodes: Iterable<Node>;
    closest(selector: string): { getAttribute(name: string): string } | null;
    querySelectorAll(selector: string): Iterable<Node>;
  }
  const { document } = globalThis as unknown as { readonly document: Node };
  return [...document.querySelectorAll("body, body *")]
    .filter((node) => node.closest("[lang]")?.getAttribute("lang") === "zh" && node.closest("script, style, pre, code, .search, .save") === null)
    .flatMap((node) => [...node.childNodes].flatMap((part) => (part.nodeType === 3 && part.textContent.trim() !== "" ? [part.textContent.trim()] : [])));
};

describe("page in a browser", () => {
  const folder = mkdtempSync(join(tmpdir(), "attnbench-page-"));
  let browser: Browser;

  beforeAll(async () => {
    for (const [name, options] of Object.entries(pages)) writeFileSync(join(folder, `${name}.html`), await renderPage(fixtureRecord(options)));
    await writeChinese("decode in Chinese");
    browser = await startBrowser();
  });

  const writeChinese = async (name: keyof typeof chinese): Promise<void> =>
    writeFileSync(join(folder, `${name}.html`), await renderPage(chinese[name](), strictLogger, [], "zh"));

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  const open = async (name: string, width: number, colorScheme: "light" | "dark"): Promise<{ readonly page: Page; readonly noise: readonly string[] }> => {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const noise: string[] = [];
    page.on("console", (message) => noise.push(message.text()));
    page.on("pageerror", (error) => noise.push(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith("file:")) noise.push(request.url());
    });
    await page.goto(pathToFileURL(join(folder, `${name}.html`)).href);
    return { page, noise };
  };

  it.each([...Object.keys(pages), "decode in Chinese"].flatMap((name) => [360, 1280].map((width) => [name, width] as const)))(
    "%s, %i px wide: quiet, no sideways scrolling, no label over another",
    async (name, width) => {
      const { page, noise } = await open(name, width, width === 360 ? "dark" : "light");
      expect(noise).toEqual([]);
      expect(await page.title()).not.toBe("run");
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
      expect(await page.evaluate(misplacedLabels)).toEqual([]);
      await page.close();
    },
  );

  it("sorts and searches its tables", async () => {
    const { page, noise } = await open("decode", 1280, "light");
    const cells = page.getByRole("region", { name: /Times are per repetition/ });
    const column = (head: string): Promise<string[]> =>
      cells.evaluate((region, name) => {
        // Runs in the browser: the project's types know no DOM.
        const { querySelectorAll } = region as unknown as {
          querySelectorAll(selector: string): ArrayLike<{ textContent: string; cells: ArrayLike<{ textContent: string }>; hidden: boolean }>;
        };
        const all = (selector: string) => Array.from(querySelectorAll.call(region, selector));
        const place = all("thead th").findIndex(({ textContent }) => textContent === name);
        return all("tbody tr").flatMap((row) => (row.hidden ? [] : [row.cells[place]?.textContent ?? ""]));
      }, head);
    const untouched = await column("n");
    const head = cells.getByRole("columnheader", { name: "n", exact: true });
    const numbers = async (): Promise<number[]> => (await column("n")).map((text) => Number(text.replaceAll(",", "")));
    await head.getByRole("button").click();
    expect(await head.getAttribute("aria-sort")).toBe("ascending");
    expect(await numbers()).toEqual([...(await numbers())].sort((one, other) => one - other));
    await page.keyboard.press("Enter");
    expect(await head.getAttribute("aria-sort")).toBe("descending");
    expect(await numbers()).toEqual([...(await numbers())].sort((one, other) => other - one));
    await page.keyboard.press("Enter");
    expect(await column("n")).toEqual(untouched);

    const search = page.getByRole("searchbox").last();
    await search.fill("GQA censored");
    expect(await column("arm")).toEqual([]);
    await search.fill("softmax censored");
    expect(new Set(await column("arm"))).toEqual(new Set(["softmax"]));
    expect((await column("arm")).length).toBeLessThan(untouched.length);
    await search.fill("");
    expect(await column("n")).toEqual(untouched);
    expect(noise).toEqual([]);
    await page.close();
  });

  it.each(["decode in Chinese", "sample in Chinese"] as const)("says nothing in English where it says it is Chinese: %s", async (name) => {
    if (name === "sample in Chinese") await writeChinese(name);
    const { page, noise } = await open(name, 360, "light");
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
    const texts = await page.evaluate(chineseTexts);
    expect(texts.length).toBeGreaterThan(100);
    // Words of English grammar, of which no name of an arm, a size or a device has two.
    const english = /\b(?:the|of|with|is|are|at|in|from|and|to|by|on|as|that|than|what|which|this|no|per|over)\b/gi;
    expect(texts.filter((text) => (text.match(english) ?? []).length > 1)).toEqual([]);
    for (const words of [zh.page.answer, zh.sure.heading, zh.limits.heading, zh.method.heading, zh.charts.memoryHeading, zh.tables.cellsHeading])
      expect(
        texts.some((text) => text.includes(words)),
        words,
      ).toBe(true);
    expect(noise).toEqual([]);
    await page.close();
  });

  it("gives what it holds as files", async () => {
    const { page, noise } = await open("decode", 1280, "dark");
    const saved = async (name: string): Promise<{ readonly name: string; readonly text: string }> => {
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).first().click()]);
      return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
    };
    const record = fixtureRecord(pages.decode ?? {});
    const csv = await saved("measurements (CSV)");
    expect(csv).toEqual({ name: `${record.experiment.name}-${record.run}.csv`, text: measurementsCsv(record) });
    expect(JSON.parse((await saved("run without samples (JSON)")).text)).toMatchObject({ run: record.run });
    expect((await saved("experiment (YAML)")).text).toBe(record.experiment.yaml);
    const svg = await saved("SVG");
    writeFileSync(join(folder, "alone.svg"), svg.text);
    await page.goto(pathToFileURL(join(folder, "alone.svg")).href);
    const alone = page.locator("svg").first();
    expect((await alone.boundingBox())?.width).toBeGreaterThan(200);
    // The page's colours went along: dark paper.
    expect(await alone.evaluate("(svg) => getComputedStyle(svg).backgroundColor")).not.toBe("rgba(0, 0, 0, 0)");
    expect(noise).toEqual([]);
    await page.close();
  });

  it("shows every row without a script", async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(pathToFileURL(join(folder, "decode.html")).href);
    expect(await page.getByRole("button").count()).toBe(0);
    expect(await page.locator("[id^=cell-]").count()).toBeGreaterThan(10);
    await context.close();
  });

  it.each([
    ["decode", "light"],
    ["decode", "dark"],
    ["decode in Chinese", "light"],
  ] as const)("has no fault that axe finds: %s, %s", async (name, scheme) => {
    const { page } = await open(name, 1280, scheme);
    // Colours are those of the same page in English, and take most of the time.
    await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
    const faults = await page.evaluate<string[]>(
      `axe.run({ rules: { "color-contrast": { enabled: ${name === "decode"} } } }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes[0].html))`,
    );
    expect(faults).toEqual([]);
    await page.close();
  });
});
