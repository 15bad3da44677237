import { printable, shortened } from "../html.ts";
import { isolated } from "../isolated.ts";

/** What rows of a chart's data say to the page's script beyond what Vega draws of them: a chart that nobody touches looks the same without. */
export interface Hints {
  /** the arm or line that the row is of: it goes when a reader hides that one */
  readonly series?: string;
  /** of a crossing: it goes with either of the two */
  readonly between?: readonly [string, string];
  /** what is said of it, a line each, beginning with what it is of */
  readonly tip?: readonly string[];
  /** the name beside the plot: it stays, pale, when its series is hidden, and is where that is done */
  readonly label?: true;
  /** placed for the whole of the axes, so not there while a part of them is shown */
  readonly whole?: true;
  /** placed by px, but of a value of the x axis: while a part of the axes is shown it stands there, as near as these px let its middle, and goes where that value is out of sight */
  readonly follows?: { readonly x: number; readonly fromPx: number; readonly toPx: number };
}

const longestHead = 80;
const longestLine = 160;

/** Lines of a tooltip; empty ones are left out. Names and reasons come from a record: what cannot be seen in them goes, and what is long is cut. */
export const tipOf = (head: string, ...lines: readonly string[]): readonly string[] => [
  isolated(shortened(printable(head), longestHead)),
  ...lines.filter((line) => line !== "").map((line) => isolated(shortened(printable(line), longestLine))),
];
