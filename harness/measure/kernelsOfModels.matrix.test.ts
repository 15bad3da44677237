import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtInKernels } from "../../kernels/builtIn.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import { testAdapter } from "../testAdapter.ts";
import { type Connection, connector } from "./connection.ts";
import { modelCell, modelCells } from "./modelCases.ts";

const mechanisms = (await loadMechanisms(builtInKernels)).filter(({ forms }) => forms.tokenLoop);

/** What kernelsOfModels.test.ts leaves out is among these. */
const variants = [
  { name: "a CPU emulation's own variants", planFor: {} },
  { name: "the variants of GPUs", planFor: { planFor: "hardware" } },
] as const;

/** As many rows to an expert as a GPU's smallest tile of a prompt takes. */
const experts = { kind: "experts", hidden: 32, experts: 7, active: 3 } as const;
const crowded = mechanisms.filter(({ name }) => name === "softmax").map((softmax) => modelCell(softmax, "recompute", 60, {}, { feedForward: experts }));

describe.each(variants)(`$name of whole models that keep nothing, on ${testAdapter}`, ({ planFor }) => {
  let connection: Connection;
  beforeAll(async () => {
    connection = await connector(testAdapter, { mode: "checking", ...planFor, kernels: [], memoryBudgetBytes: 2 ** 28 })();
  });
  afterAll(() => connection?.worker.close());

  it.each([...modelCells(mechanisms).filter(({ form }) => form === "recompute"), ...crowded])(
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
