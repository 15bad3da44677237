import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { defineConfig } from "vitest/config";
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

const inFolder = (name: string, include: string[], exclude: string[] = []) => ({
  extends: true as const,
  test: { name, include, exclude: ["node_modules/**", ...exclude] },
});

/** What holds no time to account: pure functions, pages, runs on fake devices with a clock of their own, kernels against their references, and commands of which nothing is asked that a busy machine changes. */
const untimed = [
  "harness/*.test.ts",
  "harness/cli/{brokenKernels,checkout,compare,duetKernels,exec,fit,github,kernelFolders,missingPeer,oddInput,out,plainText,published,repeatCommand,shard,shardFlag,worktrees}.test.ts",
  "harness/{analysis,experiment,record,report,mutants,gpuStats,proof,device,exec,shards,fuzz,kills,messages}/**/*.test.ts",
  "harness/measure/kernels*.test.ts",
  "harness/measure/{connection,duetSchedule,gpuLoad,gpuRest,offload,outlook,residency,room,schedule,sharpness,stageTimes,variantChoice,verification}.test.ts",
  "harness/measure/peers/{chains,protobuf}.test.ts",
  "kernels/**/*.test.ts",
];
const long = ["**/*.matrix.test.ts", "**/*.peer.test.ts"];

export default defineConfig({
  plugins: [wgslText, scriptText],
  test: {
    // Tests that run experiments take turns: two cores cannot carry two of them.
    fileParallelism: false,
    globalSetup: "harness/testFolder.ts",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      // `npm test` runs these files side by side.
      inFolder("untimed", untimed, long),
      inFolder("default", ["harness/**/*.test.ts"], [...untimed, ...long]),
      inFolder("kernels", ["harness/**/*.matrix.test.ts"]),
      inFolder("peers", ["harness/**/*.peer.test.ts"]),
    ],
  },
});
