import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtInKernels } from "../../kernels/builtIn.ts";
import type { ModelShape } from "../../kernels/mechanism.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import type { Cell } from "../experiment/experiment.ts";
import { testAdapter } from "../testAdapter.ts";
import { type Connection, connector } from "./connection.ts";
import { modelCell, modelCells, smallModel } from "./modelCases.ts";

const mechanisms = (await loadMechanisms(builtInKernels)).filter(({ forms }) => forms.tokenLoop);

const cells = modelCells(mechanisms);

const cellOf = (name: string, ...rest: readonly [form: string, n: number, change?: Partial<Cell>, around?: Partial<ModelShape>]): Cell => {
  const mechanism = mechanisms.find((one) => one.name === name);
  if (!mechanism) throw new Error(`no ${name}`);
  return modelCell(mechanism, ...rest);
};

/** One worker for all that is given the device's own variants: most of their kernels are the same, and compiling is what takes long. */
let connection: Connection;
beforeAll(async () => {
  connection = await connector(testAdapter, { mode: "checking", kernels: [], memoryBudgetBytes: 2 ** 28 })();
});
afterAll(() => connection?.worker.close());

describe(`one token's whole way through a model, on ${testAdapter}`, () => {
  it.each(cells)("$id has the scores of its float64 reference", async (cell) => {
    const prepared = await connection.worker.ask("prepare", { cell, seed: 7, rotateBytes: 0 }, 60_000);
    await connection.worker.ask("evict", { cell: cell.id }, 10_000);
    expect(prepared.maxError).toBeGreaterThan(0);
    expect(prepared.maxError).toBeLessThan(1e-4);
  });

  it.each(cells.filter((_, i) => i % 5 === 0))("$id is timed by stages", async (cell) => {
    const { flops, leastBytes, stages = {} } = await connection.worker.ask("prepare", { cell, seed: 7, rotateBytes: 0 }, 60_000);
    const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
    const costs = Object.values(stages);
    expect(sum(costs.map((cost) => cost.flops.useful))).toBeCloseTo(flops.useful, 3);
    expect(sum(costs.map((cost) => cost.flops.executed))).toBeCloseTo(flops.executed ?? 0, 3);
    expect(sum(costs.map((cost) => cost.leastBytes))).toBeCloseTo(leastBytes, 3);
    // On a busy machine a single visit is off by much, but hardly every one.
    const shares: number[] = [];
    for (let visit = 0; visit < 8 && !shares.some((share) => share > 0.5); visit++) {
      const { gpuMs, stages: times = {} } = await connection.worker.ask("visit", { cell: cell.id, k: 2, samples: 5 }, 60_000);
      expect(Object.keys(times).sort()).toEqual(Object.keys(stages).sort());
      shares.push(sum(Object.values(times)) / Math.min(...gpuMs));
    }
    await connection.worker.ask("evict", { cell: cell.id }, 10_000);
    expect(Math.max(...shares)).toBeGreaterThan(0.5);
  });
});

/** A CPU emulation is given variants of its own, so those of GPUs are held to the truth on it too. */
describe(`the variants of GPUs, on ${testAdapter}`, () => {
  let connection: Connection;
  beforeAll(async () => {
    connection = await connector(testAdapter, { mode: "checking", planFor: "hardware", kernels: [], memoryBudgetBytes: 2 ** 28 })();
  });
  afterAll(() => connection?.worker.close());

  const some = cells.filter(({ mechanism, n }) => n < 70 && ["softmax", "linear", "gatedDeltaNet"].includes(mechanism));
  it.each(some)("$id has the scores of its float64 reference", async (cell) => {
    const prepared = await connection.worker.ask("prepare", { cell, seed: 7, rotateBytes: 0 }, 60_000);
    await connection.worker.ask("evict", { cell: cell.id }, 10_000);
    expect(prepared.maxError).toBeGreaterThan(0);
    expect(prepared.maxError).toBeLessThan(1e-4);
  });
});

const indexOfLargest = (values: ArrayLike<number>): number => Array.from(values).reduce((best, value, i) => (value > (values[best] ?? 0) ? i : best), 0);

describe("a text that a model writes by itself", () => {
  const length = 105;
  const prompt = 5;
  const seed = 3;

  /** The likeliest token each time, by float64 and without anything kept. */
  const expectedText = (cell: Cell, given: readonly number[]): readonly number[] => {
    const mechanism = mechanisms.find((one) => one.name === cell.mechanism);
    const text = [...given];
    const { stream: _, ...rest } = cell;
    const shapeOf = (n: number) => ({ ...rest, phase: "tokenLoop" as const, n, model: { ...smallModel, ...cell.model, recomputes: true } });
    // Weights, and turns of places, of which shorter texts have the first.
    const drawn = mechanism?.inputs(shapeOf(length), seed);
    while (mechanism && text.length < cell.n) {
      const tensors = { ...drawn, tokens: Uint32Array.from(text) };
      const [scores] = mechanism.reference(shapeOf(text.length - 1), tensors, { batch: 0, head: 0, tokens: [0] });
      text.push(indexOfLargest(scores?.values ?? []));
    }
    return text;
  };

  /** Mechanisms of one family differ in their mixers alone, which shorter texts try as well. */
  const lengthOf = (name: string): number => (["softmax", "linear", "gatedDeltaNet"].includes(name) ? length : 40);
  const texts = [
    ...mechanisms.filter(({ forms }) => forms.generate).map(({ name }) => cellOf(name, "", lengthOf(name), {}, { prompt })),
    cellOf("softmax", "", length, { kvHeads: 1 }, { prompt, feedForward: { kind: "experts", hidden: 32, experts: 7, active: 3 } }),
    cellOf("softmax", "", length, {}, { prompt, layers: 4, pattern: ["linear", "gatedDeltaNet", "linear", "softmax"] }),
  ].map((cell): Cell => ({ ...cell, phase: "generate", form: mechanisms.find(({ name }) => name === cell.mechanism)?.forms.generate?.[0] ?? "" }));

  it.each(texts)("$id is that of float64 without a cache, token for token", async (cell) => {
    const mechanism = mechanisms.find((one) => one.name === cell.mechanism);
    if (!mechanism) throw new Error("known");
    const tensors = mechanism.inputs(cell, seed);
    const { buffers } = await connection.worker.ask("exec", { cell, tensors }, 60_000);
    const expected = expectedText(cell, [...(tensors.prompt ?? [])]);
    expect([...(buffers.text ?? [])]).toEqual(expected);
    expect(new Set(expected.slice(prompt)).size).toBeGreaterThan(3);
  });
});
