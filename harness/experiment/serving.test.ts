import { expect, it } from "vitest";
import { builtInKernels } from "../../kernels/builtIn.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import { parseExperiments } from "./parse.ts";

const mechanisms = await loadMechanisms(builtInKernels);
const parse = (serving: string, phase = "decode", batch = "[1, 2, 4]") =>
  parseExperiments(
    { text: `name: served\nphase: ${phase}\nmechanisms: [softmax]\naxes: { n: [64], batch: ${batch} }\nserving: ${serving}\n`, file: "a.yaml", sets: [] },
    mechanisms,
  );
const asked = (...given: Parameters<typeof parse>) => parse(...given).experiments.map(({ experiment }) => [experiment.phase, experiment.serving]);
const brief = (...given: Parameters<typeof parse>) =>
  parse(...given).problems.map(({ line, col, path, message, given: value, accepted }) => `${line}:${col} ${path}: ${message}, ${value}; ${accepted}`);

it("is asked of phases of single tokens, with n ascending", () => {
  expect(asked("{ memory: 8GiB, n: [65536, 4096] }")).toEqual([["decode", { memoryBytes: 8 * 2 ** 30, n: [4096, 65536] }]]);
  expect(asked("{ memory: 1.5MB, n: [64] }", "[prefill, decode]", "{ from: 1, to: 8 }")).toEqual([
    ["prefill", undefined],
    ["decode", { memoryBytes: 1_500_000, n: [64] }],
  ]);
});

it("is refused where nothing could tell it, with what would", () => {
  for (const batch of ["[1, 2, 4]", "[1]"])
    expect(brief("{ memory: 8GiB, n: [64] }", "prefill", batch)).toEqual([
      "5:1 serving: without a phase of single tokens, phase prefill; serving beside phase decode or tokenLoop",
    ]);
  expect(brief("{ memory: 8GiB, n: [64] }", "decode", "[1, 2]")).toEqual([
    "5:1 serving: needs 3 values of batch to tell how time grows with it, batch 1, 2; an axis such as batch: [1, 2, 4, 8]",
  ]);
  expect(brief("{ memory: 8GiB, n: [64, 128, 64] }")).toEqual(["5:39 serving.n[2]: stands twice, 64; each n once"]);
});

it("says what is wrong with its parts", () => {
  expect(brief("{ memory: 8 gigabytes, n: [64] }")).toEqual(['5:20 serving.memory: not an amount of memory, "8 gigabytes"; an amount such as 8GiB or 512MiB']);
  expect(brief("{ memory: 50%, n: [64] }")).toEqual(['5:20 serving.memory: not an amount of memory, "50%"; an amount such as 8GiB or 512MiB']);
  expect(brief("{ memory: 8GiB, n: [] }")).toEqual(["5:29 serving.n: empty, []; 1 to 20 different whole numbers"]);
  expect(brief("{ memory: 8GiB, n: [0] }")[0]).toMatch(/^5:\d+ serving.n\[0\]: too small, 0; a whole number from 1 to /);
  expect(brief("{ memory: 8GiB }")[0]).toMatch(/^5:\d+ serving/);
  expect(brief("{ memory: 8GiB, n: [64], batches: 3 }")[0]).toMatch(/serving.batches: unknown key, batches; /);
  expect(brief("8GiB")[0]).toMatch(/^5:10 serving: not accepted here, "8GiB"; \{ memory: 8GiB, n: \[4096, 65536\] \}$/);
});
