import type { Dtype, PlanBuffer, Tensors } from "../../kernels/mechanism.ts";
import { elementCount } from "../../kernels/plan.ts";
import type { ExecCell } from "./cell.ts";
import { type NamedTensors, roundedTo, type Tensor } from "./tensor.ts";
import { contextPosition, type Wanted } from "./wanted.ts";

/**
 * What a plan's buffers begin with, by tensor: the problem's values, zeros for a state that it does not bring, caches with room for the newest token
 * (NaN until it is written), and what belongs to the mechanism.
 */
export const contentsOf = ({ mechanism, cell, plan, wanted }: ExecCell, tensors: NamedTensors): Tensors => {
  const given = wanted.map((tensor) => [tensor.name, valuesOf(tensor, tensors[tensor.name])] as const);
  const fixed = plan.buffers.flatMap(({ init, fixed }) => (fixed && typeof init === "object" ? [init.tensor] : []));
  const own: Tensors = fixed.length > 0 ? mechanism.inputs(cell, 1) : {};
  return { ...Object.fromEntries(given), ...Object.fromEntries(fixed.flatMap((name) => (own[name] ? [[name, own[name]]] : []))) };
};

const valuesOf = (wanted: Wanted, given: Tensor | undefined): Float32Array => {
  const values = given?.values ?? new Float32Array(product(wanted.dims.map(([, size]) => size)));
  const position = contextPosition(wanted);
  return position < 0 ? values : withRoom(values, wanted, position);
};

/** [batch, context, …] as [batch, context + 1, …], the last row NaN. */
const withRoom = (values: Float32Array, { dims }: Wanted, position: number): Float32Array => {
  const sizes = dims.map(([, size]) => size);
  const [blocks, context, row] = [product(sizes.slice(0, position)), sizes[position] ?? 0, product(sizes.slice(position + 1))];
  const roomy = new Float32Array(blocks * (context + 1) * row).fill(Number.NaN);
  for (let block = 0; block < blocks; block++) roomy.set(values.subarray(block * context * row, (block + 1) * context * row), block * (context + 1) * row);
  return roomy;
};

const product = (sizes: readonly number[]): number => sizes.reduce((total, size) => total * size, 1);

/** What came out: `o` and what the next call takes, each in the shape of its buffer, rounded to the type that it was given in, or else to `dtype`. */
export const resultsOf = ({ plan }: ExecCell, buffers: Tensors, given: NamedTensors, dtype: Dtype): NamedTensors => {
  const dtypeOf = (name: string): Dtype => (Object.hasOwn(given, name) ? given[name]?.dtype : undefined) ?? dtype;
  const results = plan.buffers.filter(({ role }) => role === "output" || role === "state");
  return Object.fromEntries(results.map((buffer) => [buffer.name, resultOf(buffer, buffers[buffer.name], dtypeOf(buffer.name))]));
};

const resultOf = (buffer: PlanBuffer, values: Float32Array | Uint32Array | undefined, dtype: Dtype): Tensor => {
  if (!(values instanceof Float32Array)) throw new Error(`buffer ${buffer.name} did not come back as f32`);
  return roundedTo(dtype, { shape: buffer.dims.map(([, size]) => size), values: values.subarray(0, elementCount(buffer)) });
};
