import type { Mechanism, ParameterValue, Phase } from "../../kernels/mechanism.ts";
import type { Cell } from "../experiment/experiment.ts";

/** For tests: which shapes the kernels are held against their references at. Every mechanism found in kernels/ is in it by itself. */
export interface KernelSizes {
  readonly n: readonly number[];
  /** of queries and keys, and of values where that differs */
  readonly headDim: readonly (number | readonly [headDim: number, headDimV: number])[];
  /** [batch, heads, kvHeads]; kvHeads other than heads only where the mechanism groups heads */
  readonly layouts: readonly (readonly [batch: number, heads: number, kvHeads: number])[];
  /** every set of parameters at every layout and in every form, and the ends of integers, instead of at the first layout and in a phase's first two forms */
  readonly thorough: boolean;
}

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

/** Lengths that every set of parameters and every type of cache is tried at. */
const variedLengths = [63, 65, 130];

/**
 * Cells of one mechanism at these sizes: all forms of all phases, at every n; other layouts than the first, other parameters than the defaults and
 * a KV cache of f16 at few n only.
 */
export const kernelCells = (mechanism: Mechanism, sizes: KernelSizes): Cell[] => {
  const layouts = sizes.layouts.filter(([, heads, kvHeads]) => kvHeads === heads || mechanism.groupedHeads);
  const headDims = sizes.headDim.map((given) => (typeof given === "number" ? ([given, given] as const) : given));
  const kvDtypes = mechanism.family === "softmax" ? (["f32", "f16"] as const) : (["f32"] as const);
  const forms = phases.flatMap((phase) => (mechanism.forms[phase] ?? []).map((form, place) => ({ form: { phase, form }, place })));
  const variants = parameterSets(mechanism, sizes.thorough).flatMap((parameters, set) =>
    kvDtypes.map((kvDtype) => ({ parameters, kvDtype, plain: set === 0 && kvDtype === "f32" })),
  );
  return forms.flatMap(({ form, place }) =>
    variants.flatMap(({ plain, ...variant }) =>
      headDims.flatMap(([headDim, headDimV]) =>
        layouts.flatMap(([batch, heads, kvHeads], layout) =>
          sizes.n
            .filter((n) => (plain && layout === 0) || variedLengths.includes(n))
            .filter(() => sizes.thorough || plain || (layout === 0 && place < 2))
            .map((n): Cell => {
              const shape = {
                n,
                batch,
                heads,
                kvHeads,
                headDim,
                headDimV,
                dModel: heads * headDim,
                dtype: "f32",
                stateDtype: "f32",
                ...form,
                ...variant,
              } as const;
              return { id: caseId(mechanism, shape), mechanism: mechanism.name, label: mechanism.name, ...shape };
            }),
        ),
      ),
    ),
  );
};

const caseId = (
  { name }: Mechanism,
  { form, phase, n, headDim, headDimV, batch, heads, kvHeads, kvDtype, parameters }: Omit<Cell, "id" | "mechanism" | "label">,
): string => `${name}-${form}-${phase}-n${n}-d${headDim}-dv${headDimV}-b${batch}-h${heads}-kv${kvHeads}-${kvDtype}-${Object.values(parameters).join("-")}`;
