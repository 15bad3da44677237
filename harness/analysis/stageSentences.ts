import { mixing } from "../../kernels/model/stageNames.ts";
import type { Messages } from "../messages/messages.ts";
import type { CellRecord } from "../record/run.ts";
import { type Analysed, armName } from "./answer.ts";
import { describeKey, type Series, seriesOf } from "./series.ts";

/** More curves than these are no sentence; a table has them all. */
const mostCurves = 6;

/** What part of a token's whole time attention takes, at both ends of each curve whose stages were timed: all that another mechanism could change. None of other phases. */
export const stageSentences = ({ cells, environment }: Pick<Analysed, "cells" | "environment">, t: Messages): readonly string[] => {
  const series = seriesOf(cells).filter(({ cells: ofCurve }) => ofCurve.some((cell) => shareOf(cell) !== undefined));
  const keys = series.map(({ key }) => key);
  const curves = series.flatMap((one) => {
    const ends = endsOf(one);
    return ends.length === 0 ? [] : [{ arm: armName(one), shape: describeKey(one.key, keys), ends }];
  });
  return curves.length === 0 || curves.length > mostCurves ? [] : [t.times.stages(curves, environment.deviceClass === "software")];
};

const shareOf = ({ summary }: CellRecord): number | undefined => summary?.stages?.times.find(({ stage }) => stage === mixing)?.share.value;

/** Attention's share at the least and the largest n of a curve. */
const endsOf = (series: Series): readonly { readonly n: number; readonly share: number }[] => {
  const told = series.cells.flatMap((cell) => {
    const share = shareOf(cell);
    return share === undefined ? [] : [{ n: cell.n, share }];
  });
  return [...new Set([told[0], told.at(-1)])].flatMap((end) => (end ? [end] : []));
};
