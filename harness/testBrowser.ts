import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";

/** Once a run of tests, by the first file that wants it: of an executable that another file is still unpacking the package takes the name for the whole. `make`: what is done by that file alone, in the folder of the run. */
const onceForAll = async (name: string, make: () => Promise<string>): Promise<string> => {
  const [begun, done] = [join(tmpdir(), `${name}-begun`), join(tmpdir(), `${name}-done`)];
  try {
    mkdirSync(begun);
  } catch {
    // Where that file fails, the hook that waits here ends by its own time.
    while (!existsSync(done)) await setTimeout(200);
    return readFileSync(done, "utf8");
  }
  const made = await make();
  writeFileSync(`${done}.part`, made);
  renameSync(`${done}.part`, done);
  return made;
};

/*
 * The page in a real browser, the headless Chromium of @sparticuz/chromium. The package unpacks the system libraries that Chromium needs only
 * where it believes to be on Amazon Linux 2023; with this variable a bare Debian will do. In a single process the first page that closes ends
 * the browser.
 */
const emulatesGpu = /^--(?:use-gl|use-angle|enable-unsafe-swiftshader|ignore-gpu-blocklist|in-process-gpu)\b/;

const startBrowser = async (): Promise<Browser> => {
  process.env.AWS_LAMBDA_JS_RUNTIME ??= "nodejs20.x";
  const { default: packaged } = await import("@sparticuz/chromium");
  const executablePath = await onceForAll("chromium", async () => {
    const path = await packaged.executablePath();
    // Its list of fonts says /tmp, wherever it unpacks them, and without a font pages crash.
    const fonts = join(tmpdir(), "fonts/fonts.conf");
    writeFileSync(fonts, readFileSync(fonts, "utf8").replaceAll(">/tmp/fonts", `>${tmpdir()}/fonts`));
    return path;
  });
  // Chromium brings its own SwiftShader; a Vulkan driver that this environment names must not be in its way.
  const { VK_DRIVER_FILES: _, VK_ICD_FILENAMES: __, ...env } = process.env;
  // Nor does it draw by SwiftShader: for what moves little, an emulated GPU takes longer than none.
  const args = [...packaged.args.filter((argument) => argument !== "--single-process" && !emulatesGpu.test(argument)), "--disable-gpu"];
  return chromium.launch({ executablePath, args, env: env as Record<string, string> });
};

/** Pictures of the pages that tests open, for whoever looks at a run of tests: .github/workflows/test.yml keeps them. */
export const screenshots = fileURLToPath(new URL("../artifacts/screenshots", import.meta.url));

/** Keeps a picture of a page, PNG: all of it, or what its window shows. Packing it well would take longer than drawing it, so it is packed fast. */
export const keepPicture = async (page: Page, name: string, extent: "whole" | "window"): Promise<void> => {
  const session = await page.context().newCDPSession(page);
  const { cssContentSize } = await session.send("Page.getLayoutMetrics");
  const whole = { captureBeyondViewport: true, clip: { ...cssContentSize, scale: 1 } };
  const { data } = await session.send("Page.captureScreenshot", { format: "png", optimizeForSpeed: true, ...(extent === "whole" ? whole : {}) });
  await session.detach();
  mkdirSync(screenshots, { recursive: true });
  writeFileSync(join(screenshots, `${name}.png`), Buffer.from(data, "base64"));
};

export type ColorScheme = "light" | "dark";

/** A page, and all that it said on its console or asked of a network. */
export interface OpenedPage {
  readonly page: Page;
  readonly noise: readonly string[];
}

export interface TestBrowser {
  /** where the pages lie, and what a test puts beside them */
  readonly folder: string;
  readonly urlOf: (file: string) => Promise<string>;
  readonly newContext: (options: BrowserContextOptions) => Promise<BrowserContext>;
  /** `width` in px */
  readonly open: (name: string, width: number, colorScheme: ColorScheme) => Promise<OpenedPage>;
}

/** For tests: a browser that starts before those of a file and ends behind them; `pages`: HTML by name, each made when it is first asked for. */
export const browserWith = (pages: Readonly<Record<string, () => string | Promise<string>>>): TestBrowser => {
  const folder = mkdtempSync(join(tmpdir(), "attnbench-page-"));
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });
  const started = (): Browser => {
    if (!browser) throw new Error("the browser starts before the first test");
    return browser;
  };
  const urlOf = async (file: string): Promise<string> => {
    const path = join(folder, file);
    const html = existsSync(path) ? undefined : await pages[file.replace(/\.html$/, "")]?.();
    if (html !== undefined) writeFileSync(path, html);
    return pathToFileURL(path).href;
  };
  return {
    folder,
    urlOf,
    newContext: (options) => started().newContext(options),
    async open(name, width, colorScheme) {
      // Scrolling that glides would be waited for.
      const page = await started().newPage({ viewport: { width, height: 900 }, colorScheme, reducedMotion: "reduce" });
      const noise: string[] = [];
      page.on("console", (message) => noise.push(message.text()));
      page.on("pageerror", (error) => noise.push(error.message));
      page.on("request", (request) => {
        if (!request.url().startsWith("file:")) noise.push(request.url());
      });
      await page.goto(await urlOf(`${name}.html`));
      return { page, noise };
    },
  };
};

/** Waits until an expression holds in a page. Asked from outside: a wait inside a page is an eval from its second look on, and pages forbid it. */
export const holds = (page: Page, expression: string): Promise<void> => expect.poll(() => page.evaluate<boolean>(expression), { timeout: 20_000 }).toBe(true);

/** Takes over all charts that are shown, as if a pointer had come to each, and waits until they answer. */
export const upgraded = async (page: Page): Promise<void> => {
  await page.evaluate(`document.querySelectorAll(".facet").forEach((facet) => facet.dispatchEvent(new Event("pointerenter")))`);
  await holds(
    page,
    `[...document.querySelectorAll(".facet")].every((facet) => facet.getClientRects().length === 0 || [...facet.querySelectorAll(".live")].some((live) => live.offsetWidth > 0))`,
  );
};
