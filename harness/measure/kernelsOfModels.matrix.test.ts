import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtInKernels } from "../../kernels/builtIn.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import { testAdapter } from "../testAdapter.ts";
import { type Connection, connector } from "./connection.ts";
import { modelCells } from "./modelCases.ts";

const mechanisms = (await loadMechanisms(builtInKernels)).filter(({ forms }) => forms.tokenLoop);

describe(`the variants of GPUs of whole models that keep nothing, on ${testAdapter}`, () => {
  let gpu: Connection;
  beforeAll(async () => {
    gpu = await connector(testAdapter, { mode: "checking", planFor: "hardware", kernels: [], memoryBudgetBytes: 2 ** 28 })();
  });
  afterAll(() => gpu?.worker.close());

  it.each(modelCells(mechanisms).filter(({ mechanism, form }) => form === "recompute" && mechanism !== "softmax"))(
    "$id has the scores of its float64 reference",
    async (cell) => {
      const prepared = await gpu.worker.ask("prepare", { cell, seed: 7, rotateBytes: 0 }, 120_000);
      await gpu.worker.ask("evict", { cell: cell.id }, 10_000);
      expect(prepared.maxError).toBeGreaterThan(0);
      expect(prepared.maxError).toBeLessThan(1e-4);
    },
    180_000,
  );
});
