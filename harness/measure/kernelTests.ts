import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtInKernels } from "../../kernels/builtIn.ts";
import type { Tiles } from "../../kernels/mechanism.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import { CellFailure } from "../device/failure.ts";
import type { Cell } from "../experiment/experiment.ts";
import { type Connection, connector } from "./connection.ts";
import { type KernelSizes, kernelCells, mostError } from "./kernelCases.ts";
import type { HelloRequest } from "./messages.ts";

export interface KernelTests extends Pick<HelloRequest, "planFor"> {
  readonly name: string;
  readonly adapter: string;
  readonly sizes: KernelSizes;
  readonly seed: number;
  /** place among a form's variants; the default unless given. A form with fewer is not tried again. */
  readonly candidate?: number;
  /** which of the cells, or others made of them; all as they are unless given */
  readonly of?: (cells: readonly Cell[]) => readonly Cell[];
  /** what the variant has besides, or otherwise */
  readonly tiles?: Tiles;
  /** names that the variant is to have by itself */
  readonly has?: readonly string[];
}

/**
 * For tests: every mechanism × form × phase at these sizes against its float64 reference, with validation and bounds checks on. A cell that is refused must be refused by the worker,
 * too.
 */
export const testKernels = async ({
  name,
  adapter,
  sizes,
  seed,
  candidate = 0,
  of = (all) => all,
  tiles: besides = {},
  has = [],
  planFor = {},
}: KernelTests): Promise<void> => {
  const mechanisms = (await loadMechanisms(builtInKernels)).filter(({ family }) => family !== "instrument");
  const cells = of(mechanisms.flatMap((mechanism) => kernelCells(mechanism, sizes)));

  describe(`kernels on ${adapter}, ${name}`, () => {
    let connection: Connection;
    beforeAll(async () => {
      connection = await connector(adapter, { mode: "checking", kernels: [], memoryBudgetBytes: 2 ** 28, planFor })();
    });
    afterAll(() => connection?.worker.close());

    it.each(cells)("$id", async (cell) => {
      const { worker, hello } = connection;
      const mechanism = mechanisms.find(({ name }) => name === cell.mechanism);
      const refusal = mechanism?.refusal(cell, cell.form, hello.capabilities);
      const tiles = refusal ? undefined : mechanism?.tiles(cell, cell.form, hello.capabilities)[candidate];
      if (candidate > 0 && tiles === undefined) return;
      const prepared = await worker
        .ask("prepare", { cell, ...(tiles === undefined ? {} : { tiles: { ...tiles, ...besides } }), seed, rotateBytes: 0 }, 60_000)
        .catch((error: unknown) => {
          if (refusal && error instanceof CellFailure) return error.record;
          throw error;
        });
      await worker.ask("evict", { cell: cell.id }, 10_000);
      if (!refusal) for (const tile of has) expect(tiles).toHaveProperty(tile);
      if (refusal) expect(prepared).toEqual({ status: "skipped", ...refusal });
      else expect(prepared).toMatchObject({ maxError: expect.toSatisfy((error: number) => error < mostError[cell.dtype] && (error > 0 || cell.n === 1)) });
    });
  });
};
