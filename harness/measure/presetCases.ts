import type { Mechanism } from "../../kernels/mechanism.ts";
import { type Preset, type PresetName, presetNames, presets } from "../../kernels/model/presets.ts";
import type { Cell } from "../experiment/experiment.ts";
import { parseExperiments } from "../experiment/parse.ts";

/** Few channels and experts, and of a hybrid one turn of its layers. Every kind of layer is there, in heads as wide as published. */
const scale = 0.02;

const experimentOf = (name: PresetName, n: number, sizes: object): string => {
  const { pattern = ["softmax"] }: Preset["model"] = presets[name].model;
  const entry = pattern.length > 1 ? `use: ${pattern[0]}, pattern: preset` : "use: softmax";
  return `name: ${name.replaceAll(".", "-")}
phase: tokenLoop
model: { preset: ${name}, scale: ${scale}, vocab: 100 }
mechanisms: [{ ${entry} }, { ${entry}, form: recompute }]
axes: { n: [${n}] }
fixed: ${JSON.stringify(sizes)}
`;
};

/**
 * For tests: one token's whole way through each preset, as an experiment asks for it and shrunk hard, n tokens before it; with what its layers keep, and anew. `sizes`: of the heads of all layers, in the place of the preset's own.
 * Throws where a preset is no experiment.
 */
export const presetCells = (mechanisms: readonly Mechanism[], n: number, sizes: Partial<Pick<Cell, "heads" | "headDim">> = {}): readonly Cell[] =>
  presetNames.flatMap((name) => {
    const { experiments, problems } = parseExperiments({ text: experimentOf(name, n, sizes), file: name, sets: [] }, mechanisms);
    const cells = experiments.flatMap(({ cells: planned }) => planned.map(({ cell }) => cell));
    if (cells.length !== 2) throw new Error(`${name}: ${JSON.stringify(problems)}`);
    return cells.map((cell) => ({ ...cell, id: [name, cell.form, ...Object.entries(sizes).flat()].join(" ") }));
  });
