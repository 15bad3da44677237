import type { CellRecord, RunRecord } from "../../record/run.ts";

/** What sets two runs apart but for their code, in words, e.g. "device: NVIDIA A against NVIDIA B". Empty where they may be held against each other. */
export const runDifferences = (base: RunRecord, head: RunRecord): readonly string[] => [
  ...apart(base, head, "experiment", ({ experiment }) => experiment.name),
  ...apart(base, head, "phase", ({ experiment }) => experiment.phase),
  ...apart(base, head, "device", ({ environment: { adapter } }) => [adapter.vendor, adapter.architecture, adapter.device].join(" ").trim()),
  ...apart(base, head, "driver", ({ environment: { adapter } }) => `${adapter.description} (${adapter.backend})`),
  ...apart(base, head, "device class", ({ environment }) => environment.deviceClass),
  // A CPU emulation is as fast as its CPU.
  ...(head.environment.deviceClass === "software" ? apart(base, head, "CPU", ({ environment: { cpu } }) => `${cpu.model}, ${cpu.cores} cores`) : []),
  ...apart(base, head, "clock", ({ environment }) => environment.clock.source),
  ...apart(base, head, "toggles", ({ environment: { toggles } }) =>
    [...toggles.enabled.map((name) => `+${name}`), ...toggles.disabled.map((name) => `-${name}`)].sort().join(" "),
  ),
  ...apart(base, head, "seed", ({ experiment }) => String(experiment.measure.seed)),
  ...apart(base, head, "cache", ({ experiment }) => experiment.measure.cache),
  ...otherCells(base.cells, head.cells),
];

const apart = (base: RunRecord, head: RunRecord, what: string, read: (record: RunRecord) => string): readonly string[] =>
  read(base) === read(head) ? [] : [`${what}: ${read(base) || "none"} against ${read(head) || "none"}`];

/** A cell of one id computes one thing. */
const otherCells = (base: readonly CellRecord[], head: readonly CellRecord[]): readonly string[] => {
  const shapes = new Map(base.map((cell) => [cell.id, shapeOf(cell)]));
  const shared = head.filter(({ id }) => shapes.has(id));
  const changed = shared.filter((cell) => shapes.get(cell.id) !== shapeOf(cell));
  if (shared.length === 0) return ["cells: they have none in common"];
  return changed.length > 0 ? [`cells: ${changed[0]?.id}${changed.length > 1 ? ` and ${changed.length - 1} more` : ""} of another shape`] : [];
};

const shapeOf = ({ mechanism, form, phase, n, dModel, heads, kvHeads, headDim, headDimV, batch, dtype, parameters, cache }: CellRecord): string =>
  JSON.stringify([mechanism, form, phase, n, dModel, heads, kvHeads, headDim, headDimV, batch, dtype, Object.entries(parameters).sort(), cache]);
