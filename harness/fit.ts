import { type CurveCrossing, type CurveFit, fitCurves } from "./analysis/curves.ts";
import { type MeasurementColumns, type MeasurementTable, readMeasurements, UnreadableMeasurements } from "./record/measurements.ts";

/** What `attnbench fit --json` prints of a file. */
export interface FitResult {
  readonly groups: readonly CurveFit[];
  readonly crossings: readonly CurveCrossing[];
  readonly table: Omit<MeasurementTable, "measurements">;
}

/**
 * How anyone's measurements grow and where they cross: CSV text with a header, by default columns n, ms and arm. Throws UnreadableMeasurements where
 * the text is none, and where a group has a single x.
 */
export const fit = (text: string, file: string, columns: MeasurementColumns = {}): FitResult => {
  const { measurements, ...table } = readMeasurements(text, file, columns);
  for (const group of new Set(measurements.map((one) => one.group))) {
    const xs = new Set(measurements.filter((one) => one.group === group).map(({ x }) => x));
    const [only] = xs;
    if (xs.size < 2)
      throw new UnreadableMeasurements(
        `${file}: ${JSON.stringify(group)} has one value of ${table.columns.x} alone, ${only}: a curve has two or more, and its law is told from 7 on`,
      );
  }
  return { ...fitCurves(measurements, table.columns.x), table };
};
