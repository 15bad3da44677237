import { halfBits } from "../../kernels/half.ts";
import type { PlanBuffer, Tensors } from "../../kernels/mechanism.ts";
import { elementCount } from "../../kernels/plan.ts";

const nanBits = { f32: 0x7fc00000, f16: 0x7e007e00, u32: 0xffffffff };

export type Words = Float32Array | Uint32Array | Uint16Array;

/** What a buffer of so many bytes holds before the first dispatch. */
export const contents = (spec: PlanBuffer, bytes: number, tensors: Tensors): Words => {
  if (spec.init === "zero") return new Uint32Array(bytes / 4);
  if (spec.init === "poison") return new Uint32Array(bytes / 4).fill(nanBits[spec.dtype]);
  const tensor = tensors[spec.init.tensor];
  if (!tensor) throw new Error(`buffer ${spec.name} starts from tensor ${spec.init.tensor}, which inputs() does not make`);
  if (tensor.length !== elementCount(spec))
    throw new Error(`tensor ${spec.init.tensor} has ${tensor.length} elements, buffer ${spec.name} has ${elementCount(spec)}`);
  if (spec.dtype !== "f16") return tensor;
  const padded = new Uint16Array(bytes / 2);
  padded.set(halfBits(Float32Array.from(tensor)));
  return padded;
};
