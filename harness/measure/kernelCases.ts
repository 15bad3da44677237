import type { Mechanism, ParameterValue, Phase } from "../../kernels/mechanism.ts";
import { boundless } from "../experiment/cells.ts";
import type { Cell } from "../experiment/experiment.ts";

/** For tests: which shapes the kernels are held against their references at. Every mechanism found in kernels/ is in it by itself. */
export interface KernelSizes {
  readonly n: readonly number[];
  /** of queries and keys, and of values where that differs */
  readonly headDim: readonly (number | readonly [headDim: number, headDimV: number])[];
  /** of other parameters than the defaults and of other ways to store than f32, in the place of `headDim` */
  readonly variedHeadDim?: number;
  /** [batch, heads, kvHeads]; kvHeads other than heads only where the mechanism groups heads */
  readonly layouts: readonly (readonly [batch: number, heads: number, kvHeads: number])[];
  /** every set of parameters at every layout and in every form, and the ends of integers, instead of at the first layout and in a phase's first two forms */
  readonly thorough: boolean;
  /** useful FLOPs of one repetition beyond which a shorter n is tried; what SwiftShader does in half a minute, unless given */
  readonly mostFlops?: number;
}

/** No right kernel is off by as much at these sizes; of f16, by a step at an element of eight times its row's size. */
export const mostError = { f32: 1e-3, f16: 8 * 2 ** -10 } as const;

const phases: readonly Phase[] = ["prefill", "decode", "generate"];

/** Defaults, then each declared value of a choice, each boolean, the ends of each integer: one at a time, and those that only go together as the mechanism's examples. */
const parameterSets = (mechanism: Mechanism, thorough: boolean): Record<string, ParameterValue>[] => {
  const defaults = Object.fromEntries(Object.entries(mechanism.parameters).map(([name, parameter]) => [name, parameter.default]));
  const examples = (mechanism.examples ?? []).map((example) => ({ ...defaults, ...example }));
  const shown = new Set((mechanism.examples ?? []).flatMap((example) => Object.keys(example)));
  const single = Object.entries(mechanism.parameters).filter(([name]) => !shown.has(name));
  const values = single.map(([name, parameter]) => {
    const all =
      parameter.kind === "choice"
        ? parameter.values
        : parameter.kind === "boolean"
          ? [false, true]
          : [parameter.default, ...(thorough ? [parameter.minimum, parameter.maximum] : [])];
    return { name, all: [...new Set<ParameterValue>(all)], few: parameter.kind !== "integer" };
  });
  const product = values
    .filter(({ few }) => few)
    .reduce<Record<string, ParameterValue>[]>((sets, { name, all }) => sets.flatMap((set) => all.map((value) => ({ ...set, [name]: value }))), [defaults]);
  const ends = values
    .filter(({ few }) => !few)
    .flatMap(({ name, all }) => all.filter((value) => value !== defaults[name]).map((value) => ({ ...defaults, [name]: value })));
  return [...product, ...ends, ...examples];
};

/** Lengths that every set of parameters, every layout and every way to store is tried at; the last one alone where not thorough. */
const variedLengths = [63, 65, 130];

/** Useful FLOPs of one repetition that SwiftShader does in half a minute, variants of GPUs included. */
const halfMinuteFlops = 4e9;

const full = { dtype: "f32", kvDtype: "f32" } as const;
const cached = { dtype: "f32", kvDtype: "f16" } as const;
const half = { dtype: "f16", kvDtype: "f16" } as const;
const storages = [full, cached, half];

/**
 * Cells of one mechanism at these sizes: all forms of all phases, at every n; other layouts than the first, other parameters than the defaults, a KV cache
 * of f16 and all of q, k, v and o in f16 at few n only, the last at the first layout alone. What is more work than a test can wait for, as texts without a
 * cache are (dModel² n²), is tried at a shorter n.
 */
export const kernelCells = (mechanism: Mechanism, sizes: KernelSizes): Cell[] => {
  const layouts = sizes.layouts.filter(([, heads, kvHeads]) => kvHeads === heads || mechanism.groupedHeads);
  const own = sizes.headDim.map((given) => (typeof given === "number" ? ([given, given] as const) : given));
  const varied = sizes.variedHeadDim === undefined ? own : [[sizes.variedHeadDim, sizes.variedHeadDim] as const];
  const forms = phases.flatMap((phase) => (mechanism.forms[phase] ?? []).map((form, place) => ({ form: { phase, form }, place })));
  const variants = parameterSets(mechanism, sizes.thorough).flatMap((parameters, set) =>
    storages
      .filter((storage) => mechanism.family === "softmax" || storage !== cached)
      .map((storage) => ({ parameters, ...storage, plain: set === 0 && storage === full })),
  );
  const shapes = forms.flatMap(({ form, place }) =>
    variants.flatMap(({ plain, ...variant }) =>
      (plain ? own : varied).flatMap(([headDim, headDimV]) =>
        layouts.flatMap(([batch, heads, kvHeads], layout) =>
          sizes.n
            .filter((n) => (plain && layout === 0) || (sizes.thorough ? variedLengths : variedLengths.slice(-1)).includes(n))
            .filter(() => (sizes.thorough && variant.dtype === "f32") || plain || (layout === 0 && (sizes.thorough || place < 2)))
            .map((n) =>
              shortened(mechanism, sizes.mostFlops ?? halfMinuteFlops, {
                n,
                batch,
                heads,
                kvHeads,
                headDim,
                headDimV,
                dModel: heads * headDim,
                stateDtype: "f32",
                ...form,
                ...variant,
              }),
            ),
        ),
      ),
    ),
  );
  const cells = shapes.map((shape): Cell => ({ id: caseId(mechanism, shape), mechanism: mechanism.name, label: mechanism.name, ...shape }));
  return [...new Map(cells.map((cell) => [cell.id, cell])).values()];
};

type CaseShape = Omit<Cell, "id" | "mechanism" | "label">;

/** The shape with half of its n, and half again, until a repetition of it is no more than `mostFlops`, which are the same on any device. */
const shortened = (mechanism: Mechanism, mostFlops: number, shape: CaseShape): CaseShape => {
  const [tiles = {}] = mechanism.tiles(shape, shape.form, boundless);
  const { useful } = mechanism.flops(shape, shape.form, tiles);
  return useful <= mostFlops || shape.n === 1 ? shape : shortened(mechanism, mostFlops, { ...shape, n: Math.ceil(shape.n / 2) });
};

const caseId = ({ name }: Mechanism, { form, phase, n, headDim, headDimV, batch, heads, kvHeads, dtype, kvDtype, parameters }: CaseShape): string =>
  `${name}-${form}-${phase}-n${n}-d${headDim}-dv${headDimV}-b${batch}-h${heads}-kv${kvHeads}-${dtype}-${kvDtype}-${Object.values(parameters).join("-")}`;
