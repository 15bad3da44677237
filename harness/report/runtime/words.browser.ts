import type { ScriptWords } from "./words.ts";

/** What the page gave its script to say. */
export const wordsOfPage = (): ScriptWords => JSON.parse(document.querySelector("#words")?.textContent ?? "") as ScriptWords;
