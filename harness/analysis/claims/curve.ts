import type { Slope } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { Fit } from "../../record/derived.ts";
import type { CellRecord } from "../../record/run.ts";
import type { Analysed } from "../answer.ts";
import { asksLaw } from "../asked.ts";
import { type Series, seriesOf } from "../series.ts";

/** One arm at one shape, with its fits. */
export interface ClaimCurve extends Series {
  readonly time: Fit | undefined;
  readonly bytes: Fit | undefined;
}

/** Softmax with keys and values of all tokens. */
export const keepsCache = ({ family, stateName, claim, model }: CellRecord): boolean =>
  family === "softmax" && stateName === undefined && claim.stateBytes === "O(n)" && !model?.recomputes && !model?.pattern;

/** A mechanism of the linear family by itself. */
export const keepsState = ({ family, composedOf, model }: CellRecord): boolean =>
  family === "linear" && composedOf === undefined && !model?.recomputes && !model?.pattern;

/** Goes through all of a text for its newest token. */
export const keepsNothing = ({ model }: CellRecord): boolean => model?.recomputes === true;

/** Several layers of unlike mechanisms. */
export const isHybrid = ({ composedOf, model }: CellRecord): boolean => composedOf !== undefined || model?.pattern !== undefined;

/** The curves of such cells that are measured at all. */
export const curvesOf = (record: Analysed, is: (cell: CellRecord) => boolean): readonly ClaimCurve[] =>
  seriesOf(record.cells)
    .map((series) => ({ ...series, cells: series.cells.filter(is) }))
    .filter(({ cells }) => cells.length > 0)
    .map((series) => {
      const key = JSON.stringify(series.key);
      const fitOf = (metric: Fit["metric"]): Fit | undefined =>
        record.fits.find((fit) => fit.metric === metric && fit.label === series.label && fit.form === series.form && JSON.stringify(fit.series) === key);
      return { ...series, time: fitOf("time"), bytes: fitOf("stateBytes") };
    });

/** Those that were planned at enough n for a law; all where none was. */
export const lawCurvesOf = (record: Analysed, is: (cell: CellRecord) => boolean): readonly ClaimCurve[] => {
  const curves = curvesOf(record, is);
  const asked = curves.filter(asksLaw);
  return asked.length > 0 ? asked : curves;
};

/** "softmax, headDim 64" */
export const curveName = ({ label, key }: Pick<Series, "label" | "key">, t: Messages): string =>
  t.claims.found.curve(label, key.headDim === undefined ? undefined : String(key.headDim));

/** The slopes at the largest n, of several curves the least and the greatest: "0.97 [0.95, 0.99] (softmax, headDim 64, at n = 4,096)". */
export const slopesText = (curves: readonly ClaimCurve[], t: Messages): string => {
  const known = curves
    .flatMap((curve): Slope[] =>
      curve.time?.exponent ? [{ exponent: curve.time.exponent, curve: curveName(curve, t), n: curve.time.points.at(-1)?.x ?? 0 }] : [],
    )
    .sort((one, other) => one.exponent.value - other.exponent.value);
  const [least, most] = [known[0], known.at(-1)];
  return t.claims.found.slopes(least && most ? (least === most ? [least] : [least, most]) : []);
};
