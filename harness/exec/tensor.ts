import { fromHalf, toHalf } from "../../kernels/half.ts";
import type { Dtype } from "../../kernels/mechanism.ts";
import { parseSafetensors, type StoredDtype, type StoredTensor, serializeSafetensors, UnreadableTensors } from "./safetensors.ts";
import { safeText } from "./shown.ts";

/** A tensor on the host: values row-major, slowest dimension first. `dtype` is how a file stores them; here they are f32, which holds every value of f16. */
export interface Tensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export type NamedTensors = Readonly<Record<string, Tensor>>;

const stored: Readonly<Record<Dtype, StoredDtype>> = { f32: "F32", f16: "F16" };

/** Tensors of a safetensors file, F32 and F16. Throws UnreadableTensors. */
export const readTensors = (file: Uint8Array): NamedTensors =>
  Object.fromEntries(Object.entries(parseSafetensors(file).tensors).map(([name, tensor]) => [name, hostTensor(name, tensor)]));

/** The bytes of a safetensors file. */
export const tensorFile = (tensors: NamedTensors, metadata: Readonly<Record<string, string>> = {}): Uint8Array =>
  serializeSafetensors({ tensors: Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, storedTensor(tensor)])), metadata });

/** A tensor of this dtype: every value becomes the nearest that it has, of two equally near the even one. */
export const roundedTo = (dtype: Dtype, { shape, values }: Omit<Tensor, "dtype">): Tensor => ({
  dtype,
  shape,
  values: dtype === "f32" ? values : values.map((value) => fromHalf(toHalf(value))),
});

// Typed arrays are little-endian, as the file is, on every machine that WebGPU runs on.
const hostTensor = (name: string, { dtype, shape, bytes }: StoredTensor): Tensor => {
  // A copy: the bytes of a file need not be aligned.
  const { buffer } = Uint8Array.from(bytes);
  if (dtype === "F32") return { dtype: "f32", shape, values: new Float32Array(buffer) };
  if (dtype === "F16") return { dtype: "f16", shape, values: Float32Array.from(new Uint16Array(buffer), fromHalf) };
  throw new UnreadableTensors(`${safeText(name)}: dtype ${dtype}; accepted are F32 and F16`);
};

const storedTensor = ({ dtype, shape, values }: Tensor): StoredTensor => {
  const elements = dtype === "f32" ? values : Uint16Array.from(values, toHalf);
  return { dtype: stored[dtype], shape, bytes: new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength) };
};
