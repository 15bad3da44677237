import { allocation, counters, input } from "../../kernels/allocation.ts";
import { defineMechanism, type Shape } from "../../kernels/mechanism.ts";
import { type FinishName, finishes } from "../../kernels/model/finish.ts";
import { groupingOf, groupStep } from "../../kernels/model/grouping.ts";
import { type Projection, projectionTiles, projectStep } from "../../kernels/model/projection.ts";
import { normals } from "../../kernels/random.ts";
import { storageRefusal } from "../../kernels/refusal.ts";
import { drawnAs } from "../../kernels/storage.ts";
import { tensorOf } from "../../kernels/tensors.ts";
import { tileSize } from "../../kernels/tiles.ts";

const finishNames = Object.keys(finishes) as FinishName[];

/** For tests: a projection of a model alone, as a mechanism of n rows, so that a worker runs it and verification judges it. With `beside`, it has outputs for as many further buffers. With `experts`, each row goes through `active` of as many matrices, `shared` among these or each in a row of its own. */
const sizesOf = ({ n, parameters }: Pick<Shape, "n" | "parameters">) => {
  const [experts, active] = [Number(parameters.experts ?? 0), Number(parameters.active ?? 1)];
  const grouping = experts > 0 ? groupingOf(n, { count: experts, active }) : undefined;
  return {
    inputs: Number(parameters.inputs),
    outputs: Number(parameters.outputs),
    rows: n,
    gated: parameters.gated === true,
    adds: parameters.adds === true,
    finish: String(parameters.finish) as FinishName,
    beside: Array.from({ length: Number(parameters.beside ?? 0) }, (_, i) => ({
      to: `y${i}`,
      outputs: 5 + 8 * i,
      finish: finishNames[i % finishNames.length] ?? "plain",
    })),
    matrices: Math.max(1, experts),
    active,
    sharing: parameters.shared === true ? active : 1,
    grouping,
  };
};

const allOutputs = ({ outputs, beside }: Pick<ReturnType<typeof sizesOf>, "outputs" | "beside">): number =>
  beside.reduce((sum, each) => sum + each.outputs, outputs);

/** The matrix that a row goes through in a place: some of many rows, some of few, the last of none where a row has no need of all. */
const matrixOf = (row: number, place: number, { matrices, active }: { readonly matrices: number; readonly active: number }): number =>
  (Math.floor((matrices - 1) * ((row * 0.618) % 1) ** 2) + place) % Math.max(active, matrices - 1);

const size = { kind: "integer", minimum: 1, maximum: 2 ** 20, default: 64, about: "a width" } as const;
const flag = { kind: "boolean", default: false, about: "one of a projection's kinds" } as const;

export default [
  defineMechanism({
    name: "projection",
    title: "A projection",
    family: "instrument",
    order: 990,
    look: { colour: { light: "#6b7280", dark: "#9ca3af" }, mark: "cross", dash: [] },
    definition: "rows times a matrix, in float64",
    source: "kernels/model/projection.ts",
    parameters: {
      inputs: size,
      outputs: size,
      gated: flag,
      adds: flag,
      experts: { ...size, minimum: 0, default: 0 },
      active: { ...size, default: 1 },
      shared: flag,
      beside: { ...size, minimum: 0, default: 0 },
      finish: { kind: "choice", values: finishNames, default: "plain", about: "what becomes of a sum" },
    },
    forms: { probe: ["probe"] },
    groupedHeads: false,
    refusal: (shape, _form, capabilities) => storageRefusal(["dtype"], shape, capabilities),
    tiles: (shape, _form, { software, subgroupMinSize: lanes }) => {
      const { grouping, rows, ...sizes } = sizesOf(shape);
      const [first, ...others] = projectionTiles({ software, lanes }, { ...sizes, outputs: allOutputs(sizes), rows: grouping?.rows ?? rows });
      // A group is as many rows as one workgroup takes, or several do.
      return [first, ...others.filter((tiles) => grouping === undefined || tileSize(tiles, "rows") <= grouping.rows)];
    },
    plan(shape, _form, { software, subgroupMinSize: lanes, maxComputeWorkgroupsPerDimension: most }, tiles) {
      const { inputs, outputs, rows, gated, adds, finish, beside, matrices, active, sharing, grouping } = sizesOf(shape);
      const making = { dtype: shape.dtype, rows, software, lanes, most };
      const grouped = grouping ? { grouped: { ...grouping, sharing } } : {};
      const projection: Projection = {
        from: "x",
        to: "y",
        weight: "w",
        inputs,
        outputs,
        adds,
        finish,
        beside,
        ...(gated ? { gate: "wGate" } : {}),
        ...grouped,
      };
      return {
        buffers: [
          input("x", { row: (rows * active) / sharing, channel: inputs }),
          input("w", { matrix: matrices, output: allOutputs({ outputs, beside }), channel: inputs }, shape.dtype),
          ...(gated ? [input("wGate", { matrix: matrices, output: outputs, channel: inputs }, shape.dtype)] : []),
          ...(grouping
            ? [
                { ...allocation("chosen", "input", { tensor: "chosen" }, { row: rows, slot: active }), dtype: "u32" as const },
                counters("groups", { group: grouping.groups, place: 1 + grouping.rows }),
              ]
            : []),
          {
            ...allocation("y", "output", adds ? { tensor: "y" } : "poison", { row: rows, slot: active, output: outputs }),
            ...(adds ? { drifts: true as const } : {}),
          },
          ...beside.map((each) => allocation(each.to, "output", "poison", { row: rows, output: each.outputs })),
        ],
        setup: [],
        steps: [...(grouping ? [groupStep(making, grouping, { count: matrices })] : []), projectStep(making, "project", projection, tiles)],
      };
    },
    inputs(shape, seed) {
      const sizes = sizesOf(shape);
      const { inputs, outputs, rows, matrices, active, sharing } = sizes;
      const weights = (name: string): Float32Array => drawnAs(shape.dtype, normals(matrices * allOutputs(sizes) * inputs, seed, name));
      return {
        x: normals(((rows * active) / sharing) * inputs, seed, "x"),
        w: weights("w"),
        wGate: weights("wGate"),
        y: normals(rows * outputs, seed, "y"),
        chosen: Uint32Array.from({ length: rows * active }, (_, i) => matrixOf(Math.floor(i / active), i % active, sizes)),
      };
    },
    reference(shape, tensors, { tokens }) {
      const sizes = sizesOf(shape);
      const { inputs, outputs, gated, adds, finish, beside, active, sharing, grouping } = sizes;
      const [x, w, wGate, y] = ["x", "w", "wGate", "y"].map((name) => tensorOf(tensors, name));
      /** `place`: a row, or one of those that it is in as many matrices' */
      const sum = (weights: ArrayLike<number> | undefined, place: number, o: number): number => {
        const matrix = grouping ? matrixOf(Math.floor(place / active), place % active, sizes) : 0;
        let total = 0;
        for (let i = 0; i < inputs; i++)
          total += (x?.[Math.floor(place / sharing) * inputs + i] ?? Number.NaN) * (weights?.[(matrix * outputs + o) * inputs + i] ?? Number.NaN);
        return total;
      };
      const expected = (row: number, o: number): number => {
        const product = sum(w, row, o);
        if (gated) {
          const gate = sum(wGate, row, o);
          return (product * gate) / (1 + Math.exp(-gate));
        }
        return adds ? (y?.[row * outputs + o] ?? Number.NaN) + product : finishes[finish].of(product);
      };
      // A sum may nearly cancel, which rounds as its terms do.
      return tokens.flatMap((row) => [
        {
          buffer: "y",
          offset: row * active * outputs,
          values: Float64Array.from({ length: active * outputs }, (_, i) => expected(row * active + Math.floor(i / outputs), i % outputs)),
          size: Math.sqrt(inputs),
        },
        ...beside.map((each, i) => {
          const first = allOutputs({ outputs, beside: beside.slice(0, i) });
          const values = Float64Array.from({ length: each.outputs }, (_, o) => finishes[each.finish].of(sum(w, row, first + o)));
          return { buffer: each.to, offset: row * each.outputs, values, size: Math.sqrt(inputs) };
        }),
      ]);
    },
    flops: (shape) => {
      const { inputs, rows, gated, active, ...sizes } = sizesOf(shape);
      const flops = 2 * rows * active * inputs * allOutputs(sizes) * (gated ? 2 : 1);
      return { useful: flops, executed: flops };
    },
    leastBytes: () => 0,
    bytesByRole: (shape) => {
      const { inputs, outputs, rows, gated, beside, matrices, active, sharing, grouping } = sizesOf(shape);
      const weights = (shape.dtype === "f16" ? 2 : 4) * (gated ? 2 : 1) * matrices * inputs * allOutputs({ outputs, beside });
      return {
        input: 4 * ((rows * active) / sharing) * inputs + weights + (grouping ? 4 * rows * active : 0),
        output: 4 * rows * (active * outputs + allOutputs({ outputs: 0, beside })),
        state: 0,
        scratch: grouping ? 4 * grouping.groups * (1 + grouping.rows) : 0,
        harness: 0,
      };
    },
    claim: () => ({ time: "O(n)", stateBytes: "O(1)" }),
    rounding: (shape) => Math.sqrt(sizesOf(shape).inputs),
  }),
];
