import type { SizeFit } from "../record/derived.ts";
import type { CellRecord } from "../record/run.ts";
import type { SpreadOf } from "./drift.ts";
import { groupBy } from "./grouping.ts";
import { growthOf } from "./growth.ts";
import { sampledOf } from "./resampling.ts";
import { bytesGrowth } from "./stateBytes.ts";
import { percentileInterval } from "./statistics.ts";

/** Fewer values of a size show no slope. */
const leastValues = 4;

/** Both ways to a wider model: more heads, which makes dModel wider, or wider heads. */
export const sizeVariables = ["dModel", "headDim"] as const;

/** What stays along a variable; keys and values that follow the heads or their width follow them here. */
const restOf = (cell: CellRecord, variable: SizeFit["variable"]): Readonly<Record<string, number | string>> => ({
  n: cell.n,
  ...(variable === "dModel" ? { headDim: cell.headDim } : { heads: cell.heads }),
  ...(cell.kvHeads === cell.heads ? {} : { kvHeads: cell.kvHeads }),
  ...(cell.headDimV === cell.headDim ? {} : { headDimV: cell.headDimV }),
  batch: cell.batch,
  dtype: cell.dtype,
  parameters: JSON.stringify([cell.kvDtype, cell.stateDtype, cell.parameters]),
});

/** Growth of every arm with dModel and with headDim, of the cells that are ok. */
export const sizeFits = (cells: readonly CellRecord[], spreadOf: SpreadOf): readonly SizeFit[] => {
  const usable = cells.filter((cell) => cell.outcome.status === "ok" && cell.family !== "instrument" && cell.runtime === undefined);
  return sizeVariables.flatMap((variable) =>
    [...groupBy(usable, ({ label, form }) => JSON.stringify([label, form])).values()].flatMap((arm) =>
      [...groupBy(arm, (cell) => JSON.stringify({ ...restOf(cell, variable), n: 0 })).values()].flatMap((alike) => {
        const curve = longest([...groupBy(alike, ({ n }) => String(n)).values()], variable);
        return curve.length >= leastValues ? [timeFit(curve, variable, spreadOf), bytesFit(curve, variable)].filter((fit) => fit !== undefined) : [];
      }),
    ),
  );
};

/** Of curves at one n each, that of the most values, and of these the one at the largest n; ascending. */
const longest = (curves: readonly (readonly CellRecord[])[], variable: SizeFit["variable"]): readonly CellRecord[] =>
  curves
    .map((curve) => [...new Map(curve.map((cell) => [cell[variable], cell])).values()].sort((one, other) => one[variable] - other[variable]))
    .reduce<readonly CellRecord[]>(
      (best, curve) => (curve.length > best.length || (curve.length === best.length && (curve[0]?.n ?? 0) > (best[0]?.n ?? 0)) ? curve : best),
      [],
    );

const described = (curve: readonly CellRecord[], variable: SizeFit["variable"]): Pick<SizeFit, "label" | "form" | "variable" | "series" | "work"> => {
  const [first] = curve;
  const { n, heads, headDim } = first ?? { n: 0, heads: 0, headDim: 0 };
  const flops = curve.map(({ prepared }) => prepared?.flops.useful);
  const known = flops.every((value) => value !== undefined) ? bytesGrowth(xsOf(curve, variable), flops).class : "undecided";
  return {
    label: first?.label ?? "",
    form: first?.form ?? "",
    variable,
    series: { n, ...(variable === "dModel" ? { headDim } : { heads }) },
    work: known === "undecided" ? undefined : known,
  };
};

const xsOf = (curve: readonly CellRecord[], variable: SizeFit["variable"]): readonly number[] => curve.map((cell) => cell[variable]);

const timeFit = (curve: readonly CellRecord[], variable: SizeFit["variable"], spreadOf: SpreadOf): SizeFit | undefined => {
  // No interval holds how much the machines of two shards differ.
  if (new Set(curve.map(({ shard }) => shard)).size > 1) return undefined;
  const timed = curve.flatMap((cell) => {
    const spread = spreadOf(cell.id);
    return spread ? [{ x: cell[variable], spread }] : [];
  });
  if (timed.length < leastValues) return undefined;
  const { exponent, class: law } = growthOf(
    sampledOf(
      timed.map(({ x }) => x),
      timed.map(({ spread }) => spread),
    ),
    variable,
  );
  const points = timed.map(({ x, spread }) => {
    const { value, low, high } = percentileInterval(spread.estimate, spread.replicates);
    return { x, y: value, low, high };
  });
  return { ...described(curve, variable), metric: "time", points, exponent, class: law };
};

const bytesFit = (curve: readonly CellRecord[], variable: SizeFit["variable"]): SizeFit | undefined => {
  const bytes = curve.map(({ stateBytes }) => stateBytes);
  if (!bytes.every((value) => value !== undefined)) return undefined;
  const { exponent, class: law } = bytesGrowth(xsOf(curve, variable), bytes);
  const points = curve.map((cell, i) => ({ x: cell[variable], y: bytes[i] ?? 0, low: bytes[i] ?? 0, high: bytes[i] ?? 0 }));
  return { ...described(curve, variable), metric: "stateBytes", points, exponent, class: law };
};
