import type { Messages } from "../messages/messages.ts";
import type { SizeFit } from "../record/derived.ts";
import { type Analysed, armName } from "./answer.ts";
import { groupBy } from "./grouping.ts";

/** How time grows with dModel and with headDim: one sentence for each, with the slope at the largest value. */
export const sizeSentences = ({ sizeFits = [] }: Pick<Analysed, "sizeFits">, t: Messages): readonly string[] => {
  const fits = sizeFits.filter((fit): fit is SizeFit & { exponent: NonNullable<SizeFit["exponent"]> } => fit.metric === "time" && fit.exponent !== undefined);
  return [...groupBy(fits, ({ variable, series }) => JSON.stringify([variable, series])).values()].flatMap((alike) => {
    const [first] = alike;
    if (!first) return [];
    const { variable, series } = first;
    const textOf = (name: string): string | undefined => (series[name] === undefined ? undefined : String(series[name]));
    const stays = {
      n: Number(series.n),
      heads: String(series.heads),
      headDim: String(series.headDim),
      kvHeads: textOf("kvHeads"),
      headDimV: textOf("headDimV"),
    };
    return [
      t.growth.size(
        variable,
        stays,
        alike.map((fit) => ({ arm: armName(fit), exponent: fit.exponent })),
      ),
    ];
  });
};
