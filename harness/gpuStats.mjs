// Compiles every kernel for an AMD GPU that is not there and tells what its compiler makes of them. usage: npm run gpu-stats [-- --filter CONDITION --headDim 64,128 --family NAVI31]
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { loadTool } from "./bundle.mjs";

const read = () => {
  const { values } = parseArgs({
    options: {
      filter: { type: "string" },
      headDim: { type: "string", default: "64,128" },
      // RADV's name of a GPU: NAVI31 is RDNA3. Others are NAVI21 (RDNA2), VEGA10 (GCN).
      family: { type: "string", default: "NAVI31" },
    },
  });
  const headDims = values.headDim.split(",").map(Number);
  for (const headDim of headDims) {
    if (!(Number.isInteger(headDim) && headDim >= 16 && headDim <= 256 && headDim % 4 === 0))
      throw new Error(`--headDim ${values.headDim}: multiples of 4 from 16 to 256 are wanted, with commas between`);
  }
  return { family: values.family, filter: values.filter, headDims };
};

const say = (text) => process.stdout.write(`${text}\n`);

const { amdDefaults, gpuStats, kernelsText, missesOf, NoToolchain, stepsTable } = await loadTool({
  gpuStats: "harness/gpuStats/gpuStats.ts",
  gpuStatsCompiler: "harness/gpuStats/compiler.ts",
});
try {
  const request = read();
  const kernels = await gpuStats({ ...request, compiler: resolve("dist/gpuStatsCompiler.js"), layerSource: resolve("harness/gpuStats/nullQueue.c") });
  say(kernelsText(kernels));
  say(`\n${stepsTable(kernels)}`);
  // GCN has fewer subgroups to begin with, and counts them otherwise.
  if (request.family.startsWith("NAVI")) {
    const misses = missesOf(kernels);
    say(`\n${misses.length} of ${amdDefaults(kernels).length} default kernels miss what is wanted${misses.length > 0 ? ":" : ""}`);
    for (const miss of misses) say(`  ${miss}`);
    process.exitCode = misses.length > 0 ? 1 : 0;
  }
} catch (error) {
  process.stderr.write(`gpu-stats: ${error.message}\n`);
  process.exitCode = error instanceof NoToolchain ? 4 : 2;
}
