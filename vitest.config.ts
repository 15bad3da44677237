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
  test: { name, include, exclude: ["node_modules/**", ...exclude], isolate, unstubEnvs: true },
});

/** Files of one project follow each other, as a process serves one alone; among them first those that take a minute each, beside which the others end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ project, moduleId }: TestSpecification): number =>
      2 * projectOrder.indexOf(project.name) - Number(/kernels(?:Of\w+)?\.test\.ts$/.test(moduleId));
    return (await super.sort(files)).sort((one, other) => place(one) - place(other));
  }
}

/** What holds no time to account: pure functions, pages, runs on fake devices with a clock of their own, kernels against their references, and commands of which nothing is asked that a busy machine changes. */
const untimed = [
  "harness/*.test.ts",
  "harness/cli/{brokenKernels,checkout,compare,duetKernels,exec,fit,github,kernelFolders,missingPeer,oddInput,out,plainText,published,refusals,repeatCommand,shard,shardFlag,worktrees}.test.ts",
  "harness/{analysis,experiment,record,report,mutants,gpuStats,compileTimes,proof,device,exec,shards,fuzz,kills,messages}/**/*.test.ts",
  "harness/measure/kernels*.test.ts",
  "harness/measure/{connection,duetSchedule,gpuLoad,gpuRest,offload,outlook,passes,residency,room,schedule,sharpness,stageTimes,variantChoice,verification}.test.ts",
  "harness/measure/peers/{chains,protobuf}.test.ts",
  "kernels/**/*.test.ts",
];
const long = ["**/*.matrix.test.ts", "**/*.peer.test.ts"];
/** Pages in Chromium, whose package changes the environment of its process. */
const browser = ["harness/**/*.browser.test.ts"];
/** Files that stand something in for a module of ours, found by how they do it. */
const mocking = readdirSync("harness", { encoding: "utf8", recursive: true })
  .map((name) => `harness/${name.replaceAll("\\", "/")}`)
  .filter((name) => name.endsWith(".test.ts") && readFileSync(name, "utf8").includes("vi.mock("));
const projectOrder = ["browser", "untimed", "mocking", "default"];

export default defineConfig({
  plugins: [wgslText, scriptText],
  test: {
    // Tests that run experiments take turns: two cores cannot carry two of them.
    fileParallelism: false,
    globalSetup: "harness/testFolder.ts",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    sequence: { sequencer: LongestFirst },
    projects: [
      // `npm test` runs files of these three side by side.
      inFolder("browser", browser, long, false),
      inFolder("untimed", untimed, [...browser, ...mocking, ...long], false),
      inFolder("mocking", mocking),
      inFolder("default", ["harness/**/*.test.ts"], [...untimed, ...browser, ...long]),
      inFolder("kernels", ["harness/**/*.matrix.test.ts"]),
      inFolder("peers", ["harness/**/*.peer.test.ts"]),
    ],
  },
});
