import { describe, expect, it } from "vitest";
import { builtInKernels } from "../../../kernels/builtIn.ts";
import { loadMechanisms } from "../../../kernels/registry.ts";
import type { Cell } from "../../experiment/experiment.ts";
import { parseExperiment } from "../../experiment/parse.ts";
import { runtimes } from "../../experiment/runtimes.ts";
import { chainModel, tail, tensorBytes } from "./chain.ts";
import { chainsOf } from "./chains.ts";
import { swapMiddle } from "./layout.ts";
import { modelBytes } from "./onnx.ts";

const mechanisms = await loadMechanisms(builtInKernels);

const chainsFor = (name: string, phase: string, more = "") => {
  const text = `name: a\nphase: ${phase}\nmechanisms: [{ use: ${name}, runtime: ort }]\naxes: { n: [5] }\nfixed: { heads: 4, headDim: 8, batch: 2 ${more} }`;
  const cell = parseExperiment({ text, file: "a.yaml", sets: [] }, mechanisms).cells?.[0]?.cell as Cell;
  const mechanism = mechanisms.find((one) => one.name === name);
  if (!mechanism) throw new Error(`no ${name}`);
  return { cell, chains: chainsOf(cell, mechanism.inputs(cell, 1)) };
};

describe("a chain", () => {
  for (const name of runtimes.ort.mechanisms) {
    for (const phase of runtimes.ort.phases) {
      it(`of ${name} in ${phase} reads only what is there, and each link after the first what the one before it wrote`, () => {
        for (const chain of chainsFor(name, phase).chains) {
          const { nodes, tensors, outputs } = chainModel(chain, 3);
          const known = new Set(["", ...tensors.map((tensor) => tensor.name)]);
          for (const [i, node] of nodes.entries()) {
            expect(node.inputs.filter((input) => !known.has(input))).toEqual([]);
            if (i > 0) expect(node.inputs.some((input) => nodes[i - 1]?.outputs.includes(input))).toBe(true);
            for (const output of node.outputs) known.add(output);
          }
          expect(outputs.filter((output) => !known.has(output.name))).toEqual([]);
          expect(outputs.at(-1)?.name).toBe(tail);
          for (const { dims, data } of tensors) expect(dims.reduce((product, size) => product * size, 1)).toBe(data.length);
          expect(modelBytes({ nodes, tensors, outputs }).length).toBeGreaterThan(tensorBytes(chain));
        }
      });
    }
  }

  it("of softmax may go by either operator, grouped keys by one", () => {
    const operators = (more?: string) => chainsFor("softmax", "decode", more).chains.map(({ operator }) => operator);
    expect(operators()).toEqual(["GroupQueryAttention", "MultiHeadAttention"]);
    expect(operators(", kvHeads: 2")).toEqual(["GroupQueryAttention"]);
  });

  it("is refused for what ONNX Runtime lacks", () => {
    const { cell } = chainsFor("softmax", "decode");
    expect(() => chainsOf({ ...cell, mechanism: "gla" }, {})).toThrow("ONNX Runtime has no gla");
  });
});

describe("a cache", () => {
  it("of rows per token becomes one of blocks per head, and comes back", () => {
    const ours = Float32Array.from({ length: 2 * 3 * 4 * 5 }, (_, i) => i);
    const theirs = swapMiddle(ours, [2, 3, 4, 5]);
    // batch 1, token 2, head 3, channel 4
    expect(theirs[((1 * 4 + 3) * 3 + 2) * 5 + 4]).toBe(ours[((1 * 3 + 2) * 4 + 3) * 5 + 4]);
    expect(swapMiddle(theirs, [2, 4, 3, 5])).toEqual(ours);
  });
});
