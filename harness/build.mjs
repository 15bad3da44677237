// Builds dist/: the command line, the worker and the library share chunks; each kernel family is a file of its own, found by folder at run time.
import { copyFileSync, existsSync, readdirSync, rmSync } from "node:fs";
import { builtFrom } from "./builtFrom.mjs";
import { bundle } from "./bundle.mjs";

const families = readdirSync("kernels", { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(`kernels/${entry.name}/definition.ts`))
  .map((entry) => entry.name);

rmSync("dist", { recursive: true, force: true });
await bundle(
  {
    cli: "harness/cli/main.ts",
    worker: "harness/measure/worker.ts",
    ortWorker: "harness/measure/peers/ortWorker.ts",
    index: "harness/index.ts",
    mechanism: "kernels/mechanism.ts",
    ...Object.fromEntries(families.map((name) => [`kernels/${name}/definition`, `kernels/${name}/definition.ts`])),
  },
  JSON.stringify(builtFrom(".")) ?? "undefined",
  { sourcemap: true },
);
copyFileSync("harness/experiment/experiment.schema.json", "dist/experiment.schema.json");
