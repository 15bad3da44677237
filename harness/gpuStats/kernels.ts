import type { Capabilities, Mechanism, ParameterValue, Phase, Step, Tiles } from "../../kernels/mechanism.ts";
import { moduleText } from "../../kernels/plan.ts";
import type { Cell } from "../experiment/experiment.ts";
import { kernelCells } from "../measure/kernelCases.ts";

/** How large a device's subgroups are: of several sizes, as AMD's, or all of one, as NVIDIA's and Apple's. */
export type Subgroups = "mixed" | "even";

/** One module and where it is met first, be it with others. */
export interface ListedKernel {
  readonly mechanism: string;
  readonly phase: Phase;
  readonly form: string;
  /** of the step */
  readonly label: string;
  readonly headDim: number;
  /** What the cell has beside its defaults: "kvHeads 2". Empty where nothing. */
  readonly beside: string;
  /** "path subgroup, rows 16" */
  readonly tiles: string;
  /** Lanes of every subgroup on the device it is planned for, and compiled at; 0: as they come */
  readonly lanes: number;
  /** the devices that take it unless told otherwise; none for a candidate */
  readonly defaultOn: readonly Subgroups[];
  /** executed over useful floating-point operations of the cell, and of all others that have the module with equal right: at default tiles and parameters, at default tiles, or neither */
  readonly overheads: readonly number[];
  readonly code: string;
}

/** Tokens at which tiles are chosen: modules do not depend on them. A step of decode has more keys a split where the context is long. */
const tokens: Readonly<Record<Phase, readonly number[]>> = { prefill: [4096], decode: [8192, 131_072], generate: [256], tokenLoop: [], offload: [], probe: [] };
const heads = 8;

/** Every form of every phase of a mechanism at its defaults, then with each set of choices, each example, caches of f16 and shared keys. */
export const statsCells = (mechanism: Mechanism, headDims: readonly number[]): readonly Cell[] =>
  kernelCells(mechanism, {
    n: [130],
    headDim: headDims,
    layouts: [
      [1, heads, heads],
      [1, heads, 2],
    ],
    thorough: false,
  }).flatMap((cell) => tokens[cell.phase].map((n) => ({ ...cell, n })));

/**
 * The distinct modules of these cells, in the cells' order: those of the default tiles on such a device, of its other candidates, and then what devices
 * take whose subgroups all have `lanes` lanes. Cells that are refused have none.
 */
export const listedKernels = (mechanisms: readonly Mechanism[], cells: readonly Cell[], planned: Capabilities, lanes: number): readonly ListedKernel[] => {
  // Of a text that is long for the slowest GPUs all is asked, not what parts of it count.
  const capabilities = { ...planned, flopsPerSecond: Number.POSITIVE_INFINITY };
  const listed = new Map<string, ListedKernel>();
  const devices: readonly Device[] = [
    { subgroups: "mixed", lanes: 0, capabilities },
    { subgroups: "even", lanes, capabilities: { ...capabilities, subgroupMinSize: lanes, subgroupMaxSize: lanes } },
  ];
  for (const cell of cells) {
    const mechanism = mechanisms.find(({ name }) => name === cell.mechanism);
    if (!mechanism) continue;
    for (const device of devices) {
      if (mechanism.refusal(cell, cell.form, device.capabilities)) continue;
      for (const [place, tiles] of mechanism.tiles(cell, cell.form, device.capabilities).entries()) {
        for (const kernel of kernelsOf(mechanism, cell, device, tiles, place === 0)) {
          const met = listed.get(kernel.code);
          listed.set(kernel.code, met ? together(met, kernel) : kernel);
        }
      }
    }
  }
  return [...listed.values()];
};

interface Device {
  readonly subgroups: Subgroups;
  /** that modules which know their subgroups are compiled at */
  readonly lanes: number;
  readonly capabilities: Capabilities;
}

/** One module met twice: as it was met first with the best right. A module of several mechanisms costs each as much, of which each has another share that is useful. */
const together = (met: ListedKernel, again: ListedKernel): ListedKernel => ({
  ...(rightOf(again) > rightOf(met) ? again : met),
  ...(rightOf(again) === rightOf(met) ? { overheads: [...new Set([...met.overheads, ...again.overheads])] } : {}),
  defaultOn: [...new Set([...met.defaultOn, ...again.defaultOn])],
});

const rightOf = ({ defaultOn, beside }: ListedKernel): number => (defaultOn.length === 0 ? 0 : beside === "" ? 2 : 1);

const kernelsOf = (mechanism: Mechanism, cell: Cell, { subgroups, lanes, capabilities }: Device, tiles: Tiles, isDefault: boolean): readonly ListedKernel[] => {
  const { phase, form, headDim } = cell;
  const { setup, steps } = mechanism.plan(cell, form, capabilities, tiles);
  const { executed, useful } = mechanism.flops(cell, form, tiles);
  const beside = besideDefaults(mechanism, cell);
  return [...new Set([...setup, ...steps])].map((step) => ({
    mechanism: mechanism.name,
    phase,
    form,
    label: step.label,
    headDim,
    beside,
    tiles: pairs(tiles),
    lanes: step.enables.includes("subgroups") ? lanes : 0,
    defaultOn: isDefault ? [subgroups] : [],
    overheads: [executed / useful],
    code: codeOf(step, lanes),
  }));
};

/** The module; one that knows its subgroups is compiled at their size, whatever the compiler would take by itself. */
const codeOf = (step: Step, lanes: number): string => {
  const text = moduleText(step);
  if (lanes === 0 || !step.enables.includes("subgroups")) return text;
  return `enable subgroup_size_control;\n${text.replace("@compute", `@compute @subgroup_size(${lanes})`)}`;
};

const besideDefaults = ({ parameters }: Mechanism, { heads, kvHeads, dtype, kvDtype, ...cell }: Cell): string => {
  const given: Record<string, ParameterValue> = {
    ...(kvHeads === heads ? {} : { kvHeads }),
    ...(dtype === "f32" ? {} : { dtype }),
    ...(kvDtype === dtype ? {} : { kvDtype }),
  };
  for (const [name, value] of Object.entries(cell.parameters)) if (value !== parameters[name]?.default) given[name] = value;
  return pairs(given);
};

const pairs = (values: Tiles): string =>
  Object.entries(values)
    .map(([name, value]) => (value === true ? name : `${name} ${value}`))
    .join(", ");
