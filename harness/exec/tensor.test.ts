import fc from "fast-check";
import { expect, it } from "vitest";
import { serializeSafetensors } from "./safetensors.ts";
import { readTensors, roundedTo, tensorFile } from "./tensor.ts";

const values = fc.array(fc.float({ noNaN: true }), { minLength: 6, maxLength: 6 }).map((list) => Float32Array.from(list));

it("f32 tensors come back from a file as they were", () => {
  fc.assert(
    fc.property(values, (given) => {
      const q = { dtype: "f32", shape: [2, 3], values: given } as const;
      expect(readTensors(tensorFile({ q }))).toEqual({ q });
    }),
  );
});

it("f16 tensors come back as what f16 has nearest, and from then on unchanged", () => {
  fc.assert(
    fc.property(values, (given) => {
      const rounded = roundedTo("f16", { shape: [2, 3], values: given });
      const read = readTensors(tensorFile({ q: { dtype: "f16", shape: [2, 3], values: given } })).q;
      expect(read).toEqual(rounded);
      expect(readTensors(tensorFile({ q: rounded })).q).toEqual(rounded);
    }),
  );
});

it("other types are refused by the tensor's name", () => {
  const file = serializeSafetensors({ tensors: { k: { dtype: "BF16", shape: [1], bytes: new Uint8Array(2) } }, metadata: {} });
  expect(() => readTensors(file)).toThrow("k: dtype BF16; accepted are F32 and F16");
});
