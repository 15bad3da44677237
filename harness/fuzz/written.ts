import { parse } from "csv-parse/sync";
import * as script from "../report/runtime/page.script";

/** What must not be in a message, a page, Markdown or CSV that was made of a hostile file. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** A message: words, no trace, nothing that a terminal obeys. */
export const flawsOfText = (text: string): readonly string[] => [
  ...(/^\s+at .*[:(]/m.test(text) ? [`a stack trace: ${text}`] : []),
  ...(control.test(text) ? [`control characters: ${JSON.stringify(text)}`] : []),
  ...(text.length > 20_000 ? [`a message of ${text.length} characters`] : []),
  ...(/\[object Object\]|\bundefined\b/.test(text) ? [`no words: ${text}`] : []),
];

const longestLine = 3000;

/** A sentence of an answer: one line that can be read to its end, and every number of it one. */
export const flawsOfLine = (line: string): readonly string[] => [
  ...(control.test(line) || line.includes("\n") ? [`more than a line: ${JSON.stringify(line)}`] : []),
  ...(line.length > longestLine ? [`a line of ${line.length} characters`] : []),
  ...(/[±\d.] ?NaN|NaN (%|times|ms)|±Infinity|\[object Object\]/.test(line) ? [`no number: ${line}`] : []),
];

const tagNames = (page: string): ReadonlySet<string> => new Set([...page.matchAll(/<\/?([a-zA-Z!][^\s/>]*)/g)].map(([, tag = ""]) => tag.toLowerCase()));

/** A page has the tags that a page of a good record has, no others, and nothing that runs but its own script. */
export const flawsOfPage = (page: string, tags: ReadonlySet<string>): readonly string[] => {
  const body = page
    .replace(
      /<script type="(?:application\/json" id="words"|text\/plain" id="(?:live-(?:charts|runtime)"|results" data-name="[^"<>]*" data-run="[^"<>]*"(?: data-samples)?))>[^<]*<\/script>/g,
      "",
    )
    .replace(`<script>${script.text}</script>`, "");
  return [
    ...(/<\/?script/i.test(body) ? ["a script"] : []),
    ...[...tagNames(body)].filter((tag) => tag !== "script" && !tags.has(tag)).map((tag) => `a tag <${tag}>`),
    ...(/<[^>]*\s(on\w+|href="javascript:|src)\s*=/i.test(body.replace(/"[^"]*"/g, '""')) || /href="\s*javascript:/i.test(body)
      ? ["an attribute that runs"]
      : []),
    ...(/.{0,80}(\bNaN\b|\bundefined\b|\[object Object\]).{0,40}/.exec(wordsOf(body))?.slice(0, 1) ?? []).map((words) => `no words: ${words}`),
  ];
};

/** What a page says of itself holds the word. */
const wordsOf = (body: string): string => body.replace(/<[^>]*>/g, " ").replace(/filled with NaN|is NaN: never written/g, "");

export const tagsOf = tagNames;

/** No tag, link, mention, reference or code that is not ours: whatever a record names is text. */
export const flawsOfMarkdown = (markdown: string): readonly string[] => [
  ...(/(?<!\\)<[a-zA-Z/!]/.test(markdown) ? ["a tag in Markdown"] : []),
  ...(/(?<!\\)\]\(|:\/\/|\bwww\./i.test(markdown) ? ["a link in Markdown"] : []),
  ...(/@\w|(?<!&)#\d|&commat;/.test(markdown) ? ["a mention in Markdown"] : []),
  ...(/(?<!\\)`(?![0-9a-f]{7,10}`)[^`]*planted/.test(markdown) ? ["code in Markdown"] : []),
];

/** CSV that can be read again, of one width, and no formula but a number. */
export const flawsOfCsv = (csv: string, rows: number): readonly string[] => {
  const read = parse(csv) as string[][];
  const formulas = read.flat().filter((field) => /^[=+\-@\t\r]/.test(field) && !Number.isFinite(Number(field)));
  return [...(read.length === rows + 1 ? [] : [`${read.length} rows for ${rows}`]), ...formulas.map((field) => `a formula: ${field}`)];
};
