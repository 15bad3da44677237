import type { Messages } from "../messages/messages.ts";
import { type Html, html } from "./html.ts";
import { directionsOf } from "./isolated.ts";

const han = /\p{Script=Han}/u;

/** Words that are not in the page's language: a Chinese page has English where there is no Chinese yet, and what a driver or a file says. */
export const isForeign = (text: string, t: Messages): boolean => t.lang !== "en" && !han.test(text);

/** A sentence as a page shows it: isolated from what surrounds it, and names in it that run from right to left from the numbers beside them; its language named where it is not the page's. */
export const said = (text: string, t: Messages): Html =>
  html`<bdi${isForeign(text, t) && html` lang="en"`}>${directionsOf(text).map(({ piece, turned }) => (turned ? html`<bdi>${piece}</bdi>` : piece))}</bdi>`;

/** Words of whoever wrote the experiment, in whatever language. */
export const quoted = (text: string, t: Messages): Html => html`<bdi${t.lang !== "en" && html` lang=""`}>${text}</bdi>`;
