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

/** Heads of keys and values may grow with those of queries, and values become wider with keys. */
const followers = { dModel: { own: "heads", follower: "kvHeads" }, headDim: { own: "headDim", follower: "headDimV" } } as const;

const followsOf = (cell: CellRecord, variable: SizeFit["variable"]): boolean => {
  const { own, follower } = followers[variable];
  return cell[follower] === cell[own];
};

/** What stays along a variable, whatever n and its follower are. */
const restOf = (cell: CellRecord, variable: SizeFit["variable"]): string =>
  JSON.stringify([
    variable === "dModel" ? [cell.headDim, cell.headDimV === cell.headDim || cell.headDimV] : [cell.heads, cell.kvHeads === cell.heads || cell.kvHeads],
    cell.batch,
    cell.dtype,
    cell.kvDtype,
    cell.stateDtype,
    cell.parameters,
  ]);

/** Cells along a variable. */
interface Sweep {
  readonly cells: readonly CellRecord[];
  /** the follower, where it stays */
  readonly stays: SizeFit["series"];
}

/** Cells of one arm that differ in n and a variable alone: those whose follower follows it, and those where it stays. A cell may be of both, where the two happen to be alike. */
const sweepsOf = (arm: readonly CellRecord[], variable: SizeFit["variable"]): readonly Sweep[] => {
  const { follower } = followers[variable];
  const following = arm.filter((cell) => followsOf(cell, variable));
  return [
    ...[...groupBy(following, (cell) => restOf(cell, variable)).values()].map((cells) => ({ cells, stays: {} })),
    ...[...groupBy(arm, (cell) => JSON.stringify([restOf(cell, variable), cell[follower]])).values()]
      .filter((cells) => cells.some((cell) => !followsOf(cell, variable)))
      .map((cells) => ({ cells, stays: { [follower]: cells[0]?.[follower] ?? 0 } })),
  ];
};

/** Growth of every arm with dModel and with headDim, of the cells that are ok. */
export const sizeFits = (cells: readonly CellRecord[], spreadOf: SpreadOf): readonly SizeFit[] => {
  const usable = cells.filter((cell) => cell.outcome.status === "ok" && cell.family !== "instrument" && cell.runtime === undefined);
  return sizeVariables.flatMap((variable) =>
    [...groupBy(usable, ({ label, form }) => JSON.stringify([label, form])).values()].flatMap((arm) =>
      sweepsOf(arm, variable).flatMap(({ cells: alike, stays }) => {
        const curve = longest([...groupBy(alike, ({ n }) => String(n)).values()], variable);
        if (curve.length < leastValues) return [];
        return [timeFit(curve, variable, spreadOf), bytesFit(curve, variable)].flatMap((fit) => (fit ? [{ ...fit, series: { ...fit.series, ...stays } }] : []));
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
