import type { Dtype, PlanBuffer, Tensors } from "../../kernels/mechanism.ts";
import { elementBytes, elementCount } from "../../kernels/plan.ts";
import { cacheRows, inTime, withRoom } from "./cacheRows.ts";
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
  return wanted.rows ? withRoom(values, wanted.dims[contextPosition(wanted)]?.[1] ?? 0, wanted.rows) : values;
};

const product = (sizes: readonly number[]): number => sizes.reduce((total, size) => total * size, 1);

/**
 * What came out: `o` and what the next call takes, each in the shape of its buffer, caches in the order of time. In the type that it was given in, or else: what holds tokens in `dtype`, that of q,
 * k and v; a state, which sums over them, in f32, as kernels keep it.
 */
export const resultsOf = (cell: ExecCell, buffers: Tensors, given: NamedTensors, dtype: Dtype): NamedTensors =>
  Object.fromEntries(typedResults(cell, given, dtype).map(([buffer, type]) => [buffer.name, resultOf(buffer, buffers[buffer.name], type)]));

/** Bytes of all that comes out, as a file holds it. */
export const resultBytes = (cell: ExecCell, given: NamedTensors, dtype: Dtype): number =>
  typedResults(cell, given, dtype).reduce((sum, [buffer, type]) => sum + elementCount(buffer) * elementBytes[type], 0);

const typedResults = ({ plan }: ExecCell, given: NamedTensors, dtype: Dtype): readonly (readonly [PlanBuffer, Dtype])[] =>
  plan.buffers
    .filter(({ role }) => role === "output" || role === "state")
    .map((buffer) => [buffer, givenDtype(buffer, given) ?? (holdsTokens(buffer) ? dtype : "f32")]);

/** Of the tensor of this name, or of the one that the buffer begins with: keys and values are the cache of a prefill without a window. */
const givenDtype = ({ name, init }: PlanBuffer, given: NamedTensors): Dtype | undefined =>
  [name, ...(typeof init === "object" ? [init.tensor] : [])].flatMap((tensor) => (Object.hasOwn(given, tensor) ? [given[tensor]?.dtype] : []))[0];

const holdsTokens = ({ role, dims }: PlanBuffer): boolean => role === "output" || dims.some(([size]) => size === "capacity");

const resultOf = (buffer: PlanBuffer, values: Float32Array | Uint32Array | undefined, dtype: Dtype): Tensor => {
  if (!(values instanceof Float32Array)) throw new Error(`buffer ${buffer.name} did not come back as f32`);
  const rows = cacheRows(buffer);
  const whole = values.subarray(0, elementCount(buffer));
  return roundedTo(dtype, { shape: buffer.dims.map(([, size]) => size), values: rows ? inTime(whole, rows) : whole });
};
