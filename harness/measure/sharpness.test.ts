import { expect, it } from "vitest";
import { CellFailure } from "../device/failure.ts";
import { experimentOf } from "../testExperiment.ts";
import { kernelSharpness, sharpnessOf } from "./sharpness.ts";
import type { WorkerSession } from "./workerSession.ts";

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

it("holds what the kernel computes at each scale against the nearest key's value", async () => {
  const { cells, experiment, mechanisms } = await experimentOf(yaml("[softmax]"));
  const all = cells.map(({ cell }) => cell);
  const { seed } = experiment.measure;
  const sharpness = sharpnessOf(all, mechanisms, seed);
  if (!sharpness) throw new Error("nothing to look at");
  const cell = all.find(({ id }) => id === sharpness.cell);
  const mechanism = mechanisms.find(({ name }) => name === "softmax");
  if (!cell || !mechanism) throw new Error("no cell");
  const scales: number[] = [];
  /** A worker whose kernel is the reference: of heads that it may confuse. */
  const session = (headOf: (head: number) => number) =>
    ({
      ask: async (_: string, { cell: asked, tensors }: { readonly cell: typeof cell; readonly tensors: ReturnType<typeof mechanism.inputs> }) => {
        scales.push(asked.scale ?? 0);
        const rows = Array.from(
          { length: cell.heads },
          (__, head) => mechanism.reference(asked, tensors, { batch: 0, head: headOf(head), tokens: [0] })[0]?.values ?? [],
        );
        return { buffers: { o: Float32Array.from(rows.flatMap((row) => [...row])) } };
      },
    }) as unknown as Pick<WorkerSession, "ask">;
  const right = await kernelSharpness(
    sharpness,
    all,
    mechanisms,
    session((head) => head),
    seed,
  );
  expect(scales).toEqual(sharpness.points.map(({ times }) => times / 4));
  for (const { off, kernelOff } of right.points) expect(kernelOff).toBeCloseTo(off, 5);
  const wrong = await kernelSharpness(
    sharpness,
    all,
    mechanisms,
    session((head) => (head + 1) % cell.heads),
    seed,
  );
  expect(wrong.points.at(-1)?.kernelOff).toBeGreaterThan(0.5);
  const lost = {
    ask: async () => {
      throw new CellFailure("deviceLost", "gone");
    },
  } as unknown as Pick<WorkerSession, "ask">;
  expect(await kernelSharpness(sharpness, all, mechanisms, lost, seed)).toEqual(sharpness);
});
