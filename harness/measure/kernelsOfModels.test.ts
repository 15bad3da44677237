import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtInKernels } from "../../kernels/builtIn.ts";
import type { ModelShape } from "../../kernels/mechanism.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import type { CellFailure } from "../device/failure.ts";
import type { Cell } from "../experiment/experiment.ts";
import { testAdapter } from "../testAdapter.ts";
import { type Connection, connector } from "./connection.ts";
import { modelCell, modelCells, smallModel } from "./modelCases.ts";
import { expectTruth } from "./modelTruth.ts";
import { presetCells } from "./presetCases.ts";
import { fewWorkgroups } from "./smallGrids.ts";

const mechanisms = (await loadMechanisms(builtInKernels)).filter(({ forms }) => forms.tokenLoop);

const cells = modelCells(mechanisms);

/**
 * Whole models without a cache whose mixers bring kernels that are held by themselves: tiles of queries, and chunks in the variants of GPUs, in kernelsOfGpus.test.ts, and chunks of another
 * headDim here once, by kda, whose tokens bring all that any brings. Compiling them takes most of the time. kernelsOfModels.matrix.test.ts has every one.
 */
const ofAnotherHeadDim = ({ form, headDim, model }: Cell): boolean => form === "recompute" && headDim === 32 && !model?.mixers;
const own = cells.filter((cell) => !ofAnotherHeadDim(cell) || ["softmax", "kda"].includes(cell.mechanism));

const cellOf = (name: string, ...rest: readonly [form: string, n: number, change?: Partial<Cell>, around?: Partial<ModelShape>]): Cell => {
  const mechanism = mechanisms.find((one) => one.name === name);
  if (!mechanism) throw new Error(`no ${name}`);
  return modelCell(mechanism, ...rest);
};

/** One thing changed in the WGSL of a text's own kernels: each must be seen. */
const broken = {
  wrongChoice: [["best[thread + kept] > best[thread] ||", "best[thread + kept] > best[thread] + 0.5 ||"], {}],
  wrongNoise: [["- log(waiting(", "+ log(waiting("], { temperature: 0.7 }],
  otherStream: [["0x735a2d97u", "0x735a2d95u"], { temperature: 0.7 }],
  unlikeSeed: [["mixed(u32(SEED))", "mixed(u32(SEED) + 1u)"], { temperature: 0.7 }],
  lostPrompt: [["text[row * LENGTH + at] = prompt[row * PROMPT + at];", "text[row * LENGTH + at] = prompt[row * PROMPT];"], {}],
  wrongPlace: [["position[row] = at;", "position[row] = at + 1u;"], {}],
  wrongPrompt: [["StoredQuad(left[", "StoredQuad(0.9 * left["], {}],
  shortPrompt: [["= TOKENS;", "= TOKENS - 1u;"], {}],
  endless: [["ended[row] = 1u;", "ended[row] = 0u;"], { stop: "late" }],
  early: [["token == STOP", "token != STOP"], { stop: "late" }],
} as const;
const brokenDefinition = (name: string, [from, to]: readonly [string, string]): string => `
import { builtInKernels, loadMechanisms } from ${JSON.stringify(new URL("../../dist/index.js", import.meta.url).href)};
const mechanism = (await loadMechanisms(builtInKernels)).find(({ name }) => name === "softmax");
const change = (step) => ({ ...step, wgsl: step.wgsl.replaceAll(${JSON.stringify(from)}, ${JSON.stringify(to)}) });
export default [{ ...mechanism, name: ${JSON.stringify(name)}, plan: (...request) => {
  const plan = mechanism.plan(...request);
  const steps = plan.steps.map(change);
  if (steps.every(({ wgsl }, i) => wgsl === plan.steps[i].wgsl)) throw new Error("nothing to break");
  return { ...plan, steps };
} }];
`;

/** A mechanism for each, which a worker imports from a folder. */
const brokenFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "attnbench-test-"));
  for (const [name, [change]] of Object.entries(broken)) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "definition.mjs"), brokenDefinition(name, change));
  }
  return folder;
};

/** One worker for all that is given the device's own variants: most of their kernels are the same, and compiling is what takes long. */
let connection: Connection;
beforeAll(async () => {
  connection = await connector(testAdapter, { mode: "checking", kernels: [brokenFolder()], memoryBudgetBytes: 2 ** 28 })();
});
afterAll(() => connection?.worker.close());

/** The same for the variants of GPUs: a CPU emulation is given variants of its own, so these are held to the truth on it too. */
let gpu: Connection;
beforeAll(async () => {
  gpu = await connector(testAdapter, { mode: "checking", planFor: { software: false }, kernels: [], memoryBudgetBytes: 2 ** 28 })();
});
afterAll(() => gpu?.worker.close());

describe(`one token's whole way through a model, on ${testAdapter}`, () => {
  it.each(own)("$id has the scores of its float64 reference", (cell) => expectTruth(connection, cell, 60_000));

  // Chunks in heads as wide as published take SwiftShader twenty seconds to compile: kernelsOfModels.matrix.test.ts has them.
  const published = presetCells(mechanisms, 9).filter(({ form }) => form !== "recompute");
  const anew = presetCells(mechanisms, 9, { heads: 4, headDim: 16 }).filter(({ form }) => form === "recompute");
  it.each([...published, ...anew])(
    "$id, a published model in small, has the scores of its float64 reference",
    (cell) => expectTruth(connection, cell, 120_000),
    180_000,
  );

  it.each(own.filter((_, i) => i % 5 === 0))("$id is timed by stages", async (cell) => {
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

describe(`the variants of GPUs, on ${testAdapter}`, () => {
  // Of chunks without a cache SwiftShader compiles ten seconds a size, of a hybrid's too.
  const some = cells.filter(
    (cell) =>
      cell.n < 70 &&
      ["softmax", "linear", "gatedDeltaNet"].includes(cell.mechanism) &&
      (cell.form !== "recompute" || (cell.mechanism === "softmax" && !cell.model?.pattern && !ofAnotherHeadDim(cell))),
  );
  it.each(some)("$id has the scores of its float64 reference", (cell) => expectTruth(gpu, cell, 60_000));
});

describe(`more rows than workgroups in a row, on ${testAdapter}`, () => {
  let narrow: Connection;
  beforeAll(async () => {
    narrow = await connector(testAdapter, { mode: "checking", planFor: fewWorkgroups, kernels: [], memoryBudgetBytes: 2 ** 28 })();
  });
  afterAll(() => narrow?.worker.close());

  const feedForward = { kind: "experts", hidden: 32, experts: 7, active: 3, shared: 40, sharedGate: true } as const;
  const folded = [
    cellOf("softmax", "recompute", 13, { batch: 2 }, { feedForward, outputGate: "all", firstDense: { layers: 1, hidden: 72 } }),
    // Too few rows to an expert to be grouped.
    cellOf("softmax", "cached", 9, { batch: 5 }, { feedForward }),
    cellOf("deltaNet", "recurrent", 9, { batch: 1 }),
  ];
  it.each(folded)("$id has the scores of its float64 reference", async (cell) => {
    const mechanism = mechanisms.find(({ name }) => name === cell.mechanism);
    const usual = mechanism?.plan(cell, cell.form, connection.hello.capabilities, mechanism.tiles(cell, cell.form, connection.hello.capabilities)[0] ?? {});
    expect(Math.max(...(usual?.steps.flatMap(({ workgroups }) => workgroups) ?? []))).toBeGreaterThan(fewWorkgroups.maxComputeWorkgroupsPerDimension);
    await expectTruth(narrow, cell, 60_000);
  });
});

const indexOfLargest = (values: ArrayLike<number>): number => Array.from(values).reduce((best, value, i) => (value > (values[best] ?? 0) ? i : best), 0);

describe("a text that a model writes by itself", () => {
  // A hundred tokens after the prompt: past a block of 64 keys, and a chunk of 64 tokens.
  const length = 105;
  const seed = 3;
  const prompt = [17, 3, 99, 3, 58];
  const greedy = { prompt, temperature: 0, seed };

  const textCell = (name: string, form: string, n = length, change: Partial<Cell> = {}, around: Partial<ModelShape> = {}): Cell => ({
    ...cellOf(name, form, n, change, { text: greedy, recomputes: form === "recompute", ...around }),
    phase: "generate",
  });
  const mechanismOf = (cell: Cell) => {
    const found = mechanisms.find(({ name }) => name === cell.mechanism);
    if (!found) throw new Error("known");
    return found;
  };
  const write = (cell: Cell, at = connection) => at.worker.ask("write", { cell, seed }, 60_000);

  /**
   * The likeliest token at a place, by float64's scores of a token behind all of the text before it, with nothing kept and nothing of the text's own reference. That reference holds every token; this
   * holds it, at the first places, the last and every eighth between.
   */
  const likeliest = (cell: Cell, tokens: readonly number[]): ((place: number) => number) => {
    const mechanism = mechanismOf(cell);
    const { text: _, ...around } = { ...smallModel, ...cell.model, recomputes: true };
    const shapeOf = (n: number) => ({ ...cell, phase: "tokenLoop" as const, n, model: around });
    // Weights, and turns of places, of which shorter texts have the first.
    const drawn = mechanism.inputs(shapeOf(cell.n), seed);
    return (place) => {
      const before = Uint32Array.from([...prompt, ...tokens.slice(0, place)]);
      const [scores] = mechanism.reference(shapeOf(before.length - 1), { ...drawn, tokens: before }, { batch: 0, head: 0, tokens: [0] });
      return indexOfLargest(scores?.values ?? []);
    };
  };
  const isLooked = (place: number, places: number): boolean => place < 2 || place % 8 === 0 || place === places - 1;

  /** A hundred tokens by a cache and by states; mechanisms of one family differ in their mixers alone, which shorter texts try as well, and without a cache a token takes as long as a text. */
  const lengthOf = (name: string, form: string): number => (form !== "recompute" && ["softmax", "linear", "gatedDeltaNet"].includes(name) ? length : 24);
  const pattern = ["linear", "gatedDeltaNet", "linear", "softmax"];
  const feedForward = { kind: "experts", hidden: 32, experts: 7, active: 3 } as const;
  const longPrompt = Array.from({ length: 50 }, (_, i) => (7 * i) % 100);
  const texts = [
    ...mechanisms
      .filter(({ forms }) => forms.generate)
      .flatMap(({ name, forms }) => (forms.tokenLoop ?? []).map((form) => textCell(name, form, lengthOf(name, form)))),
    textCell("softmax", "cached", length, { kvHeads: 2 }, { feedForward }),
    textCell("softmax", "cached", length, {}, { layers: 4, pattern }),
    textCell("softmax", "recompute", 24, {}, { layers: 4, pattern, feedForward }),
    // One expert is everybody's, and the first layer has none.
    textCell(
      "linear",
      "recurrent",
      length,
      {},
      { layers: 4, pattern, feedForward: { ...feedForward, shared: 40, sharedGate: true }, firstDense: { layers: 1, hidden: 72 } },
    ),
    textCell("softmax", "cached", 60, { parameters: { window: 30, sinks: 3 } }),
    textCell("softmax", "cached", 60, { parameters: { window: 30, sinks: 3 } }, { text: { ...greedy, prompt: longPrompt } }),
  ];

  it.each(texts)("$id is that of float64, token for token", async (cell) => {
    const { tokens, near, maxError, tolerance } = await write(cell);
    expect(near).toEqual([]);
    expect(tokens).toHaveLength(cell.n - (cell.model?.text?.prompt.length ?? 0));
    expect(new Set(tokens).size).toBeGreaterThan(2);
    expect(maxError).toBeGreaterThan(0);
    expect(maxError).toBeLessThan(tolerance);
    if (cell.n !== length) return;
    const expected = likeliest(cell, tokens);
    const looked = tokens.flatMap((token, place) => (isLooked(place, tokens.length) ? [{ place, token }] : []));
    expect(looked).toEqual(looked.map(({ place }) => ({ place, token: expected(place) })));
  });

  it("of many experts is held wherever a router was as near between two as rounding", async () => {
    const many = { kind: "experts", hidden: 8, experts: 256, active: 10 } as const;
    // As many places as it takes until a router is, with these heads.
    const cell = textCell("softmax", "cached", 105, { heads: 2, kvHeads: 2, headDim: 32, headDimV: 32 }, { layers: 6, feedForward: many });
    const { tokens, near } = await write(cell);
    expect(tokens).toHaveLength(105 - prompt.length);
    expect(near).toEqual([]);
    // Without a word on which it took, float64 holds less of the same text.
    const text = Uint32Array.from([...prompt, ...tokens]);
    const mechanism = mechanismOf(cell);
    const held = mechanism
      .reference(cell, { ...mechanism.inputs(cell, seed), text }, { batch: 0, head: 0, tokens: [0] })
      .filter(({ buffer }) => buffer === "text");
    expect(held.length - 1).toBeLessThan(tokens.length);
  });

  /**
   * Softmax and hybrids from below a block of keys to beyond it, a hundred tokens where a layer is small; the rest of a family differs in its mixer alone. Where nothing is kept a hundred tokens are
   * five thousand: kernelsOfModels.matrix.test.ts has them of every mechanism, and of hybrids with rules that take long to compile.
   */
  const beyond = { text: { ...greedy, prompt: longPrompt } };
  const tiny = { width: 16, feedForward: { kind: "gated", hidden: 16 } } as const;
  it.each([
    ["softmax", 24, {}],
    ["softmax", length, { ...tiny, layers: 1 }],
    ["softmax", length, { ...tiny, layers: 2, pattern: ["linear", "softmax"] }],
    ["linear", 24, {}],
    ["gatedDeltaNet", 24, {}],
    ["softmax", length, { ...beyond, layers: 4, pattern }],
  ] as const)("of %s is the same with what it keeps and without, %i places, token for token", async (name, places, more) => {
    const [first = "", second = ""] = mechanisms.find((one) => one.name === name)?.forms.tokenLoop ?? [];
    const cell = textCell(name, first, places, {}, more);
    const [kept, again] = [await write(cell), await write(textCell(name, second, places, {}, more))];
    expect(kept.tokens).toHaveLength(places - (cell.model?.text?.prompt.length ?? 0));
    expect(new Set(kept.tokens).size).toBeGreaterThan(2);
    expect(again.tokens).toEqual(kept.tokens);
  });

  const tempered = { prompt, temperature: 0.7, seed: 11 };

  it.each(["cached", "recompute"])("is drawn by the same stream as float64's, %s", async (form) => {
    const cell = textCell("softmax", form, 24, {}, { text: tempered });
    const { tokens, near } = await write(cell);
    expect(near).toEqual([]);
    const mechanism = mechanismOf(cell);
    const byItself = mechanism
      .reference(cell, mechanism.inputs(cell, seed), { batch: 0, head: 0, tokens: [0] })
      .filter(({ buffer, offset }) => buffer === "text" && offset > 0);
    expect(tokens).toEqual(byItself.map(({ values }) => values[0]));
    const other = await write(textCell("softmax", form, 24, {}, { text: { ...tempered, seed: 12 } }));
    expect(other.tokens).not.toEqual(tokens);
    expect((await write(textCell("softmax", form, 24))).tokens).not.toEqual(tokens);
  });

  it.each(["cached", "recompute"])("ends once its stop token is written, %s", async (form) => {
    const whole = (await write(textCell("softmax", form, 24))).tokens;
    // Of those that come late for the first time, and stand in no prompt.
    const at = whole.findLastIndex((token, i) => whole.indexOf(token) === i && !prompt.includes(token));
    expect(at).toBeGreaterThan(2);
    const { tokens, near, maxError } = await write(textCell("softmax", form, 24, {}, { text: { ...greedy, stop: whole[at] ?? 0 } }));
    expect(tokens).toEqual(whole.slice(0, at + 1));
    expect(near).toEqual([]);
    // The scores that its stop token was chosen by are held as well.
    expect(maxError).toBeGreaterThan(0);
    // One that stands in the prompt alone ends nothing.
    const unused = prompt.find((token) => !whole.includes(token));
    if (unused !== undefined) expect((await write(textCell("softmax", form, 24, {}, { text: { ...greedy, stop: unused } }))).tokens).toEqual(whole);
  });

  it("is refused where it cannot be", async () => {
    const refused = async (cell: Cell): Promise<string> =>
      write(cell).then(
        () => "written",
        (error: Error) => error.message,
      );
    expect(await refused(textCell("softmax", "cached", 5))).toBe("a text of 5 tokens, 5 of them given: at least one is given and one written");
    expect(await refused(textCell("softmax", "cached", 9, { batch: 2 }))).toBe("batch 2: a text is written by itself, batch 1");
    expect(await refused(textCell("softmax", "cached", 9, {}, { text: { ...greedy, stop: 100 } }))).toBe("token 100: the model has 100, from 0 to 99");
  });

  it("is refused where a kernel is wrong", async () => {
    const whole = (await write(textCell("softmax", "cached", 24))).tokens;
    // Behind it there is more to write, or not stopping would change nothing.
    const late = whole[whole.slice(0, -1).findLastIndex((token, i) => whole.indexOf(token) === i)] ?? 0;
    const failures: Record<string, string> = {};
    for (const [name, [, { stop, ...text }]] of Object.entries(broken) as [string, readonly [unknown, { stop?: string; temperature?: number }]][]) {
      const cell = textCell("softmax", "cached", 24, {}, { text: { ...greedy, ...text, ...(stop ? { stop: late } : {}) } });
      failures[name] = await write({ ...cell, mechanism: name }).then(
        () => "passed",
        (error: CellFailure) => error.code,
      );
    }
    expect(failures).toEqual(Object.fromEntries(Object.keys(broken).map((name) => [name, "wrongOutput"])));
  });

  /** Of a mechanism that takes longest to compile in kernelsOfModels.matrix.test.ts. */
  it("is written by the variants of GPUs too", async () => {
    const cell = textCell("softmax", "cached", 40, {}, { text: { ...tempered, stop: 5 } });
    expect((await write(cell, gpu)).tokens).toEqual((await write(cell)).tokens);
  });
});
