import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtInKernels } from "../../kernels/builtIn.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import { CellFailure } from "../device/failure.ts";
import { testAdapter } from "../testAdapter.ts";
import { type Connection, connector } from "./connection.ts";
import { type KernelSizes, kernelCells, mostError } from "./kernelCases.ts";

/**
 * Every mechanism × form × phase against its float64 reference, on the adapter that every machine has. Validation and bounds checks are on.
 * A CPU emulation is given variants of its own, so those of GPUs are held to the truth on it too, at fewer sizes. The long table is
 * kernels.matrix.test.ts.
 */
const mechanisms = (await loadMechanisms(builtInKernels)).filter(({ family }) => family !== "instrument");

const odd: KernelSizes = {
  n: [1, 7, 63, 65, 130],
  headDim: [64],
  thorough: false,
  layouts: [
    [2, 3, 3],
    [2, 4, 2],
  ],
};
const few: KernelSizes = {
  ...odd,
  n: [129],
  headDim: [96],
  layouts: [
    [2, 3, 3],
    [2, 4, 2],
  ],
};

describe.each([
  { name: "its own variants", planFor: {}, sizes: [odd] },
  { name: "the variants of GPUs", planFor: { planFor: "hardware" } as const, sizes: [few] },
])(`kernels on ${testAdapter}, $name`, ({ planFor, sizes }) => {
  let connection: Connection;
  beforeAll(async () => {
    connection = await connector(testAdapter, { mode: "checking", kernels: [], memoryBudgetBytes: 2 ** 28, ...planFor })();
  });
  afterAll(() => connection?.worker.close());

  const cells = mechanisms.flatMap((mechanism) => sizes.flatMap((size) => kernelCells(mechanism, size)));
  it.each([...new Map(cells.map((cell) => [cell.id, cell])).values()])("$id", async (cell) => {
    const { worker, hello } = connection;
    const refusal = mechanisms.find(({ name }) => name === cell.mechanism)?.refusal(cell, cell.form, hello.capabilities);
    const prepared = await worker.ask("prepare", { cell, seed: 7, rotateBytes: 0 }, 60_000).catch((error: unknown) => {
      if (refusal && error instanceof CellFailure) return error.record;
      throw error;
    });
    await worker.ask("evict", { cell: cell.id }, 10_000);
    if (refusal) expect(prepared).toEqual({ status: "skipped", ...refusal });
    else expect(prepared).toMatchObject({ maxError: expect.toSatisfy((error: number) => error < mostError[cell.dtype] && (error > 0 || cell.n === 1)) });
  });
});
