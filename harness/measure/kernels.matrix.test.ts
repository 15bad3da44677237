import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtInKernels } from "../../kernels/builtIn.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import { lavapipeDriver } from "../device/adapters.ts";
import { CellFailure } from "../device/failure.ts";
import { testAdapter } from "../testAdapter.ts";
import { type Connection, connector } from "./connection.ts";
import { type KernelSizes, kernelCells, mostError } from "./kernelCases.ts";

/** The long table (npm run test:kernels): every head size, odd and even lengths, grouped heads, all parameters; on lavapipe too where it is installed. */
const mechanisms = (await loadMechanisms(builtInKernels)).filter(({ family }) => family !== "instrument");
const adapters = [...new Set([testAdapter, ...(lavapipeDriver() ? ["lavapipe"] : [])])];

const every: KernelSizes = {
  n: [1, 2, 7, 16, 63, 64, 65, 130, 257, 1000],
  headDim: [32, 64, 96, 128, 256, [16, 252], [132, 20]],
  thorough: true,
  layouts: [
    [1, 2, 2],
    [2, 4, 2],
    [1, 6, 1],
    [3, 3, 3],
  ],
};
// A CPU emulation is given variants of its own; those of GPUs are held to the truth on it too, at fewer sizes.
const few: KernelSizes = {
  n: [1, 65, 257],
  headDim: [32, 128, [256, 36], [20, 256]],
  thorough: false,
  layouts: [
    [3, 3, 3],
    [2, 4, 2],
  ],
};
/** The longest list of candidates that any form has (kernels/softmax/tiles.ts, kernels/linear/variants.ts). */
const candidates = [0, 1, 2, 3, 4, 5];
const runs = adapters.flatMap((adapter) => [
  { adapter, name: "own variants", planFor: {}, candidate: 0, sizes: every },
  ...candidates.map((candidate) => ({ adapter, name: `candidate ${candidate} of GPUs`, planFor: { planFor: "hardware" } as const, candidate, sizes: few })),
]);

describe.each(runs)("kernels on $adapter, $name", ({ adapter, planFor, candidate, sizes }) => {
  let connection: Connection;
  beforeAll(async () => {
    connection = await connector(adapter, { mode: "checking", kernels: [], memoryBudgetBytes: 2 ** 28, ...planFor, candidate })();
  });
  afterAll(() => connection?.worker.close());

  const cells = mechanisms.flatMap((mechanism) => kernelCells(mechanism, sizes));
  it.each(cells)("$id", async (cell) => {
    const { worker, hello } = connection;
    const mechanism = mechanisms.find(({ name }) => name === cell.mechanism);
    // Fewer candidates: the last one was held to the truth before.
    if (candidate > 0 && (mechanism?.tiles(cell, cell.form, hello.capabilities).length ?? 0) <= candidate) return;
    const refusal = mechanism?.refusal(cell, cell.form, hello.capabilities);
    const prepared = await worker.ask("prepare", { cell, seed: 11, rotateBytes: 0 }, 60_000).catch((error: unknown) => {
      if (refusal && error instanceof CellFailure) return error.record;
      throw error;
    });
    await worker.ask("evict", { cell: cell.id }, 10_000);
    if (refusal) expect(prepared).toEqual({ status: "skipped", ...refusal });
    else expect(prepared).toMatchObject({ maxError: expect.toSatisfy((error: number) => error < mostError[cell.dtype] && (error > 0 || cell.n === 1)) });
  });
});
