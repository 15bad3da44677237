// Builds dist/: the command line, the worker and the library share chunks; each kernel family is a file of its own, found by folder at run time.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, readdirSync, rmSync } from "node:fs";
import { bundle } from "./bundle.mjs";

const families = readdirSync("kernels", { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(`kernels/${entry.name}/definition.ts`))
  .map((entry) => entry.name);

/** The commit of this checkout and whether anything is changed; undefined where there is none. A repository around a copy of ours is not ours. */
function builtFrom() {
  if (!existsSync(".git")) return undefined;
  const git = (...args) => execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    return { commit: git("rev-parse", "HEAD"), dirty: git("status", "--porcelain") !== "" };
  } catch {
    return undefined;
  }
}

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
  JSON.stringify(builtFrom()) ?? "undefined",
  { sourcemap: true },
);
copyFileSync("harness/experiment/experiment.schema.json", "dist/experiment.schema.json");
