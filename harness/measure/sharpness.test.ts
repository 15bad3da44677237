import { expect, it } from "vitest";
import { experimentOf } from "../testExperiment.ts";
import { sharpnessOf } from "./sharpness.ts";

const yaml = (mechanisms: string, more = "") => `
name: sharp
phase: decode
mechanisms: ${mechanisms}
axes: { n: [7, 96, 4096] }
fixed: { heads: 4, kvHeads: 2, headDim: 16, ${more} }
`;

const lookedAt = async (text: string) => {
  const { cells, experiment, mechanisms } = await experimentOf(text);
  return sharpnessOf(
    cells.map(({ cell }) => cell),
    mechanisms,
    experiment.measure.seed,
  );
};

it("finds the nearest key's value as scores are multiplied, at the longest context that is short enough", async () => {
  const sharpness = await lookedAt(yaml("[softmax]"));
  expect(sharpness).toMatchObject({ cell: "softmax-split-n96-h4-d16-kv2", heads: 4 });
  const points = sharpness?.points ?? [];
  expect(points.map(({ times }) => times)).toEqual([1, 4, 16, 64, 256, 1024, 4096, 16384, 65536]);
  expect(points.every(({ weight }, i) => weight >= (points[i - 1]?.weight ?? 0))).toBe(true);
  // Far from one key at the usual scale, at it in the end: a wrong key's value would stay a whole vector away.
  expect(points[0]?.weight).toBeLessThan(0.5);
  expect(points[0]?.off).toBeGreaterThan(0.3);
  expect(points.at(-1)?.off).toBeLessThan(1e-9);
  expect(points.at(-1)?.weight).toBeCloseTo(1, 9);
});

it("looks at nothing where no cell keeps all of its keys", async () => {
  expect(await lookedAt(yaml("[linear, { use: softmax, window: 16 }]"))).toBeUndefined();
  expect(await lookedAt(yaml("[softmaxNoCache]").replace("kvHeads: 2, ", ""))).toBeUndefined();
});
