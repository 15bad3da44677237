import type { SizeFit } from "../record/derived.ts";
import { type Analysed, armName } from "./answer.ts";
import { formatCount, formatEstimate, formatList } from "./format.ts";
import { groupBy } from "./grouping.ts";

/** How time grows with dModel and with headDim: one sentence for each, with the slope at the largest value. */
export const sizeSentences = ({ sizeFits = [] }: Pick<Analysed, "sizeFits">): readonly string[] => {
  const fits = sizeFits.filter((fit): fit is SizeFit & { exponent: NonNullable<SizeFit["exponent"]> } => fit.metric === "time" && fit.exponent !== undefined);
  return [...groupBy(fits, ({ variable, series }) => JSON.stringify([variable, series])).values()].flatMap((alike) => {
    const [first] = alike;
    if (!first) return [];
    const { variable, series } = first;
    const by = variable === "headDim" ? `wider heads (headDim, ${series.heads} of them)` : `more heads of ${series.headDim} (dModel)`;
    const slopes = alike.map((fit) => `${formatEstimate(fit.exponent, (value) => value.toFixed(2))} with ${armName(fit)}`);
    return [`By ${by}, time at n = ${formatCount(Number(series.n))} grows in the end like ${variable} to the power ${formatList(slopes)}.`];
  });
};
