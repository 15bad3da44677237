import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtInKernels } from "../../kernels/builtIn.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import { testAdapter } from "../testAdapter.ts";
import { type Connection, connector } from "./connection.ts";
import { modelCells } from "./modelCases.ts";

const mechanisms = (await loadMechanisms(builtInKernels)).filter(({ forms }) => forms.tokenLoop);

/** What kernelsOfModels.test.ts leaves out is among these. */
const variants = [
  { name: "a CPU emulation's own variants", planFor: {} },
  { name: "the variants of GPUs", planFor: { planFor: "hardware" } },
] as const;

describe.each(variants)(`$name of whole models that keep nothing, on ${testAdapter}`, ({ planFor }) => {
  let connection: Connection;
  beforeAll(async () => {
    connection = await connector(testAdapter, { mode: "checking", ...planFor, kernels: [], memoryBudgetBytes: 2 ** 28 })();
  });
  afterAll(() => connection?.worker.close());

  it.each(modelCells(mechanisms).filter(({ form }) => form === "recompute"))(
    "$id has the scores of its float64 reference",
    async (cell) => {
      const prepared = await connection.worker.ask("prepare", { cell, seed: 7, rotateBytes: 0 }, 120_000);
      await connection.worker.ask("evict", { cell: cell.id }, 10_000);
      expect(prepared.maxError).toBeGreaterThan(0);
      expect(prepared.maxError).toBeLessThan(1e-4);
    },
    180_000,
  );
});
