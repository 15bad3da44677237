import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ExpectedRow, Shape } from "../../kernels/mechanism.ts";
import { smallShape } from "../../kernels/testShape.ts";
import { testAdapter } from "../testAdapter.ts";
import { experimentOf, newFolder } from "../testExperiment.ts";
import { connector } from "./connection.ts";
import { keptReferencesIn } from "./keptReferences.ts";

const shape: Shape = { phase: "prefill", n: 4, ...smallShape({ parameters: {} }), parameters: { chunk: 64 } };
const computed: readonly ExpectedRow[] = [
  { buffer: "o", offset: 0, values: new Float64Array([1 / 3, -0, 5e-324]), size: 0.1 },
  { buffer: "state", offset: 7, values: new Float64Array([Math.PI]) },
];
const problem = { mechanism: "linear", seed: 1, shape };

/** Rows of a worker that finds `folder`, and whether it computed them. */
const found = (
  folder: string | undefined,
  of = problem,
  rows = computed,
): { readonly rows: readonly ExpectedRow[]; readonly made: boolean; readonly sparedMs: number } => {
  let made = false;
  const kept = keptReferencesIn(folder).rows(of, () => {
    made = true;
    return rows;
  });
  return { ...kept, made };
};

describe("a reference", () => {
  it("is computed once in a run's folder, and is the same to the bit for whoever comes next", () => {
    const folder = newFolder();
    expect(found(folder)).toMatchObject({ made: true });
    const again = found(folder);
    expect([again.made, again.sparedMs]).toEqual([false, 0]);
    expect(again.rows).toEqual(computed);
    expect(Object.is(again.rows[0]?.values[1], -0)).toBe(true);
  });

  it("is one for all forms and labels of a shape, and another for whatever changes a number", () => {
    const folder = newFolder();
    found(folder);
    const madeFor = (change: object): boolean => found(folder, { ...problem, shape: { ...shape, ...change } }).made;
    expect(madeFor({ id: "linear-chunk~1", label: "mine", form: "chunk" })).toBe(false);
    for (const change of [{ n: 5 }, { parameters: { chunk: 32 } }, { dtype: "f16" as const }, { scale: 1 }, { stream: 3 }]) expect(madeFor(change)).toBe(true);
    expect(found(folder, { ...problem, seed: 2 }).made).toBe(true);
    expect(found(folder, { ...problem, mechanism: "retention" }).made).toBe(true);
  });

  it("is computed anew where its file is cut short or no such file, and where nothing can be kept", () => {
    const folder = newFolder();
    found(folder);
    const [name = ""] = readdirSync(join(folder, "references"));
    truncateSync(join(folder, "references", name), readFileSync(join(folder, "references", name)).length - 9);
    expect(found(folder)).toMatchObject({ made: true, rows: computed });
    expect(found(folder).made).toBe(false);
    const file = join(newFolder(), "a file");
    writeFileSync(file, "");
    expect([found(file).made, found(file).made, found(undefined).made, found(undefined).sparedMs]).toEqual([true, true, true, 0]);
  });

  it("that copies what it was given, or is large, is not kept", () => {
    const folder = newFolder();
    mkdirSync(join(folder, "references"));
    const copies: readonly ExpectedRow[] = [{ buffer: "kCache", offset: 0, values: new Float32Array(4) }];
    const large: readonly ExpectedRow[] = [{ buffer: "o", offset: 0, values: new Float64Array(2 ** 22 + 1) }];
    for (const rows of [copies, large]) expect([found(folder, problem, rows).made, found(folder, problem, rows).made]).toEqual([true, true]);
    expect(readdirSync(join(folder, "references"))).toEqual([]);
  });
});

it("is what the next worker of a run verifies by, which it does all the same", async () => {
  const { cells } = await experimentOf("name: kept\nphase: prefill\nmechanisms: [softmax]\naxes: { n: [300] }\nfixed: { heads: 2, headDim: 32 }\n");
  const connect = connector(testAdapter, { mode: "checking", kernels: [], memoryBudgetBytes: 2 ** 28 });
  const [{ cell } = { cell: undefined }] = cells;
  if (!cell) throw new Error("one cell is planned");
  const preparedBy = async () => {
    const { worker } = await connect();
    const { maxError, tolerance, verifiedRows, sparedMs } = await worker.ask("prepare", { cell, seed: 3, rotateBytes: 0 }, 60_000);
    await worker.close();
    return { verified: { maxError, tolerance, verifiedRows }, sparedMs };
  };
  const [first, second] = [await preparedBy(), await preparedBy()];
  expect(second.verified).toEqual(first.verified);
  expect(first.verified.verifiedRows).toBeGreaterThan(500);
  expect([first.sparedMs ?? 0, second.sparedMs]).toEqual([expect.any(Number), 0]);
  expect(first.sparedMs).toBeGreaterThan(0);
});
