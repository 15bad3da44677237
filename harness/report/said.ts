import type { Messages } from "../messages/messages.ts";
import { type Html, html } from "./html.ts";

const han = /\p{Script=Han}/u;

/** Words that are not in the page's language: a Chinese page has English where there is no Chinese yet, and what a driver or a file says. */
export const isForeign = (text: string, t: Messages): boolean => t.lang !== "en" && !han.test(text);

/** A sentence as a page shows it: isolated from what surrounds it, its language named where it is not the page's. */
export const said = (text: string, t: Messages): Html => html`<bdi${isForeign(text, t) && html` lang="en"`}>${text}</bdi>`;

/** Words of whoever wrote the experiment, in whatever language. */
export const quoted = (text: string, t: Messages): Html => html`<bdi${t.lang !== "en" && html` lang=""`}>${text}</bdi>`;
