import type { Messages } from "../messages/messages.ts";
import { type Html, html } from "./html.ts";
import { directionsOf } from "./isolated.ts";

const han = /\p{Script=Han}/u;

/** Words that are not in the page's language: a Chinese page has English where there is no Chinese yet, and what a driver or a file says. */
export const isForeign = (text: string, t: Messages): boolean => t.lang !== "en" && !han.test(text);

/** Names in a text that run from right to left isolated from the numbers beside them, which else would join them and leave their units. */
export const directed = (text: string): readonly (Html | string)[] =>
  directionsOf(text).map(({ piece, turned }) => (turned ? html`<bdi>${piece}</bdi>` : piece));

/** A sentence, or whatever else is made of words and names, as a page shows it: isolated from what surrounds it, and directed; its language named where it is not the page's. */
export const said = (text: string, t: Messages): Html => html`<bdi${isForeign(text, t) && html` lang="en"`}>${directed(text)}</bdi>`;

/** What is typed or promised as it stands: flags, commands, files of a comparison, and verdicts behind a language's own word for them. */
const code = /(--[a-z][a-z-]*\b|\battnbench [a-z]+\b|\bcomparison\.json\b|(?<=（)(?:SAME|FASTER|SLOWER|UNDECIDED|NEW|GONE|base|head)(?=）))/;

/** The same, with what is code in it marked as code. */
export const coded = (text: string, t: Messages): Html =>
  html`<bdi${isForeign(text, t) && html` lang="en"`}>${text.split(code).map((piece, i) => (i % 2 === 1 ? html`<code class="flag">${piece}</code>` : directed(piece)))}</bdi>`;

/** Names of limits, of buffers, of a file's keys and of what it expects: "maxBufferSize", "until.memory", "stateBytes". */
const programName = /((?<!\w)[a-z]+[A-Z]\w*|\buntil\.[a-z]+)/;

/** A reason as the program that met it gives it, or an expectation as its file has it, with the names of either marked as code. */
export const reasoned = (text: string, t: Messages): Html =>
  html`<bdi${isForeign(text, t) && html` lang="en"`}>${text.split(programName).map((piece, i) => (i % 2 === 1 ? html`<code>${piece}</code>` : directed(piece)))}</bdi>`;

/** Words of whoever wrote the experiment, in whatever language. */
export const quoted = (text: string, t: Messages): Html => html`<bdi${t.lang !== "en" && html` lang=""`}>${text}</bdi>`;
