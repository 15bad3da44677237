import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { scriptTexts } from "./browserScript.mjs";

/** Bundles entry points into dist/, with the text of .wgsl files and of scripts for pages in them; packages stay outside. `builtFrom`: what BUILT_FROM stands for, as code. */
export const bundle = (entryPoints, builtFrom, more = {}) =>
  build({
    entryPoints,
    outdir: "dist",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    loader: { ".wgsl": "text" },
    plugins: [scriptTexts],
    define: { BUILT_FROM: builtFrom },
    logLevel: "warning",
    ...more,
  });

/** Bundles the entry points of a command that is no part of the package beside what is in dist/, where the next build removes them, and imports the first. `builtFrom`: as of bundle(). */
export const loadTool = async (entryPoints, builtFrom = "undefined") => {
  await bundle(entryPoints, builtFrom);
  return import(pathToFileURL(resolve(`dist/${Object.keys(entryPoints)[0]}.js`)).href);
};
