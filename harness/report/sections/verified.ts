import { groupBy } from "../../analysis/grouping.ts";
import { runtimes } from "../../experiment/runtimes.ts";
import type { VerifiedOf } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { CellRecord } from "../../record/run.ts";
import { wrongBy } from "../../record/wrongBy.ts";

/** What was held against the float64 reference, ours first and then each other program's: how many cells are right, the worst of them, and how far off the wrong ones are. */
const verifiedOf = (cells: readonly CellRecord[]): readonly VerifiedOf[] => {
  const groups = [...groupBy(cells, ({ runtime }) => runtime ?? "")].toSorted(([one], [other]) => Number(one !== "") - Number(other !== ""));
  return groups.flatMap(([, alike]): readonly VerifiedOf[] => {
    const runtime = alike[0]?.runtime;
    const wrong = alike.flatMap(({ outcome }) => ("code" in outcome && outcome.code === "wrongOutput" ? [wrongBy(outcome.reason) ?? 0] : []));
    const right = alike.flatMap(({ prepared, outcome }) => (prepared === undefined || ("code" in outcome && outcome.code === "wrongOutput") ? [] : [prepared]));
    const [worst] = right.toSorted((one, other) => other.maxError / other.tolerance - one.maxError / one.tolerance);
    const offBy = Math.max(0, ...wrong);
    if (!worst && wrong.length === 0) return [];
    return [
      {
        whose: runtime === undefined ? undefined : runtimes[runtime].title,
        right: right.length,
        wrong: wrong.length,
        ...(worst ? { worst: { error: worst.maxError, tolerance: worst.tolerance } } : {}),
        ...(offBy > 0 ? { offBy } : {}),
      },
    ];
  });
};

/** Whether outputs are right, whose are not, and by how much: two texts, of which the second may be empty. */
export const verifiedTexts = (cells: readonly CellRecord[], { trust }: Messages): readonly [value: string, detail: string] => {
  const groups = verifiedOf(cells);
  if (groups.length === 0) return [trust.noneVerified, ""];
  const minus = (text: string): string => text.replaceAll(/e-(?=\d)/g, "e\u2212");
  return [trust.verifiedCells(groups), minus(trust.errors(groups))];
};
