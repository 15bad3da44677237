import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { builtInKernels } from "../../../kernels/builtIn.ts";
import type { Tensors } from "../../../kernels/mechanism.ts";
import { loadMechanisms } from "../../../kernels/registry.ts";
import { testDevice } from "../../../kernels/testDevice.ts";
import { CellFailure } from "../../device/failure.ts";
import type { Cell } from "../../experiment/experiment.ts";
import { parseExperiment } from "../../experiment/parse.ts";
import { chainsOf } from "./chains.ts";
import { chooseChain, tilesOf } from "./chooseChain.ts";
import type { OnnxRuntime } from "./onnxRuntime.ts";

const mechanisms = await loadMechanisms(builtInKernels);
const text = "name: a\nphase: decode\nmechanisms: [{ use: softmax, runtime: ort }]\naxes: { n: [5] }\nfixed: { heads: 1, headDim: 16 }";
const cell = parseExperiment({ text, file: "a.yaml", sets: [] }, mechanisms).cells?.[0]?.cell as Cell;
const softmax = mechanisms.find(({ name }) => name === "softmax");
if (!softmax) throw new Error("softmax is not defined");
const tensors = softmax.inputs(cell, 1);

/** What a right link gives, in our layout, which of one head is theirs too. */
const truth = (): Tensors => {
  const values: Record<string, Float32Array> = {};
  for (const { buffer, offset, values: row } of softmax.reference(cell, tensors, { batch: 0, head: 0, tokens: [0] })) {
    values[buffer] ??= new Float32Array(buffer === "o" ? 16 : 6 * 16);
    values[buffer].set(row, offset);
  }
  return values;
};

/** An ONNX Runtime whose operators take as long as is planted, by a clock that nothing else moves, and are right or not. */
let opened: string[] = [];
let live = 0;
let clockMs = 0;
const planted = (linkMs: Record<string, number>, wrong: readonly string[] = []): OnnxRuntime => ({
  version: "planted",
  open: async ({ nodes }) => {
    const operator = nodes[0]?.operator ?? "";
    const links = nodes.length - 1;
    opened.push(`${operator} ${links}`);
    live++;
    const chain = chainsOf(cell, tensors).find((one) => one.operator === operator);
    const values = truth();
    return {
      run: async (names) => {
        clockMs += links * (linkMs[operator] ?? 0);
        const outputs = chain?.outputs(links).map(({ name, buffer }) => [name, wrong.includes(operator) ? new Float32Array(6 * 16) : values[buffer]]) ?? [];
        const all = { ...Object.fromEntries(outputs), tail: new Float32Array(4) };
        return Object.fromEntries(names.map((name) => [name, all[name]]));
      },
      release: async () => {
        live--;
      },
    };
  },
});
const choose = (ort: OnnxRuntime, chosen?: ReturnType<typeof tilesOf>) =>
  chooseChain(softmax, cell, tensors, { ort, capabilities: testDevice(8, true), memoryBudgetBytes: 2 ** 28, makeRoom: async () => {}, chosen });

const [slow, fast] = ["GroupQueryAttention", "MultiHeadAttention"];
const costs = { [slow]: 12, [fast]: 5 };

beforeEach(() => {
  opened = [];
  live = 0;
  vi.spyOn(performance, "now").mockImplementation(() => clockMs);
});
afterEach(() => vi.restoreAllMocks());

describe("of the chains of a cell", () => {
  it("the fastest that is right is taken at its full length, and what looking took is told", async () => {
    const choice = await choose(planted(costs));
    expect(choice.chain.operator).toBe(fast);
    expect(opened).toEqual([`${slow} 4`, `${fast} 4`, `${fast} ${choice.links}`]);
    expect(live).toBe(1);
    // Three runs of four links each.
    expect(choice.choosingMs).toBe(3 * 4 * (12 + 5));
  });

  it("that one is kept which another worker has chosen, without a look, though another be faster here", async () => {
    const { chain, links, choosingMs } = await choose(planted({ [slow]: 1, [fast]: 5 }), { operator: fast, chained: 20 });
    expect({ operator: chain.operator, links, choosingMs }).toEqual({ operator: fast, links: 20, choosingMs: 0 });
    expect(opened).toEqual([`${fast} 20`]);
    expect(live).toBe(1);
    const first = await choose(planted(costs));
    expect(tilesOf(await choose(planted(costs), tilesOf(first)))).toEqual(tilesOf(first));
  });

  it("one that is wrong is passed over, or is the failure where no other is right or it had been chosen", async () => {
    expect((await choose(planted(costs, [fast]))).chain.operator).toBe(slow);
    for (const refused of [() => choose(planted(costs, [slow, fast])), () => choose(planted(costs, [fast]), { operator: fast, chained: 4 })]) {
      const failure = await refused().catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(CellFailure);
      expect(failure).toMatchObject({ code: "wrongOutput" });
    }
    expect(live).toBe(1);
  });
});
