import { createHash } from "node:crypto";
import { escaped, type Html } from "./html.ts";

// Nothing is fetched and no script runs but those that are named by their hashes; styles are inline because the page is one file.
const contentSecurityPolicy = (hashes: readonly string[]): string => {
  const scripts = hashes.length === 0 ? "" : `script-src ${hashes.map((hash) => `'sha256-${hash}'`).join(" ")}; `;
  return `default-src 'none'; ${scripts}style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`;
};

/** The scripts of a document: one that runs at once, and the hashes of those that it starts itself. */
interface Scripts {
  readonly text: string;
  readonly started: readonly string[];
}

/** A whole document, in parts that follow each other. `style`, the markup of `body`, `scripts` and `meta`, which says what it is of, are trusted; the title is escaped. */
export function* documentParts(title: string, style: string, body: Iterable<string>, lang: string, scripts?: Scripts, meta?: Html): Generator<string> {
  yield `<!doctype html>
<html lang="${lang}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(scripts === undefined ? [] : [createHash("sha256").update(scripts.text).digest("base64"), ...scripts.started])}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="attnbench">${meta === undefined ? "" : `\n${meta.markup}`}
<title>${escaped(title)}</title>
<style>${style}</style></head>
<body>`;
  yield* body;
  yield `${scripts === undefined ? "" : `<script>${scripts.text}</script>`}</body></html>
`;
}
