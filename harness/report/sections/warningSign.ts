import { raw } from "../html.ts";

/** Before a sentence that warns: drawn, since many fonts lack the letter. Nothing to a screen reader, for which the sentence and its place say it. */
export const warningSign = raw(
  '<svg class="sign" viewBox="0 0 16 15" aria-hidden="true"><path fill="currentColor" fill-rule="evenodd" d="M8 0.5 16 14.5H0ZM7.1 5.2 7.4 10H8.6L8.9 5.2ZM7.2 11.2V12.8H8.8V11.2Z"/></svg> ',
);
