// Compiles every kernel at default parameters on an adapter and tells how long each module takes. usage: npm run compile-times [-- --adapter NAME --filter CONDITION --headDim 64,128 --most SECONDS]
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { loadTool } from "./bundle.mjs";

const shown = 12;

const read = () => {
  const { values } = parseArgs({
    options: {
      adapter: { type: "string", default: "embedded" },
      filter: { type: "string" },
      headDim: { type: "string", default: "64" },
      // More than this ends with 1.
      most: { type: "string", default: "5" },
    },
  });
  const headDims = values.headDim.split(",").map(Number);
  if (!headDims.every((headDim) => Number.isInteger(headDim) && headDim >= 16 && headDim <= 256 && headDim % 4 === 0))
    throw new Error(`--headDim ${values.headDim}: multiples of 4 from 16 to 256 are wanted, with commas between`);
  const most = Number(values.most);
  if (!(most > 0)) throw new Error(`--most ${values.most}: seconds are wanted, more than 0`);
  return { adapter: values.adapter, filter: values.filter, headDims, most };
};

const say = (text) => process.stdout.write(`${text}\n`);

const { compileTimes, NoAdapter, timesTable } = await loadTool({
  compileTimes: "harness/compileTimes/compileTimes.ts",
  compileTimesCompiler: "harness/compileTimes/compiler.ts",
});
try {
  const { most, ...request } = read();
  const { adapter, times } = await compileTimes({ ...request, compiler: resolve("dist/compileTimesCompiler.js") });
  const slow = times.filter(({ seconds }) => seconds > most).length;
  say(`${times.length} modules on ${adapter}, ${times.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(0)} CPU s in all\n\n${timesTable(times, shown)}`);
  say(`\n${slow} take more than ${most} CPU s`);
  process.exitCode = slow > 0 ? 1 : 0;
} catch (error) {
  process.stderr.write(`compile-times: ${error.message}\n`);
  process.exitCode = error instanceof NoAdapter ? 4 : 2;
}
