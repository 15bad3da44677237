import type { Capabilities, Mechanism, Shape } from "../../kernels/mechanism.ts";
import { progression } from "./axes.ts";
import { cellId, slug } from "./cellId.ts";
import type { Arm, Axis, Cell, Experiment, PlannedCell, Until } from "./experiment.ts";
import type { Draft } from "./problem.ts";
import { formOfCosts } from "./runtimes.ts";
import { shapeOf } from "./shape.ts";
import { sizes } from "./sizes.ts";

/** More cells than this are a slip of the keyboard; nothing is expanded then. */
export const mostCells = 100_000;

/** Bytes (64 GiB) that one cell of an open axis may be planned to need: no device that a test here will see has more. */
const mostOpenBytes = 2 ** 36;

/** Axes that advance together: one of these a point of the sweep. */
type Group = readonly Readonly<Record<string, number>>[];

type Swept = Pick<Experiment, "phase" | "arms" | "axes" | "zip" | "fixed" | "model">;

/** All cells of an experiment, before `exclude`: n outermost and ascending, then the other axes in file order, then arms; or why there are too many. */
export const planCells = (experiment: Swept, mechanisms: ReadonlyMap<string, Mechanism>): readonly PlannedCell[] | Draft => {
  const groups = groupsOf(experiment);
  const count = groups.reduce((product, group) => product * group.length, experiment.arms.length);
  if (count > mostCells) {
    return { path: ["axes"], on: "key", message: "too many cells", given: `${count} cells (axes × mechanisms)`, accepted: `at most ${mostCells}` };
  }
  const openAxis = experiment.axes.n;
  const until = openAxis !== undefined && "until" in openAxis ? openAxis.until : undefined;
  return cellsOf(experiment, product(groups), until, mechanisms);
};

const groupsOf = ({ axes, zip }: Swept): readonly Group[] => {
  const zipped = new Set(zip.flat());
  const groups = [...zip, ...Object.keys(axes).flatMap((name) => (zipped.has(name) ? [] : [[name]]))].map((names) => groupOf(names, axes));
  const hasN = (group: Group): boolean => group[0] !== undefined && "n" in group[0];
  const outermost = groups.filter(hasN).map((group) => group.toSorted((a, b) => (a.n ?? 0) - (b.n ?? 0)));
  return [...outermost, ...groups.filter((group) => !hasN(group))];
};

const groupOf = (names: readonly string[], axes: Readonly<Record<string, Axis>>): Group => {
  const columns = names.map((name) => [name, valuesOf(axes[name])] as const);
  const length = Math.max(...columns.map(([, values]) => values.length));
  return Array.from({ length }, (_, index) => Object.fromEntries(columns.map(([name, values]) => [name, values[index] ?? 0])));
};

const valuesOf = (axis: Axis | undefined): readonly number[] => {
  if (axis === undefined) return [];
  return "values" in axis ? axis.values : progression(axis.from, axis.factor, axis.to ?? sizes.n.maximum);
};

const product = (groups: readonly Group[]): Group =>
  groups.reduce<Group>((points, group) => points.flatMap((point) => group.map((values) => ({ ...point, ...values }))), [{}]);

const cellsOf = (experiment: Swept, points: Group, until: Until | undefined, mechanisms: ReadonlyMap<string, Mechanism>): readonly PlannedCell[] => {
  const cells: PlannedCell[] = [];
  const ids = new Set<string>();
  const arms = experiment.arms.map((arm) => ({
    arm,
    mechanism: mechanismOf(arm, mechanisms),
    groups: (arm.pattern ?? [arm.mechanism]).some((name) => mechanisms.get(name)?.groupedHeads === true),
    own: new Set<string>(),
    begun: new Set<string>(),
    ended: new Set<string>(),
  }));
  for (const point of points) {
    for (const [index, { arm, mechanism, groups, own, begun, ended }] of arms.entries()) {
      const { shape, skip } = shapeOf(mechanism, arm, experiment, point, groups);
      // An axis that this mechanism does not have (chunk, for softmax) repeats its cells: each is measured once.
      const key = JSON.stringify(shape);
      if (own.has(key)) continue;
      own.add(key);
      const series = JSON.stringify({ ...shape, n: 0 });
      if (ended.has(series)) continue;
      const tooMuch = until === undefined || skip !== undefined ? undefined : needsTooMuch(mechanism, arm, shape);
      if (tooMuch !== undefined) ended.add(series);
      // A series that cannot even begin keeps its first cell, as skipped.
      if (tooMuch !== undefined && begun.has(series)) continue;
      begun.add(series);
      const cell: Cell = {
        id: uniqueId(`${cellId(mechanism, arm.form, shape)}${arm.cache === undefined ? "" : `-${arm.cache}`}`, arm.label, index, ids),
        mechanism: mechanism.name,
        label: arm.label,
        form: arm.form,
        ...(arm.runtime === undefined ? {} : { runtime: arm.runtime }),
        ...(arm.cache === undefined ? {} : { cache: arm.cache }),
        ...shape,
      };
      cells.push({ cell, skip: skip ?? (tooMuch === undefined ? impossible(mechanism, arm, shape) : { code: "overLimit", reason: tooMuch }), until });
    }
  }
  return cells;
};

const mechanismOf = (arm: Arm, mechanisms: ReadonlyMap<string, Mechanism>): Mechanism => {
  const mechanism = mechanisms.get(arm.mechanism);
  if (mechanism === undefined) throw new Error(`mechanism ${arm.mechanism} is not loaded`);
  return mechanism;
};

// Two arms may come to the same shape under different labels (GQA with 2 kvHeads at 2 heads): the later carries its label.
const uniqueId = (base: string, label: string, arm: number, taken: Set<string>): string => {
  const candidates = [base, `${base}-${slug(label)}`, `${base}-arm${arm + 1}`];
  const id = candidates.find((candidate) => !taken.has(candidate)) ?? `${base}-arm${arm + 1}-${taken.size}`;
  taken.add(id);
  return id;
};

/** Why no device could run this cell: a size or type that the mechanism's kernels do not take. */
const impossible = (mechanism: Mechanism, arm: Arm, shape: Shape): PlannedCell["skip"] => {
  // A peer has its own limits: runtimes.ts knows some, and the peer tells the others.
  if (arm.runtime !== undefined) return undefined;
  const refusal = mechanism.refusal(shape, arm.form, boundless);
  return refusal !== undefined && refusal.code !== "overLimit" ? refusal : undefined;
};

const needsTooMuch = (mechanism: Mechanism, arm: Arm, shape: Shape): string | undefined => {
  const form = formOfCosts(arm, shape.phase, mechanism);
  const refusal = mechanism.refusal(shape, form, boundless);
  if (refusal !== undefined) return refusal.code === "overLimit" ? refusal.reason : undefined;
  const [tiles] = mechanism.tiles(shape, form, boundless);
  if (tiles === undefined) return undefined;
  const bytes = Object.values(mechanism.bytesByRole(shape, form, tiles)).reduce((sum, role) => sum + role, 0);
  return bytes > mostOpenBytes ? `needs ${(bytes / 2 ** 30).toFixed(0)} GiB` : undefined;
};

/** No device, but more than any has: for what must be known of a shape before one is opened. */
export const boundless: Capabilities = {
  subgroups: true,
  subgroupMinSize: 32,
  subgroupMaxSize: 32,
  f16: true,
  software: false,
  maxComputeWorkgroupStorageSize: 32768,
  maxComputeInvocationsPerWorkgroup: 1024,
  maxComputeWorkgroupsPerDimension: 65535,
  maxStorageBufferBindingSize: mostOpenBytes,
  maxBufferSize: mostOpenBytes,
  maxStorageBuffersPerShaderStage: 16,
};
