import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtInKernels } from "../../kernels/builtIn.ts";
import type { ModelShape } from "../../kernels/mechanism.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import type { Cell } from "../experiment/experiment.ts";
import { testAdapter } from "../testAdapter.ts";
import { type Connection, connector } from "./connection.ts";
import type { HelloRequest, WriteReply } from "./messages.ts";
import { modelCell, modelCells } from "./modelCases.ts";
import { expectTruth } from "./modelTruth.ts";
import { presetCells } from "./presetCases.ts";

const mechanisms = (await loadMechanisms(builtInKernels)).filter(({ forms }) => forms.tokenLoop);

/** What kernelsOfModels.test.ts leaves out is among these. */
const variants = [
  { name: "a CPU emulation's own variants", planFor: {} },
  { name: "the variants of GPUs", planFor: { planFor: { software: false } } },
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
    (cell) => expectTruth(connection, cell, 120_000),
    180_000,
  );
});

describe.each(variants)(`$name of published models in small, on ${testAdapter}`, ({ planFor }) => {
  let connection: Connection;
  beforeAll(async () => {
    connection = await connector(testAdapter, { mode: "checking", ...planFor, kernels: [], memoryBudgetBytes: 2 ** 28 })();
  });
  afterAll(() => connection?.worker.close());

  it.each(presetCells(mechanisms, 70))("$id has the scores of its float64 reference", (cell) => expectTruth(connection, cell, 240_000), 300_000);
});

describe(`a text that a model writes by itself, on ${testAdapter}`, () => {
  const prompt = [17, 3, 99, 3, 58];
  const textCell = (name: string, form: string, n: number, around: Partial<ModelShape>): Cell => {
    const mechanism = mechanisms.find((one) => one.name === name);
    if (!mechanism) throw new Error(`no ${name}`);
    const text = { prompt, temperature: 0, seed: 3 };
    return { ...modelCell(mechanism, form, n, {}, { text, recomputes: form === "recompute", ...around }), phase: "generate" };
  };
  const written = async (cell: Cell, more: Partial<HelloRequest> = {}): Promise<WriteReply> => {
    const { worker } = await connector(testAdapter, { mode: "checking", kernels: [], memoryBudgetBytes: 2 ** 28, ...more })();
    return worker.ask("write", { cell, seed: 3 }, 120_000).finally(() => worker.close());
  };

  it("of many experts is held wherever a router was as near between two as rounding, where nothing is kept", async () => {
    const many = { kind: "experts", hidden: 8, experts: 256, active: 10 } as const;
    const { tokens, near } = await written(textCell("softmax", "recompute", 64, { layers: 6, feedForward: many }));
    expect(tokens).toHaveLength(64 - prompt.length);
    expect(near).toEqual([]);
  }, 180_000);

  const alike = mechanisms.map(({ name }) => ({ name, around: {} }));
  const hybrids = ["gatedDeltaNet", "kda", "retention"].map((name) => ({ name, around: { pattern: [name, "softmax"] } }));
  it.each([...alike, ...hybrids])(
    "of $name $around is the same with what it keeps and without, a hundred tokens, token for token",
    async ({ name, around }) => {
      const texts: WriteReply[] = [];
      const forms = mechanisms.find((one) => one.name === name)?.forms.tokenLoop ?? [];
      for (const form of forms) texts.push(await written(textCell(name, form, 100 + prompt.length, around)));
      const [kept, again] = texts;
      expect(kept?.tokens).toHaveLength(100);
      expect(again?.tokens).toEqual(kept?.tokens);
      expect(texts.flatMap(({ near }) => near)).toEqual([]);
    },
    240_000,
  );

  it.each(["linear", "gatedDeltaNet", "kda"])(
    "is written by the variants of GPUs too: %s",
    async (name) => {
      const cell = textCell(name, "recurrent", 40, {});
      expect((await written(cell, { planFor: { software: false } })).tokens).toEqual((await written(cell)).tokens);
    },
    240_000,
  );
});
