import type { Dtype } from "../../kernels/mechanism.ts";
import { Unexecutable } from "./problem.ts";
import { safeText } from "./shown.ts";
import type { NamedTensors, Tensor } from "./tensor.ts";

/** What a tensor may hold at most, by its name, which means the same in every mechanism. */
const most: Readonly<Record<string, { readonly value: number; readonly about: string }>> = { g: { value: 0, about: "the log of a decay" } };

/** What kernels store alike. Gates, states and denominators are of f32 in all of them, and come in either type. */
const alike = ["q", "k", "v", "kCache", "vCache"];

/** The dtype of q, k, v and the caches; every value is finite and within what its tensor may hold. Throws Unexecutable. */
export const checkedDtype = (tensors: NamedTensors): Dtype => {
  const [first] = alike.flatMap((name) => (Object.hasOwn(tensors, name) ? [name] : []));
  const dtype = (first === undefined ? undefined : tensors[first]?.dtype) ?? "f32";
  if (Object.keys(tensors).length === 0) throw new Unexecutable("there are no tensors; every mechanism takes q, k and v");
  for (const [name, tensor] of Object.entries(tensors)) {
    if (tensor.dtype !== "f32" && tensor.dtype !== "f16")
      throw new Unexecutable(`${safeText(name)}: dtype ${safeText(String(tensor.dtype))}; accepted are f32 and f16`);
    if (alike.includes(name) && tensor.dtype !== dtype)
      throw new Unexecutable(`${safeText(name)} is ${tensor.dtype} and ${first} ${dtype}; accepted are q, k, v and caches of one dtype`);
    if (!(tensor.values instanceof Float32Array)) throw new Unexecutable(`${safeText(name)}: its values are no Float32Array`);
    const count = tensor.shape.reduce((product, size) => product * size, 1);
    if (tensor.values.length !== count)
      throw new Unexecutable(`${safeText(name)}: ${tensor.values.length} values, its shape [${tensor.shape.join(", ")}] has ${count}`);
    const limit = Object.hasOwn(most, name) ? most[name] : undefined;
    const wrong = tensor.values.findIndex((value) => !Number.isFinite(value) || (limit !== undefined && value > limit.value));
    if (wrong < 0) continue;
    const accepted = limit === undefined ? "finite values" : `finite values up to ${limit.value}, ${limit.about}`;
    throw new Unexecutable(`${safeText(name)}: ${tensor.values[wrong]} at [${indexOf(wrong, tensor).join(", ")}]; accepted are ${accepted}`);
  }
  return dtype;
};

/** Where a flat position is in a tensor, slowest dimension first. */
const indexOf = (position: number, { shape }: Tensor): readonly number[] =>
  shape.map((size, i) => Math.floor(position / shape.slice(i + 1).reduce((product, inner) => product * inner, 1)) % size);

/** How many values are infinite or no numbers, of the tensors that have any. */
export const notFiniteCounts = (tensors: NamedTensors): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(tensors).flatMap(([name, { values }]) => {
      const count = values.reduce((sum, value) => (Number.isFinite(value) ? sum : sum + 1), 0);
      return count > 0 ? [[name, count]] : [];
    }),
  );
