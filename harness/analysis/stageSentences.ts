import { mixing } from "../../kernels/model/stageNames.ts";
import type { CellRecord } from "../record/run.ts";
import { type Analysed, armName } from "./answer.ts";
import { formatCount, formatShare } from "./format.ts";
import { describeKey, type Series, seriesOf } from "./series.ts";

/** More curves than these are no sentence; a table has them all. */
const mostCurves = 6;

/** What part of a token's whole time attention takes, at both ends of each curve whose stages were timed: all that another mechanism could change. None of other phases. */
export const stageSentences = ({ cells, environment }: Pick<Analysed, "cells" | "environment">): readonly string[] => {
  const series = seriesOf(cells).filter(({ cells: ofCurve }) => ofCurve.some((cell) => shareOf(cell) !== undefined));
  const keys = series.map(({ key }) => key);
  const parts = series.flatMap((one) => phrase(one, describeKey(one.key, keys)));
  const emulated = environment.deviceClass === "software" ? " on this CPU emulation" : "";
  return parts.length === 0 || parts.length > mostCurves ? [] : [`Attention's part of a token's whole time${emulated}: ${parts.join("; ")}.`];
};

const shareOf = ({ summary }: CellRecord): number | undefined => summary?.stages?.times.find(({ stage }) => stage === mixing)?.share.value;

/** "with KV cache (cached) 3.3 % at n = 4 and 80 % at n = 8,192" */
const phrase = (series: Series, shape: string): readonly string[] => {
  const told = series.cells.flatMap((cell) => {
    const share = shareOf(cell);
    return share === undefined ? [] : [{ n: cell.n, share }];
  });
  const ends = [...new Set([told[0], told.at(-1)])].flatMap((end) => (end ? [{ share: formatShare(end.share), at: `at n = ${formatCount(end.n)}` }] : []));
  const texts = ends.map(({ share, at }, i) => (share === ends[i - 1]?.share ? at : `${share} ${at}`));
  return ends.length === 0 ? [] : [`with ${armName(series)}${shape === "" ? "" : `, ${shape},`} ${texts.join(" and ")}`];
};
