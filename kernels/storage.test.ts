import fc from "fast-check";
import { expect, test } from "vitest";
import { fromHalf, toHalf } from "./half.ts";
import { drawnAs, storing } from "./storage.ts";

const source = "@group(0) @binding(0) var<storage, read> q: array<StoredQuad>;\n@group(0) @binding(1) var<storage, read> k: array<Cached>;";

test("a source is told what its names of types stand for, and no others", () => {
  expect(storing(source, { Stored: "f32", Cached: "f16", Value: "f16" })).toEqual({
    source: `alias Stored = f32; alias StoredQuad = vec4f;\nalias Cached = f16; alias CachedQuad = vec4h;\n${source}`,
    f16: true,
  });
  expect(storing(source, { Stored: "f32", Cached: "f32", Value: "f16" }).f16).toBe(false);
  expect(storing("fn UnStored() {}", { Stored: "f16" })).toEqual({ source: "fn UnStored() {}", f16: false });
});

test("drawn values are held exactly, and none is subnormal: a device may take it for zero", () => {
  expect(Array.from(drawnAs("f16", Float32Array.of(1 / 3, 2 ** -14, -(2 ** -14) * 0.99, 3e-8, -70000)))).toEqual([
    0.333251953125,
    2 ** -14,
    0,
    0,
    Number.NEGATIVE_INFINITY,
  ]);
  fc.assert(
    fc.property(fc.float32Array({ noNaN: true, noDefaultInfinity: true }), (values) => {
      expect(drawnAs("f32", values)).toBe(values);
      const drawn = drawnAs("f16", values);
      for (const value of drawn) expect(value === 0 || Math.abs(value) >= 2 ** -14).toBe(true);
      expect(drawn.map((value) => fromHalf(toHalf(value)))).toEqual(drawn);
    }),
  );
});
