import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ParameterValue } from "../../kernels/mechanism.ts";
import { CellFailure } from "../device/failure.ts";
import type { Cell } from "../experiment/experiment.ts";
import { instrumentCell } from "./ceilings.ts";
import { type Connection, connector } from "./connection.ts";
import type { HelloRequest } from "./messages.ts";
import projections from "./projectionDefinition.ts";

/** Rows and outputs that no tile divides, in each kind of projection. */
const cases: readonly (readonly [rows: number, inputs: number, outputs: number, kind?: Readonly<Record<string, ParameterValue>>, dtype?: "f16"])[] = [
  [1, 4, 1],
  [1, 132, 67, { gated: true }],
  [1, 40, 700, { adds: true }],
  [2, 64, 36, { finish: "sigmoid" }],
  [7, 36, 12, { gated: true }],
  [9, 68, 7, { finish: "logDecay" }],
  [17, 44, 66, { adds: true }],
  [65, 36, 3],
  [70, 20, 130, { gated: true }],
  [130, 128, 68, { finish: "gelu" }],
  // Outputs for other buffers behind the first ones, as few as no tile has and as many as several.
  [1, 40, 3, { beside: 4 }],
  [9, 68, 130, { beside: 2 }],
  [33, 20, 7, { beside: 4, finish: "sigmoid" }],
  [130, 64, 61, { beside: 3 }, "f16"],
  [33, 64, 68, { gated: true }, "f16"],
  [1, 64, 68, {}, "f16"],
  // Rows that choose among matrices: two, four and sixteen of one to a group, some matrices of many rows and one of none.
  [9, 68, 12, { experts: 8, active: 2 }],
  [33, 36, 68, { gated: true, experts: 7, shared: true }, "f16"],
  [61, 20, 70, { gated: true, experts: 7, active: 3, shared: true }],
  [61, 44, 34, { experts: 7, active: 3 }],
];

const cells = cases.map(([rows, inputs, outputs, kind = {}, dtype]): Cell => {
  const parameters = { inputs, outputs, gated: false, adds: false, finish: "plain", experts: 0, active: 1, shared: false, beside: 0, ...kind };
  return { ...instrumentCell("projection", rows), dtype: dtype ?? "f32", parameters, id: JSON.stringify([rows, inputs, outputs, kind, dtype]) };
});

const [projection] = projections;

/** A worker imports mechanisms from a folder. */
const kernelsFolder = async (): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), "attnbench-test-"));
  mkdirSync(join(folder, "projection"));
  await build({
    entryPoints: [fileURLToPath(new URL("projectionDefinition.ts", import.meta.url))],
    outfile: join(folder, "projection", "definition.mjs"),
    bundle: true,
    format: "esm",
    platform: "node",
    loader: { ".wgsl": "text" },
    logLevel: "warning",
  });
  return folder;
};

export interface ProjectionTests extends Pick<HelloRequest, "planFor"> {
  readonly name: string;
  readonly adapter: string;
  /** how many of the candidates of so many rows compute them, the default first */
  readonly tried: (rows: number) => number;
}

/** For tests: the projections of models by themselves, against float64, with validation and bounds checks on. A cell that is refused must be refused by the worker, too. */
export const testProjections = ({ name, adapter, tried, ...planFor }: ProjectionTests): void => {
  describe(`projections on ${adapter}, ${name}`, () => {
    let connection: Connection;
    beforeAll(async () => {
      connection = await connector(adapter, { mode: "checking", kernels: [await kernelsFolder()], memoryBudgetBytes: 2 ** 28, ...planFor })();
    });
    afterAll(() => connection?.worker.close());

    it.each(cells)("$id", async (cell) => {
      const { worker, hello } = connection;
      const refusal = projection?.refusal(cell, cell.form, hello.capabilities);
      const candidates = refusal ? [{}] : (projection?.tiles(cell, cell.form, hello.capabilities) ?? []);
      expect(candidates).not.toEqual([]);
      for (const tiles of candidates.slice(0, tried(cell.n))) {
        const prepared = await worker.ask("prepare", { cell, tiles, seed: 3, rotateBytes: 0 }, 60_000).catch((error: unknown) => {
          if (refusal && error instanceof CellFailure) return error.record;
          throw error;
        });
        await worker.ask("evict", { cell: cell.id }, 10_000);
        if (refusal) expect(prepared).toEqual({ status: "skipped", ...refusal });
        else
          expect(prepared).toMatchObject({
            tiles,
            verifiedRows: cell.n * (1 + Number(cell.parameters.beside)),
            maxError: expect.toSatisfy((error: number) => error < 3e-6),
          });
      }
    });
  });
};
