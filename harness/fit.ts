import { type CurveCrossing, type CurveFit, fitCurves } from "./analysis/curves.ts";
import { formatCount } from "./analysis/format.ts";
import { type MeasurementColumns, type MeasurementTable, readMeasurements, UnreadableMeasurements } from "./record/measurements.ts";

/** What `attnbench fit --json` prints of a file. */
export interface FitResult {
  readonly groups: readonly CurveFit[];
  readonly crossings: readonly CurveCrossing[];
  readonly table: Omit<MeasurementTable, "measurements">;
}

/** Any two curves are held against each other, and each value of x is drawn a thousand times: beyond these a file takes minutes and memory by the GB. */
const mostCurves = 200;
const mostSizes = 2000;

/**
 * How anyone's measurements grow and where they cross: CSV text with a header, by default columns n, ms and arm. Throws UnreadableMeasurements where
 * the text is none, where a group has a single x, and where there are more curves or sizes than can be fitted.
 */
export const fit = (text: string, file: string, columns: MeasurementColumns = {}): FitResult => {
  const { measurements, ...table } = readMeasurements(text, file, columns);
  const xsOf = new Map<string, Set<number>>();
  for (const { group, x } of measurements) xsOf.set(group, (xsOf.get(group) ?? new Set()).add(x));
  const sizes = [...xsOf.values()].reduce((sum, xs) => sum + xs.size, 0);
  if (xsOf.size > mostCurves || sizes > mostSizes)
    throw new UnreadableMeasurements(
      `${file}: ${formatCount(xsOf.size)} ${xsOf.size === 1 ? "curve" : "curves"} with ${formatCount(sizes)} values of ${table.columns.x}: up to ${formatCount(mostCurves)} curves and ${formatCount(mostSizes)} values in all are fitted; leave some out, or round them, as rows of one value are its samples`,
    );
  for (const [group, xs] of xsOf) {
    const [only] = xs;
    if (xs.size < 2)
      throw new UnreadableMeasurements(
        `${file}: ${JSON.stringify(group)} has one value of ${table.columns.x} alone, ${only}: a curve has two or more, and its law is told from 7 on`,
      );
  }
  return { ...fitCurves(measurements, table.columns.x), table };
};
