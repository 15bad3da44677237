import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";

/** A .wgsl import is its text, as esbuild's text loader makes it in the build. */
const wgslText = {
  name: "wgsl-text",
  enforce: "pre" as const,
  load: (id: string): string | undefined => (id.endsWith(".wgsl") ? `export default ${JSON.stringify(readFileSync(id, "utf8"))};` : undefined),
};

const inFolder = (name: string, include: string[], exclude: string[] = []) => ({
  extends: true as const,
  test: { name, include, exclude: ["node_modules/**", ...exclude] },
});

const pure = ["harness/{analysis,experiment,record,report,mutants,gpuStats,device}/**/*.test.ts", "kernels/**/*.test.ts"];

export default defineConfig({
  plugins: [wgslText],
  test: {
    // Tests that open a device take turns: two cores cannot carry two of them.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      // These open no device: `npm test` runs their files side by side.
      inFolder("pure", pure),
      inFolder("default", ["harness/**/*.test.ts"], [...pure, "**/*.matrix.test.ts", "**/*.peer.test.ts"]),
      inFolder("kernels", ["harness/**/*.matrix.test.ts"]),
      inFolder("peers", ["harness/**/*.peer.test.ts"]),
    ],
  },
});
