import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { analyse } from "../analysis/analysis.ts";
import { findingsOf } from "../analysis/answer.ts";
import { compareRuns } from "../analysis/comparison/comparison.ts";
import { zh } from "../messages/zh.ts";
import { measurementsCsv } from "../record/csv.ts";
import type { RunRecord } from "../record/run.ts";
import { readRun } from "../record/runFolder.ts";
import { renderComparisonPage } from "./comparisonPage.ts";
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
    closest(selector: string): Node | null;
    getBoundingClientRect(): Box;
    querySelectorAll(selector: string): Iterable<Node>;
  }
  const { document } = globalThis as unknown as { readonly document: Node };
  const faults: string[] = [];
  for (const chart of document.querySelectorAll("svg.chart, .live svg")) {
    const frame = chart.getBoundingClientRect();
    if (frame.width === 0) continue;
    const texts = [...chart.querySelectorAll("text")]
      // halos lie under their own words; Vega keeps tick labels that it hides
      .filter((text) => text.closest("[stroke]") === null && text.getAttribute("opacity") !== "0" && text.textContent !== "")
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

/** Runs in the page: its pieces of text that are said to be Chinese, but for code. */
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
    .filter((node) => node.closest("[lang]")?.getAttribute("lang") === "zh" && node.closest("script, style, pre, code") === null)
    .flatMap((node) => [...node.childNodes].flatMap((part) => (part.nodeType === 3 && part.textContent.trim() !== "" ? [part.textContent.trim()] : [])));
};

/** Runs in the page: all that its script says, in words that are shown, in hints and in names of parts. */
const scriptSays = (): string[] => {
  interface Node {
    readonly textContent: string;
    getAttribute(name: string): string | null;
  }
  const { document } = globalThis as unknown as { readonly document: { querySelectorAll(selector: string): Iterable<Node> } };
  const attributes = ["title", "placeholder", "aria-label", "aria-valuetext"];
  return [...document.querySelectorAll(".save, .search, .search *, .steps, .series")].flatMap((node) =>
    [
      node.textContent.trim(),
      ...attributes.map((name) => (name === "aria-label" && node.getAttribute("class") === "series" ? "" : (node.getAttribute(name) ?? ""))),
    ].filter((text) => text !== ""),
  );
};

describe("page in a browser", () => {
  const folder = mkdtempSync(join(tmpdir(), "attnbench-page-"));
  let browser: Browser;

  beforeAll(async () => {
    for (const [name, options] of Object.entries(pages)) writeFileSync(join(folder, `${name}.html`), await renderPage(fixtureRecord(options)));
    await writeChinese("decode in Chinese");
    const record = analyse(readRun(fileURLToPath(new URL("../testRuns/emulated", import.meta.url))).record);
    writeFileSync(join(folder, "comparison.html"), renderComparisonPage(compareRuns(record, record)));
    browser = await startBrowser();
  });

  const writeChinese = async (name: keyof typeof chinese): Promise<void> =>
    writeFileSync(join(folder, `${name}.html`), await renderPage(chinese[name](), strictLogger, [], "zh"));

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  const open = async (name: string, width: number, colorScheme: "light" | "dark"): Promise<{ readonly page: Page; readonly noise: readonly string[] }> => {
    // Scrolling that glides would be waited for.
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme, reducedMotion: "reduce" });
    const noise: string[] = [];
    page.on("console", (message) => noise.push(message.text()));
    page.on("pageerror", (error) => noise.push(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith("file:")) noise.push(request.url());
    });
    await page.goto(pathToFileURL(join(folder, `${name}.html`)).href);
    return { page, noise };
  };

  /** Waits until an expression holds in a page. Asked from outside: a wait inside a page is an eval from its second look on, and pages forbid it. */
  const holds = (page: Page, expression: string): Promise<void> => expect.poll(() => page.evaluate<boolean>(expression), { timeout: 20_000 }).toBe(true);

  /** Takes over all charts that are shown, as if a pointer had come to each, and waits until they answer. */
  const upgraded = async (page: Page): Promise<void> => {
    await page.evaluate(`document.querySelectorAll(".facet").forEach((facet) => facet.dispatchEvent(new Event("pointerenter")))`);
    await holds(
      page,
      `[...document.querySelectorAll(".facet")].every((facet) => facet.getClientRects().length === 0 || [...facet.querySelectorAll(".live")].some((live) => live.offsetWidth > 0))`,
    );
  };

  it.each([...Object.keys(pages), "decode in Chinese", "comparison"].flatMap((name) => [360, 1280].map((width) => [name, width] as const)))(
    "%s, %i px wide: quiet, no sideways scrolling, no label over another",
    async (name, width) => {
      const { page, noise } = await open(name, width, width === 360 ? "dark" : "light");
      const quiet = async (): Promise<void> => {
        expect(noise).toEqual([]);
        expect(await page.title()).not.toBe("run");
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
        expect(await page.evaluate(misplacedLabels)).toEqual([]);
      };
      await quiet();
      const height = await page.evaluate("document.documentElement.scrollHeight");
      await upgraded(page);
      await quiet();
      expect(await page.evaluate("document.documentElement.scrollHeight")).toBe(height);
      await page.close();
    },
  );

  it.each(["decode", "decode in Chinese"])("keeps captions in sight where tables are wider than the screen: %s", async (name) => {
    const { page } = await open(name, 360, "light");
    /** How far captions stand out of what their tables scroll in, px; and how many tables scroll. */
    const captions = () =>
      page.evaluate<{ out: number; wide: number }>(`{
        const regions = [...document.querySelectorAll(".scroll")].filter((one) => one.getClientRects().length > 0);
        const wide = regions.filter((one) => one.scrollWidth > one.clientWidth);
        const out = wide.map((one) => {
          const [region, caption] = [one.getBoundingClientRect(), one.querySelector("caption").getBoundingClientRect()];
          return Math.max(region.left - caption.left, caption.right - region.right);
        });
        ({ out: Math.max(...out), wide: wide.length });
      }`);
    await page.evaluate(`document.querySelectorAll("details").forEach((one) => (one.open = true))`);
    const { out, wide } = await captions();
    expect(wide).toBeGreaterThan(2);
    expect(out).toBeLessThanOrEqual(1);
    await page.evaluate(`document.querySelectorAll(".scroll").forEach((one) => (one.scrollLeft = 1e4))`);
    expect((await captions()).out).toBeLessThanOrEqual(1);
    await page.close();
  });

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
    await upgraded(page);
    await page.getByRole("searchbox").last().fill("softmax");
    const [texts, said] = [await page.evaluate(chineseTexts), await page.evaluate(scriptSays)];
    expect(texts.length).toBeGreaterThan(100);
    // Words of English grammar, of which no name of an arm, a size or a device has two.
    const english = /\b(?:the|of|with|is|are|at|in|from|and|to|by|on|as|that|than|what|which|this|no|per|over)\b/gi;
    expect(texts.filter((text) => (text.match(english) ?? []).length > 1)).toEqual([]);
    // Its script speaks Chinese too; SVG is a format.
    expect(said.filter((text) => text !== "SVG" && !/\p{Script=Han}/u.test(text))).toEqual([]);
    for (const words of [zh.script.zoom, zh.script.showOrHide, zh.script.measurements, zh.script.wordsOfARow]) expect(said).toContain(words);
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
    expect(await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")).toBe("rgb(22, 26, 32)");
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
    ["comparison", "light"],
    ["comparison", "dark"],
  ] as const)("has no fault that axe finds: %s, %s", async (name, scheme) => {
    const { page } = await open(name, 1280, scheme);
    await upgraded(page);
    // Colours are those of the same page in English, and take most of the time.
    await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
    const faults = await page.evaluate<string[]>(
      `axe.run({ rules: { "color-contrast": { enabled: ${name !== "decode in Chinese"} } } }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes[0].html))`,
    );
    expect(faults).toEqual([]);
    await page.close();
  });

  describe("charts that answer", () => {
    /** The chart of time at one width, as a reader comes to it. */
    const openTime = async (name: string, width: number, scheme: "light" | "dark" = "light") => {
      const { page, noise } = await open(name, width, scheme);
      const facet = page.locator("#time .facet").first();
      await facet.scrollIntoViewIfNeeded();
      const live = facet.locator(".live");
      await live.waitFor();
      const steps = live.getByRole("slider", { name: /^Points of the chart: Time/ });
      const button = (words: string) => facet.getByRole("button", { name: words, exact: true });
      return { page, noise, facet, live, steps, button, tip: live.locator(".tip"), said: () => steps.getAttribute("aria-valuetext") };
    };
    /** How many marks of an arm are drawn. */
    const marksOf = (live: Locator, arm: number): Promise<number> => live.locator(`.mark-symbol [fill="var(--arm-${arm})"]`).count();
    const ticksOf = async (live: Locator): Promise<string[]> => (await live.locator(".mark-text.role-axis-label text").allTextContents()).sort();

    it("come when a reader comes to them, in the place of their drawing", async () => {
      const { page, noise } = await open("decode", 1280, "light");
      // At the end of the page all charts are above, and none has come.
      await page.evaluate(`scrollTo({ top: 1e6, behavior: "instant" })`);
      const facet = page.locator("#doubling .facet").first();
      expect(await facet.locator(".live").count()).toBe(0);
      const before = await facet.boundingBox();
      await facet.dispatchEvent("pointerenter");
      await facet.locator(".live").waitFor();
      expect(await facet.boundingBox()).toEqual(before);
      expect(await facet.locator("svg.chart.wide").isVisible()).toBe(false);
      // The other width comes when the window has it, and the wide one goes.
      await page.setViewportSize({ width: 390, height: 900 });
      await facet.scrollIntoViewIfNeeded();
      await facet.locator(".live.narrow").waitFor();
      expect(await facet.locator(".live.wide").isVisible()).toBe(false);
      expect(noise).toEqual([]);
      await page.close();
    });

    it("say what is under the pointer, and under none nothing", async () => {
      const { page, noise, live, steps, tip, said } = await openTime("decode", 1280);
      const mark = await live.locator('.mark-symbol [fill="var(--arm-2)"]').first().boundingBox();
      const frame = await steps.boundingBox();
      if (mark === null || frame === null) throw new Error("a chart and its marks have places");
      await page.mouse.move(mark.x + mark.width / 2, mark.y + mark.height / 2);
      expect(await tip.locator("> *").allTextContents()).toEqual(["linear", "n = 256", expect.stringMatching(/^\d+ µs \[\d+ µs, \d+ µs\]$/), "24 samples"]);
      expect(await said()).toMatch(/^linear, n = 256, /);
      await page.keyboard.press("Escape");
      await page.mouse.move(frame.x + frame.width - 4, frame.y + frame.height - 4);
      expect(await tip.isVisible()).toBe(false);
      expect(noise).toEqual([]);
      await page.close();
    });

    it("say it by the keyboard, point by point", async () => {
      const { page, noise, steps, tip, said } = await openTime("decode", 1280);
      await page.locator("#time .facet").first().getByRole("button", { name: "SVG" }).focus();
      for (let i = 0; i < 5; i++) await page.keyboard.press("Shift+Tab");
      expect(await steps.evaluate((element) => (element as unknown as { matches(selector: string): boolean }).matches(":focus-visible"))).toBe(true);
      expect(await said()).toMatch(/^softmax, n = 256, /);
      await page.keyboard.press("ArrowRight");
      expect(await said()).toMatch(/^softmax, n = 512, /);
      await page.keyboard.press("ArrowDown");
      expect(await said()).toMatch(/^GQA, n = 512, /);
      expect((await tip.textContent())?.startsWith("GQA")).toBe(true);
      await page.keyboard.press("End");
      expect(await said()).toMatch(/^gatedDeltaNet, n = 16,384, /);
      await page.keyboard.press("Escape");
      expect(await tip.isVisible()).toBe(false);
      // What stopped says so too.
      await page.keyboard.press("Home");
      for (let i = 0; i < 6; i++) await page.keyboard.press("ArrowRight");
      expect(await said()).toBe("softmax, n = 16,384, stopped at a time or memory limit, one repetition would take longer than 1 s");
      expect(noise).toEqual([]);
      await page.close();
    });

    it("hide an arm by its name, by mouse and keyboard, and show all again", async () => {
      const { page, noise, live, button } = await openTime("decode", 1280);
      const name = live.getByRole("button", { name: "linear", exact: true });
      const whole = await marksOf(live, 2);
      expect(await name.getAttribute("aria-pressed")).toBe("true");
      await name.click();
      expect(await name.getAttribute("aria-pressed")).toBe("false");
      expect(await marksOf(live, 2)).toBe(1);
      expect(await live.locator("text", { hasText: "n*" }).allTextContents()).toEqual(expect.not.arrayContaining([expect.stringContaining("/ linear")]));
      await page.keyboard.press("Space");
      expect(await marksOf(live, 2)).toBe(whole);
      await page.keyboard.press("Enter");
      expect(await marksOf(live, 2)).toBe(1);
      await button("show all").press("Enter");
      expect(await button("zoom").evaluate((element) => (element as unknown as { matches(selector: string): boolean }).matches(":focus"))).toBe(true);
      expect(await marksOf(live, 2)).toBe(whole);
      expect(await button("show all").isVisible()).toBe(false);
      expect(noise).toEqual([]);
      await page.close();
    });

    it("zoom when asked, and never take the page's wheel before", async () => {
      const { page, noise, live, steps, button } = await openTime("decode", 1280);
      const whole = await ticksOf(live);
      const frame = await steps.boundingBox();
      if (frame === null) throw new Error("a chart has a place");
      await page.mouse.move(frame.x + frame.width / 2, frame.y + frame.height / 2);
      const scrolled = () => page.evaluate<number>("scrollY");
      const began = await scrolled();
      await page.mouse.wheel(0, 40);
      await holds(page, `scrollY > ${began}`);
      expect(await ticksOf(live)).toEqual(whole);

      await button("zoom").click();
      expect(await button("zoom").getAttribute("aria-pressed")).toBe("true");
      const [asked, there] = [await scrolled(), await steps.boundingBox()];
      await page.mouse.move(frame.x + frame.width / 2, (there?.y ?? 0) + frame.height / 2);
      for (let i = 0; i < 10; i++) await page.mouse.wheel(0, -100);
      await expect.poll(() => ticksOf(live)).not.toEqual(whole);
      expect(await scrolled()).toBe(asked);
      const zoomed = await ticksOf(live);
      await page.mouse.down();
      await page.mouse.move(frame.x + frame.width / 2 - 120, (there?.y ?? 0) + frame.height / 2 + 60, { steps: 3 });
      await page.mouse.up();
      expect(await ticksOf(live)).not.toEqual(zoomed);
      await button("show all").click();
      expect(await ticksOf(live)).toEqual(whole);

      await button("zoom").click();
      await steps.focus();
      await page.keyboard.press("+");
      expect(await ticksOf(live)).not.toEqual(whole);
      await page.keyboard.press("0");
      expect(await ticksOf(live)).toEqual(whole);
      expect(noise).toEqual([]);
      await page.close();
    });

    it("have the colours of the page, in light and dark, and are drawings in print", async () => {
      const { page, live, facet } = await openTime("prefill", 1280, "dark");
      const colours = (within: string): Promise<string[]> =>
        page.evaluate(`{
          const painted = [...document.querySelector("#time .facet").querySelectorAll("${within} [fill], ${within} [stroke]")].map((one) => getComputedStyle(one));
          [...new Set(painted.flatMap(({ fill, stroke }) => [fill, stroke]))].filter((colour) => colour !== "rgba(0, 0, 0, 0)").sort();
        }`);
      const dark = await colours(".live");
      expect(dark).toEqual(await colours("svg.chart.wide"));
      await page.emulateMedia({ colorScheme: "light" });
      const light = await colours(".live");
      expect(light).toEqual(await colours("svg.chart.wide"));
      expect(light).not.toEqual(dark);
      await live.getByRole("button", { name: "linear", exact: true }).click();
      await page.emulateMedia({ colorScheme: "dark", media: "print" });
      expect(await live.isVisible()).toBe(false);
      expect(await facet.locator("svg.chart.wide").isVisible()).toBe(true);
      expect(await colours("svg.chart.wide")).toEqual(light);
      expect(light.length).toBeGreaterThan(5);
      await page.close();
    });

    it("answer to a finger at 360 px", async () => {
      const context = await browser.newContext({ viewport: { width: 360, height: 780 }, hasTouch: true, isMobile: true, reducedMotion: "reduce" });
      const page = await context.newPage();
      await page.goto(pathToFileURL(join(folder, "decode.html")).href);
      const live = page.locator("#time .facet").first().locator(".live");
      await page.locator("#time .facet").first().scrollIntoViewIfNeeded();
      await live.waitFor();
      const mark = await live.locator('.mark-symbol [fill="var(--arm-2)"]').first().boundingBox();
      if (mark === null) throw new Error("a mark has a place");
      await page.touchscreen.tap(mark.x + 8, mark.y + 8);
      const tip = live.locator(".tip");
      expect(await tip.textContent()).toContain("n = 256");
      const box = await tip.boundingBox();
      expect(box && box.x >= 0 && box.x + box.width <= 360).toBe(true);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
      await context.close();
    });

    it("take names as they are: text", async () => {
      const { page, noise, steps, tip } = await openTime("hostile", 1280);
      await steps.focus();
      await page.keyboard.press("Home");
      await page.keyboard.press("ArrowRight");
      expect((await tip.locator("strong").first().textContent())?.startsWith("</text><script>")).toBe(true);
      expect(await tip.locator("script, img").count()).toBe(0);
      expect(await page.title()).not.toBe("run");
      expect(noise).toEqual([]);
      await page.close();
    });
  });
});
