import { readdirSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { browserScript } from "./harness/browserScript.mjs";

/** A .wgsl import is its text, as esbuild's text loader makes it in the build. */
const wgslText = {
  name: "wgsl-text",
  enforce: "pre" as const,
  load: (id: string): string | undefined => (id.endsWith(".wgsl") ? `export default ${JSON.stringify(readFileSync(id, "utf8"))};` : undefined),
};

const scriptEnding = /\.(script|packed)$/;

/** A .script or .packed import is a .browser.ts file bundled into one text, as the build makes it. */
const scriptText = {
  name: "script-text",
  enforce: "pre" as const,
  resolveId: (id: string, importer: string | undefined): string | undefined => (scriptEnding.test(id) ? resolve(dirname(importer ?? ""), id) : undefined),
  load: (id: string): Promise<string> | undefined => (scriptEnding.test(id) ? browserScript(id) : undefined),
};

/** `isolate`: each file in a process of its own, with modules of its own; else files of a project share both, since loading modules anew takes half a second a file. */
const inFolder = (name: string, include: string[], exclude: string[] = [], isolate = true) => ({
  extends: true as const,
  test: { name, include, exclude: ["node_modules/**", ...exclude], isolate, unstubEnvs: true, setupFiles: "harness/testDisk.ts" },
});

/**
 * Files of one project follow each other, as a process serves one alone. The last ones are short, or one core would wait for the other: behind those that take a minute each come those that start
 * commands and workers, and then the many that take a second.
 */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const length = (path: string): number => (/kernels(?:Of\w+)?\.test\.ts$/.test(path) ? 0 : /[/\\](?:cli|exec|fuzz|kills|measure)[/\\]/.test(path) ? 1 : 2);
    const place = ({ project, moduleId }: TestSpecification): number => 3 * projectOrder.indexOf(project.name) + length(moduleId);
    return (await super.sort(files)).sort((one, other) => place(one) - place(other));
  }
}

/**
 * Every test. None holds a time to account that a busy machine changes: where one is asked for it is of a clock that the test moves, of a fake device, or only compared with a limit that is far away.
 */
const untimed = ["harness/**/*.test.ts", "kernels/**/*.test.ts"];
const long = ["**/*.matrix.test.ts", "**/*.peer.test.ts"];
/** Pages in Chromium, whose package changes the environment of its process. */
const browser = ["harness/**/*.browser.test.ts"];
/** Files that stand something in for a module of ours, found by how they do it. */
const mocking = readdirSync("harness", { encoding: "utf8", recursive: true })
  .map((name) => `harness/${name.replaceAll("\\", "/")}`)
  .filter((name) => name.endsWith(".test.ts") && readFileSync(name, "utf8").includes("vi.mock("));
const projectOrder = ["browser", "mocking", "untimed"];

export default defineConfig({
  plugins: [wgslText, scriptText],
  test: {
    // Two cores carry two files, as `npm test` asks; files that are named alone follow each other.
    fileParallelism: false,
    globalSetup: "harness/testFolder.ts",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    sequence: { sequencer: LongestFirst },
    projects: [
      inFolder("browser", browser, long, false),
      inFolder("untimed", untimed, [...browser, ...mocking, ...long], false),
      inFolder("mocking", mocking),
      inFolder("kernels", ["harness/**/*.matrix.test.ts"]),
      inFolder("peers", ["harness/**/*.peer.test.ts"]),
    ],
  },
});
