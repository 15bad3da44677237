import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { deflateSync } from "node:zlib";
import { build } from "esbuild";

const ending = /\.(script|packed)$/;

/** Parts of Vega that no chart of a report uses: maps, loading of tables, named colour schemes. A function that is called all the same fails by its package's name. */
const unused = /^(d3-dsv|d3-geo|d3-scale-chromatic|topojson-client)$/;
const leftOut = {
  name: "left-out",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: unused }, ({ path }) => ({ path, namespace: "left-out" }));
    onLoad({ filter: /.*/, namespace: "left-out" }, async ({ path }) => {
      const named = Object.entries(await import(path)).filter(([name]) => /^[a-z]\w*$/i.test(name) && name !== "default");
      const exported = named.map(([name, value]) => `export const ${name} = ${typeof value === "function" ? "absent" : "[]"};`);
      return { contents: [`const absent = () => { throw new Error("${path} is no part of a report"); };`, ...exported].join("\n") };
    });
  },
};

/** Vega's packages come as one file each, of which nothing can be left out; their sources, one file a transform, lie beside it. */
const fromSources = {
  name: "vega-from-sources",
  setup({ onResolve }) {
    onResolve({ filter: /^vega-[a-z-]+$/ }, ({ path, resolveDir }) => {
      if (path === "vega-util") return undefined;
      const root = packageFolder(path, resolveDir);
      const entry = readdirSync(root).includes("index.browser.js") ? "index.browser.js" : "index.js";
      return { path: join(root, entry), sideEffects: false };
    });
    onResolve({ filter: /^\./ }, ({ path, resolveDir }) =>
      /[/\\]node_modules[/\\]vega-/.test(resolveDir) ? { path: join(resolveDir, path), sideEffects: false } : undefined,
    );
  },
};

function packageFolder(name, from) {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    try {
      readFileSync(join(candidate, "package.json"));
      return candidate;
    } catch (error) {
      if (folder === dirname(folder)) throw error;
    }
  }
}

/** Names, versions and licences of the packages whose code a bundle contains, those with one text together. */
function licencesOf(inputs) {
  const roots = new Set(inputs.flatMap((path) => /^.*node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+/.exec(path)?.[0] ?? []));
  const byText = new Map();
  for (const root of [...roots].sort()) {
    const { name, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const file = readdirSync(root).find((one) => /^licen[cs]e/i.test(one));
    if (file === undefined) throw new Error(`${name} has no file LICENSE, which a page that has its code must repeat`);
    const text = readFileSync(join(root, file), "utf8").replaceAll("\r\n", "\n").trim();
    byText.set(text, [...(byText.get(text) ?? []), `${name} ${version}`]);
  }
  return [...byText].map(([text, names]) => `${names.join(", ")}\n\n${text}\n`).join("\n");
}

/**
 * NAME.browser.ts as one script for a page, from its import as NAME.script or NAME.packed: a module of its `text`, or, packed, of what zlib makes of it in
 * base64 and its `hash` for a policy; and of the `licences` of what went into it.
 */
export const browserScript = async (path) => {
  const {
    outputFiles: [output],
    metafile,
  } = await build({
    entryPoints: [path.replace(ending, ".browser.ts")],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    alias: { "csv-stringify/sync": "csv-stringify/browser/esm/sync" },
    plugins: [leftOut, fromSources],
    metafile: true,
    write: false,
    logLevel: "warning",
  });
  const text = output.text.trim();
  const [{ inputs }] = Object.values(metafile.outputs);
  const licences = licencesOf(Object.keys(inputs).filter((input) => inputs[input].bytesInOutput > 0));
  const exported = path.endsWith(".packed")
    ? { packed: deflateSync(text, { level: 9 }).toString("base64"), hash: createHash("sha256").update(text).digest("base64"), licences }
    : { text, licences };
  return Object.entries(exported)
    .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`)
    .join("\n");
};

/** For esbuild: imports of *.script and *.packed are such modules. */
export const scriptTexts = {
  name: "script-text",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: ending }, ({ path, importer }) => ({ path: resolve(dirname(importer), path), namespace: "script-text" }));
    onLoad({ filter: ending, namespace: "script-text" }, async ({ path }) => ({ contents: await browserScript(path), loader: "js" }));
  },
};
