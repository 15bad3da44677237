import type { Messages } from "../../messages/messages.ts";

/** What a page's script says, in the page's language. In braces stands what only the script knows. */
export interface ScriptWords {
  readonly showRows: string;
  readonly wordsOfARow: string;
  /** {shown}, {all}: how many rows */
  readonly rowsShown: string;
  readonly measurements: string;
  readonly samples: string;
  readonly run: string;
  readonly runWithoutSamples: string;
  readonly experiment: string;
  readonly zoom: string;
  readonly zoomHint: string;
  readonly showAll: string;
  readonly showOrHide: string;
  /** {title}: of the chart */
  readonly points: string;
  readonly pointsHint: string;
}

/** The words that a page carries for its script. */
export const scriptWords = ({ script }: Messages): ScriptWords => ({
  ...script,
  rowsShown: script.rowsShown("{shown}", "{all}"),
  points: script.points("{title}"),
});

/** Words with values in the places of their names; a name that has no value stays. */
export const filled = (words: string, values: Readonly<Record<string, string | number>>): string =>
  words.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
