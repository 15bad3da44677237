import { afterAll, describe, expect, it } from "vitest";
import { builtInKernels } from "../../kernels/builtIn.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import { CellFailure } from "../device/failure.ts";
import { testAdapter } from "../testAdapter.ts";
import { connector } from "./connection.ts";
import { kernelCells } from "./kernelCases.ts";

/**
 * Every mechanism × form × phase against its float64 reference, on the adapter that every machine has. Validation and bounds checks are on.
 * The long table is kernels.matrix.test.ts.
 */
const mechanisms = (await loadMechanisms(builtInKernels)).filter(({ family }) => family !== "instrument");
const { worker, hello } = await connector(testAdapter, { mode: "checking", kernels: [], memoryBudgetBytes: 2 ** 28 })();
afterAll(() => worker.close());

describe(`kernels on ${hello.facts.description}`, () => {
  for (const mechanism of mechanisms) {
    const cells = kernelCells(mechanism, {
      n: [1, 7, 63, 65, 130],
      headDim: [64],
      thorough: false,
      layouts: [
        [1, 2, 2],
        [2, 4, 2],
        [2, 3, 3],
      ],
    });
    for (const cell of cells) {
      it(cell.id, async () => {
        const refusal = mechanism.refusal(cell, cell.form, hello.capabilities);
        const prepared = await worker.ask("prepare", { cell, seed: 7, rotateBytes: 0 }, 60_000).catch((error: unknown) => {
          if (refusal && error instanceof CellFailure) return error.record;
          throw error;
        });
        await worker.ask("evict", { cell: cell.id }, 10_000);
        if (refusal) expect(prepared).toEqual({ status: "skipped", ...refusal });
        else expect(prepared).toMatchObject({ maxError: expect.toSatisfy((error: number) => error < 1e-3 && (error > 0 || cell.n === 1)) });
      });
    }
  }
});
