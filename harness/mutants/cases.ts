import type { Capabilities, Mechanism, Step } from "../../kernels/mechanism.ts";
import { uniformStream } from "../../kernels/random.ts";
import type { Cell } from "../experiment/experiment.ts";
import { kernelCells } from "../measure/kernelCases.ts";
import { modelCells, modelTexts } from "../measure/modelCases.ts";
import { modulesOf, type PlanModule } from "./mutantPlan.ts";
import type { Mutant } from "./mutate.ts";
import { type MutantKind, mutantsOf } from "./mutate.ts";
import { inParts, variantOf } from "./parts.ts";
import { workgroupThreads } from "./token.ts";

/** One look at a kernel: a shape and the seed of its inputs. */
export interface Probe {
  readonly cell: Cell;
  readonly seed: number;
}

/** A module, the cell in whose plan it was met, and the looks that decide on its mutants. */
export interface MutantCase {
  readonly cell: Cell;
  readonly module: PlanModule;
  readonly probes: readonly Probe[];
}

/** Several chunks and splits, the last one cut short; four-vectors of a head that are no power of two. A chunk of 32 has whole and half tiles. */
const sizes = { n: [130], headDim: [40], thorough: false };
const chunk = 32;
const otherShape = { n: 71, batch: 1 };
/** Nine heads a KV head: a workgroup takes no more than eight at once, and so three here, on any adapter. Then a step of its own writes the newest row of a cache (append.wgsl). */
const manyHeads = { heads: 18, kvHeads: 2 };
/** So short, and so many texts at once, that one split is all of the context on any adapter and writes the output itself; a third of the queries are loud. */
const wholeContext = { n: 71, batch: 12 };
/** A decode has one query a head, so few are loud, and each is at one key: others are at others. */
const seeds = { decode: 8, other: 2 };
/** The last of three parts is cut short, and the second of the other length. */
const partTokens = 50;
const partChunks = 2;
const partFlops = 1e6;

/**
 * What each form of each phase of each mechanism is mutated at: every set of its choices and every example, other integers as they are by default, chunks so
 * short that there are some. A module over q, k, v and o of f16 is the one of f32 but for a line of type names. Then groups of many heads, short contexts, prefill in parts, and behind all mechanisms what meets the kernels of a whole
 * model, and of a text that it writes.
 */
export const mutationCells = (mechanisms: readonly Mechanism[]): readonly Cell[] => {
  const mixers = mechanisms.flatMap(mixerCells);
  const ofModels = mechanisms.filter(({ forms }) => forms.tokenLoop);
  return [
    // First, since a short window is one split as well, of fewer queries.
    ...mixers.filter(isSplitDecode).map((cell) => ({ ...cell, ...wholeContext, id: `${cell.id}-whole` })),
    ...mixers,
    ...mixers.filter(isCached).map(withManyHeads),
    ...mixers.filter(isRecurrentPrefill).map((cell) => inParts(cell, "partTokens", partTokens)),
    ...mixers.filter(isTiledPrefill).map((cell) => inParts(cell, "partFlops", partFlops)),
    ...mixers.filter(isDeltaChunk).map((cell) => inParts(cell, "partChunks", partChunks)),
    ...modelCells(ofModels),
    ...modelTexts(ofModels),
  ];
};

/** One token over a cache of all tokens, or of a window and sinks. */
const isCached = ({ mechanism, phase, parameters: { window, sinks } }: Cell): boolean =>
  mechanism === "softmax" && phase !== "prefill" && (window === 0) === (sinks === 0);

const isSplitDecode = ({ phase, form }: Cell): boolean => phase === "decode" && form === "split";

const isTiledPrefill = ({ phase, form }: Cell): boolean => phase === "prefill" && form === "tiled";

const isDeltaChunk = ({ mechanism, phase, form }: Cell): boolean =>
  phase === "prefill" && form === "chunk" && ["deltaNet", "gatedDeltaNet", "kda"].includes(mechanism);

const isRecurrentPrefill = ({ phase, form }: Cell): boolean => phase === "prefill" && form === "recurrent";

const withManyHeads = (cell: Cell): Cell => ({ ...cell, ...manyHeads, dModel: manyHeads.heads * cell.headDim, id: `${cell.id}-h${manyHeads.heads}` });

const mixerCells = (mechanism: Mechanism): readonly Cell[] =>
  kernelCells(mechanism, { ...sizes, layouts: [mechanism.groupedHeads ? [2, 4, 2] : [2, 3, 3]] })
    .filter(({ parameters, dtype }) => {
      const has = (values: Cell["parameters"]): boolean => Object.entries(values).every(([name, value]) => parameters[name] === value);
      const integers = Object.entries(mechanism.parameters).filter(([, { kind }]) => kind === "integer");
      if (dtype !== "f32") return false;
      return has(Object.fromEntries(integers.map(([name, parameter]) => [name, parameter.default]))) || (mechanism.examples ?? []).some(has);
    })
    .map((cell) => ("chunk" in cell.parameters ? { ...cell, parameters: { ...cell.parameters, chunk } } : cell));

/**
 * What stands in a module but for its numbers: one code, at whatever sizes and tiles it is compiled for. A line that a template repeats (`let a0 = …`, `let a1 = …`) counts once; which of its sides a template keeps is told
 * by lines, and by the constants that are true.
 */
export const codeOf = ({ wgsl, enables, constants }: Step): string =>
  [...enables, ...Object.entries(constants).flatMap(([name, value]) => (value === true ? [name] : [])), ...new Set(wgsl.replace(/\d+/g, "#").split("\n"))].join(
    "\n",
  );

/** The cases of these cells on a device: of modules of one code the first, where it is met first. `met`: codes met before. Cells that the device refuses have none. */
export const mutantCases = (mechanisms: readonly Mechanism[], cells: readonly Cell[], capabilities: Capabilities, met: Set<string>): readonly MutantCase[] =>
  cells.flatMap((cell) => {
    const mechanism = mechanisms.find(({ name }) => name === cell.mechanism);
    if (!mechanism || mechanism.refusal(cell, cell.form, capabilities)) return [];
    const other = { ...cell, ...otherShape };
    const modulesAt = (at: Cell): readonly PlanModule[] => modulesOf(mechanism.plan(at, at.form, capabilities, variantOf(mechanism, at, capabilities)));
    const elsewhere = new Set(modulesAt(other).map(({ text }) => text));
    return modulesAt(cell).flatMap((module) => {
      const code = codeOf(module.step);
      if (met.has(code)) return [];
      met.add(code);
      // A context that is one split has a kernel of its own length: it is looked at there alone.
      const looks = Array.from({ length: isSplitDecode(cell) ? seeds.decode : seeds.other }, (_, i) => ({ cell, seed: i + 1 }));
      const probes = elsewhere.has(module.text) ? [...looks, { cell: other, seed: 1 }] : looks;
      return [{ cell, module, probes }];
    });
  });

/**
 * At most `budget` mutants of a module, drawn by the seed; kinds take turns, since a kernel has many sums and few barriers. A barrier among `subgroup`
 * threads or fewer holds nothing back that does not already move in step, and is left.
 */
export const drawnMutants = ({ text }: PlanModule, subgroup: number, budget: number, seed: number): readonly Mutant[] => {
  const alone = workgroupThreads(text) <= subgroup;
  const uniform = uniformStream(seed, text);
  const byKind = new Map<MutantKind, { readonly mutant: Mutant; readonly rank: number }[]>();
  for (const mutant of mutantsOf(text)) {
    if (alone && mutant.kind === "barrier") continue;
    const kind = byKind.get(mutant.kind) ?? [];
    kind.push({ mutant, rank: uniform() });
    byKind.set(mutant.kind, kind);
  }
  const turns = [...byKind.values()].flatMap((kind) => kind.toSorted((a, b) => a.rank - b.rank).map(({ mutant, rank }, turn) => ({ mutant, rank, turn })));
  const drawn = turns.toSorted((a, b) => a.turn - b.turn || a.rank - b.rank).slice(0, budget);
  return drawn.map(({ mutant }) => mutant).toSorted((a, b) => a.offset - b.offset || (a.to < b.to ? -1 : 1));
};
