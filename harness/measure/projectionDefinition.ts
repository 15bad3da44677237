import { allocation, input } from "../../kernels/allocation.ts";
import { defineMechanism, type Shape } from "../../kernels/mechanism.ts";
import { type FinishName, finishes } from "../../kernels/model/finish.ts";
import { type Projection, projectionTiles, projectStep } from "../../kernels/model/projection.ts";
import { normals } from "../../kernels/random.ts";
import { storageRefusal } from "../../kernels/refusal.ts";
import { drawnAs } from "../../kernels/storage.ts";
import { tensorOf } from "../../kernels/tensors.ts";

/** For tests: a projection of a model alone, as a mechanism of n rows, so that a worker runs it and verification judges it. */
const sizesOf = ({ n, parameters }: Pick<Shape, "n" | "parameters">) => ({
  inputs: Number(parameters.inputs),
  outputs: Number(parameters.outputs),
  rows: n,
  gated: parameters.gated === true,
  adds: parameters.adds === true,
  finish: String(parameters.finish) as FinishName,
});

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
      finish: { kind: "choice", values: Object.keys(finishes), default: "plain", about: "what becomes of a sum" },
    },
    forms: { probe: ["probe"] },
    groupedHeads: false,
    refusal: (shape, _form, capabilities) => storageRefusal(["dtype"], shape, capabilities),
    tiles: (shape, _form, { software, subgroupMinSize: lanes }) => projectionTiles({ software, lanes }, sizesOf(shape)),
    plan(shape, _form, { software, subgroupMinSize: lanes, maxComputeWorkgroupsPerDimension: most }, tiles) {
      const { inputs, outputs, rows, gated, adds, finish } = sizesOf(shape);
      const projection: Projection = { from: "x", to: "y", weight: "w", inputs, outputs, adds, finish, ...(gated ? { gate: "wGate" } : {}) };
      return {
        buffers: [
          input("x", { row: rows, channel: inputs }),
          input("w", { output: outputs, channel: inputs }, shape.dtype),
          ...(gated ? [input("wGate", { output: outputs, channel: inputs }, shape.dtype)] : []),
          { ...allocation("y", "output", adds ? { tensor: "y" } : "poison", { row: rows, output: outputs }), ...(adds ? { drifts: true as const } : {}) },
        ],
        setup: [],
        steps: [projectStep({ dtype: shape.dtype, rows, software, lanes, most }, "project", projection, tiles)],
      };
    },
    inputs(shape, seed) {
      const { inputs, outputs, rows } = sizesOf(shape);
      const weights = (name: string): Float32Array => drawnAs(shape.dtype, normals(outputs * inputs, seed, name));
      return { x: normals(rows * inputs, seed, "x"), w: weights("w"), wGate: weights("wGate"), y: normals(rows * outputs, seed, "y") };
    },
    reference(shape, tensors, { tokens }) {
      const { inputs, outputs, gated, adds, finish } = sizesOf(shape);
      const [x, w, wGate, y] = ["x", "w", "wGate", "y"].map((name) => tensorOf(tensors, name));
      const sum = (matrix: ArrayLike<number> | undefined, row: number, o: number): number => {
        let total = 0;
        for (let i = 0; i < inputs; i++) total += (x?.[row * inputs + i] ?? Number.NaN) * (matrix?.[o * inputs + i] ?? Number.NaN);
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
      return tokens.map((row) => ({
        buffer: "y",
        offset: row * outputs,
        values: Float64Array.from({ length: outputs }, (_, o) => expected(row, o)),
        size: Math.sqrt(inputs),
      }));
    },
    flops: (shape) => {
      const { inputs, outputs, rows, gated } = sizesOf(shape);
      const flops = 2 * rows * inputs * outputs * (gated ? 2 : 1);
      return { useful: flops, executed: flops };
    },
    leastBytes: () => 0,
    bytesByRole: (shape) => {
      const { inputs, outputs, rows, gated } = sizesOf(shape);
      const weights = (shape.dtype === "f16" ? 2 : 4) * (gated ? 2 : 1) * inputs * outputs;
      return { input: 4 * rows * inputs + weights, output: 4 * rows * outputs, state: 0, scratch: 0, harness: 0 };
    },
    claim: () => ({ time: "O(n)", stateBytes: "O(1)" }),
    rounding: (shape) => Math.sqrt(sizesOf(shape).inputs),
  }),
];
