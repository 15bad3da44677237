import type { Axis, Until } from "./experiment.ts";
import { type Draft, show } from "./problem.ts";
import type { ExperimentFile } from "./schema.ts";
import { sizes } from "./sizes.ts";
import { parseBytes, parseDuration, parseShare } from "./units.ts";

type AxisText = NonNullable<NonNullable<ExperimentFile["axes"]>[string]>;
type UntilText = Extract<AxisText, { until?: unknown }>["until"];

const defaultFactor = 2;

/** The axes of a checked file, every value listed except where the device decides, and what is wrong with them. */
export const axesOf = (file: ExperimentFile): { axes: Readonly<Record<string, Axis>>; drafts: readonly Draft[] } => {
  const entries = Object.entries(file.axes ?? {}).flatMap(([name, axis]) => (axis === undefined ? [] : [[name, axis] as const]));
  const zipped = new Set((file.zip ?? []).flat());
  const axes = Object.fromEntries(entries.map(([name, axis]) => [name, axisOf(axis, zipped.has(name))] as const));
  return {
    axes,
    drafts: [...entries.flatMap(([name, axis]) => axisDrafts(name, axis, zipped.has(name))), ...placeDrafts(file), ...zipDrafts(file.zip ?? [], axes)],
  };
};

// Zipped values belong to their partners by position, so they keep the order of the file.
const axisOf = (axis: AxisText, isZipped: boolean): Axis => {
  if (Array.isArray(axis)) return { values: isZipped ? axis : axis.toSorted((a, b) => a - b) };
  const factor = axis.factor ?? defaultFactor;
  if ("until" in axis && axis.until !== undefined)
    return { from: axis.from, ...(axis.to === undefined ? {} : { to: axis.to }), factor, until: untilOf(axis.until) };
  return { values: progression(axis.from, factor, axis.to ?? axis.from) };
};

/** from, from·factor, … up to `to`, rounded to whole numbers, each once. */
export const progression = (from: number, factor: number, to: number): readonly number[] => {
  const values = new Set<number>();
  for (let value = from; Math.round(value) <= to; value *= factor) values.add(Math.round(value));
  return [...values];
};

const untilOf = (until: NonNullable<UntilText>): Until => {
  const share = until.memory === undefined ? undefined : parseShare(until.memory);
  const bytes = until.memory === undefined ? undefined : parseBytes(until.memory);
  return {
    cellSeconds: until.cell === undefined ? undefined : parseDuration(until.cell),
    memory: share !== undefined ? { share } : bytes !== undefined ? { bytes } : undefined,
  };
};

const axisDrafts = (name: string, axis: AxisText, isZipped: boolean): readonly Draft[] => {
  if (Array.isArray(axis)) {
    // Zipped with others, a value may well come again: heads of GPT-2 and Qwen are both 64 wide.
    return axis.flatMap((value, index): readonly Draft[] =>
      isZipped || axis.indexOf(value) === index
        ? []
        : [{ path: ["axes", name, index], on: "value", message: "stands twice", given: show(value), accepted: "each value once" }],
    );
  }
  if (axis.to === undefined || axis.to >= axis.from) return [];
  return [{ path: ["axes", name, "to"], on: "value", message: "ends before it begins", given: show(axis.to), accepted: `${axis.from} or more` }];
};

const placeDrafts = (file: ExperimentFile): readonly Draft[] => {
  const axes = file.axes ?? {};
  const fixed = file.fixed ?? {};
  const both = Object.keys(axes).filter((name) => fixed[name as keyof typeof fixed] !== undefined);
  const drafts: Draft[] = both.map((name) => ({
    path: ["fixed", name],
    on: "key",
    message: "stands under axes too",
    given: name,
    accepted: "axes or fixed, not both",
  }));
  if (axes.n === undefined && fixed.n === undefined) {
    drafts.push({ path: ["axes", "n"], on: "key", message: "no n", accepted: `axes: { n: [256, 512] } or fixed: { n: 1024 }, up to ${sizes.n.maximum}` });
  }
  return drafts;
};

const zipDrafts = (zip: readonly (readonly string[])[], axes: Readonly<Record<string, Axis>>): readonly Draft[] => {
  const seen = new Set<string>();
  return zip.flatMap((names, group) => {
    const drafts: Draft[] = [];
    for (const [index, name] of names.entries()) {
      const axis = axes[name];
      const draft = { path: ["zip", group, index], on: "value", given: name } as const;
      if (axis === undefined) drafts.push({ ...draft, message: "not an axis of this file", accepted: Object.keys(axes).join(", ") || "names under axes" });
      else if (!("values" in axis)) drafts.push({ ...draft, message: "an axis with until has no fixed number of values", accepted: "axes with listed values" });
      if (seen.has(name)) drafts.push({ ...draft, message: "is zipped twice", accepted: "each axis in one group" });
      seen.add(name);
    }
    const counts = names.map((name) => valueCount(axes[name]));
    if (drafts.length === 0 && new Set(counts).size > 1) {
      const given = names.map((name, index) => `${name}: ${counts[index]}`).join(", ");
      drafts.push({ path: ["zip", group], on: "value", message: "zipped axes differ in length", given, accepted: "as many values in each" });
    }
    return drafts;
  });
};

const valueCount = (axis: Axis | undefined): number => (axis !== undefined && "values" in axis ? axis.values.length : 0);
