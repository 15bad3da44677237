import { dirname, resolve } from "node:path";
import { buildSync } from "esbuild";

const ending = /\.script$/;

/** The text of NAME.browser.ts as one script for a page, from its import as NAME.script. */
export const browserScript = (path) =>
  buildSync({
    entryPoints: [path.replace(ending, ".browser.ts")],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    charset: "utf8",
    alias: { "csv-stringify/sync": "csv-stringify/browser/esm/sync" },
    write: false,
    logLevel: "warning",
  }).outputFiles[0].text.trim();

/** For esbuild: imports of *.script are such texts. */
export const scriptTexts = {
  name: "script-text",
  setup(build) {
    build.onResolve({ filter: ending }, ({ path, importer }) => ({ path: resolve(dirname(importer), path), namespace: "script-text" }));
    build.onLoad({ filter: ending, namespace: "script-text" }, ({ path }) => ({ contents: browserScript(path), loader: "text" }));
  },
};
