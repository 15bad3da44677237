import { expect, test } from "vitest";
import { builtInKernels } from "../../kernels/builtIn.ts";
import { presets } from "../../kernels/model/presets.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import { goodTokenLoop as good } from "./goodTokenLoop.ts";
import { type ParsedExperiments, parseExperiments } from "./parse.ts";
import { formatProblem } from "./problem.ts";

const mechanisms = await loadMechanisms(builtInKernels);

const parse = (text: string): ParsedExperiments => parseExperiments({ text, file: "tokenLoop.yaml", sets: [] }, mechanisms);
const complaints = (text: string): string => parse(text).problems.map(formatProblem).join("\n");

test("the order of a pattern's layers is part of what is measured", () => {
  const hash = (pattern: string) => parse(good.replace("{ gatedDeltaNet: 3, softmax: 1 }", pattern)).experiments[0]?.experiment.hash;
  expect(hash("{ softmax: 1, gatedDeltaNet: 3 }")).not.toBe(hash("{ gatedDeltaNet: 3, softmax: 1 }"));
});

const hybrid = (preset: string, entry: string): string => `name: hybrid
phase: tokenLoop
model: { preset: ${preset}, scale: 0.0625 }
mechanisms:
  - ${entry}
axes: { n: [64] }
`;

test.each([
  ["qwen3-next" as const, "gatedDeltaNet", ["gatedDeltaNet", "gatedDeltaNet", "gatedDeltaNet", "softmax"], {}],
  ["kimi-linear" as const, "kda", ["kda", "kda", "kda", "softmax"], {}],
  ["minimax-01" as const, "retention", [...Array.from({ length: 7 }, () => "retention"), "softmax"], { slopes: "lightning" }],
])("pattern: preset gives an arm the layers of %s", (preset, use, pattern, parameters) => {
  const text = hybrid(preset, `{ use: ${use}, pattern: preset }`);
  expect(complaints(text)).toBe("");
  const cell = parse(text).experiments[0]?.cells[0]?.cell;
  expect(cell?.model?.pattern).toEqual(pattern);
  expect(cell?.parameters).toMatchObject(parameters);
  const spelledOut = hybrid(
    preset,
    `{ use: ${use}, pattern: { ${use}: ${pattern.length - 1}, softmax: 1 }${use === "retention" ? ", slopes: lightning" : ""} }`,
  );
  // Layers of qwen3-next have heads of their own.
  const isAlike = parse(spelledOut).experiments[0]?.experiment.hash === parse(text).experiments[0]?.experiment.hash;
  expect(isAlike).toBe(!("mixers" in presets[preset]));
});

test("layers of a pattern have the parameters that stand beside their number, and defaults", () => {
  const layers = (of: string): string => good.replace("{ gatedDeltaNet: 3, softmax: 1 }", of);
  const text = layers("{ gatedDeltaNet: 3, softmax: { layers: 1, window: 16, sinks: 2 } }");
  expect(complaints(text)).toBe("");
  const model = parse(text).experiments[0]?.cells.find(({ cell }) => cell.label === "hybrid")?.cell.model;
  expect(model?.pattern).toEqual(["gatedDeltaNet", "gatedDeltaNet", "gatedDeltaNet", "softmax"]);
  expect(model?.mixers).toEqual({ softmax: { parameters: { window: 16, sinks: 2 } } });
  const hash = (one: string) => parse(one).experiments[0]?.experiment.hash;
  expect(hash(layers("{ gatedDeltaNet: 3, softmax: { layers: 1 } }"))).toBe(hash(good));
  expect(hash(text)).not.toBe(hash(good));
  expect(
    [
      "{ gatedDeltaNet: 3, softmax: { layers: 1, windw: 16 } }",
      "{ gatedDeltaNet: 3, softmax: { layers: 1, chunk: 16 } }",
      "{ gatedDeltaNet: 3, softmax: { window: 16 } }",
      "{ gatedDeltaNet: { layers: 3, chunk: 32 }, softmax: 1 }",
      "{ gatedDeltaNet: 3, gla: { layers: 1, chunk: 17 } }",
      "{ gatedDeltaNet: 3, softmax: [1] }",
    ]
      .flatMap((of) => parse(layers(of)).problems.map(({ path, message, given, accepted }) => `${path}: ${message}, ${given}; ${accepted}`))
      .join("\n"),
  ).toMatchInlineSnapshot(`
    "mechanisms[3].pattern.softmax.windw: unknown key, windw; layers, window, sinks, featureMap, normalized, chunk, initialState, slopes
    mechanisms[3].pattern.softmax.chunk: softmax has no such parameter, chunk; window, sinks
    mechanisms[3].pattern.softmax.layers: missing, undefined; a whole number from 1 to 1000
    mechanisms[3].pattern.gatedDeltaNet.chunk: stands beside use: gatedDeltaNet, whose layers these are, chunk; chunk beside use: gatedDeltaNet
    mechanisms[3].pattern.gla.chunk: not accepted here, 17; a multiple of 16 from 16 to 256
    mechanisms[3].pattern.softmax: not accepted here, [1]; a whole number from 1 to 1000, or { layers: 1, window: 1024 } with parameters of this mechanism"
  `);
});

test("the layers of qwen3-next have their authors' heads, unless the file says what heads there are", () => {
  const mixersOf = (text: string) => parse(text).experiments[0]?.cells.map(({ cell }) => cell.model?.mixers);
  const own = hybrid("qwen3-next", "{ use: gatedDeltaNet, pattern: preset }");
  const published = { gatedDeltaNet: { heads: 32, kvHeads: 32, keyHeads: 16, headDim: 128 }, softmax: { heads: 16, kvHeads: 2, headDim: 256 } };
  expect(mixersOf(own.replace("scale: 0.0625", "scale: 1"))).toEqual([published]);
  expect(mixersOf(own)).toEqual([{ gatedDeltaNet: { heads: 2, kvHeads: 2, keyHeads: 1, headDim: 128 }, softmax: { heads: 1, kvHeads: 1, headDim: 256 } }]);
  for (const text of [
    `${own}fixed: { headDim: 64 }\n`,
    own.replace("{ n: [64] }", "{ n: [64], heads: [2, 4] }"),
    hybrid("qwen3-next", "{ use: gatedDeltaNet, pattern: preset, kvHeads: 1 }"),
    hybrid("qwen3-next", "softmax"),
    hybrid("kimi-linear", "{ use: kda, pattern: preset }"),
  ]) {
    expect(complaints(text)).toBe("");
    expect(mixersOf(text)?.every((mixers) => mixers === undefined)).toBe(true);
  }
});

test("the last layer of kimi-linear is one of softmax, as its authors' is: 7 of 27", () => {
  const layersAt = (model: string): readonly string[] | undefined =>
    parse(hybrid("kimi-linear", "{ use: kda, pattern: preset }").replace("scale: 0.0625", model)).experiments[0]?.cells[0]?.cell.model?.pattern;
  const all = layersAt("scale: 1") ?? [];
  // config.json counts layers from 1: full_attn_layers 4, 8, 12, 16, 20, 24, 27.
  expect(all).toHaveLength(27);
  expect(all.flatMap((name, i) => (name === "softmax" ? [i + 1] : []))).toEqual([4, 8, 12, 16, 20, 24, 27]);
  expect(layersAt("scale: 0.0625, layers: 6")).toEqual(["kda", "kda", "kda", "softmax", "kda", "softmax"]);
  expect(layersAt("scale: 0.0625, layers: 8")).toEqual(["kda", "kda", "kda", "softmax"]);
});

test("what an arm says of itself stands before what its preset says", () => {
  const text = hybrid("minimax-01", "{ use: retention, pattern: preset, slopes: retnet }");
  expect(parse(text).experiments[0]?.cells[0]?.cell.parameters.slopes).toBe("retnet");
});

test("what is wrong with the layers of a preset", () => {
  const broken = [
    hybrid("llama3-8b", "{ use: linear, pattern: preset }"),
    hybrid("qwen3-next", "{ use: linear, pattern: preset }"),
    hybrid("qwen3-next", "{ use: gatedDeltaNet, pattern: presets }"),
    hybrid("minimax-01", "{ use: softmax, pattern: preset }"),
    hybrid("qwen3-next", "{ use: gatedDeltaNet, pattern: preset }").replace(/model: .*/, "model: { layers: 4, width: 64, vocab: 100, feedForward: 96 }"),
    hybrid("qwen3-next", "{ use: gatedDeltaNet, pattern: preset }").replace("phase: tokenLoop", "phase: [decode, tokenLoop]"),
  ];
  expect(broken.map((text) => complaints(text)).join("\n\n")).toMatchInlineSnapshot(`
    "tokenLoop.yaml:5:29: mechanisms[0].pattern: all layers of llama3-8b are softmax
      5 |   - { use: linear, pattern: preset }
        |                             ^
      given:    preset
      accepted: model.preset qwen3-next, kimi-linear, minimax-01

    tokenLoop.yaml:5:29: mechanisms[0].pattern: has no layer of linear, which this entry uses
      5 |   - { use: linear, pattern: preset }
        |                             ^
      given:    gatedDeltaNet, softmax
      accepted: linear among them

    tokenLoop.yaml:5:36: mechanisms[0].pattern: not accepted here
      5 |   - { use: gatedDeltaNet, pattern: presets }
        |                                    ^
      given:    "presets"
      accepted: mechanisms and how many layers each has, in turn, e.g. { gatedDeltaNet: 3, softmax: 1 }, or preset

    tokenLoop.yaml:5:12: mechanisms[0].use: has no slopes, which other layers of minimax-01 are given
      5 |   - { use: softmax, pattern: preset }
        |            ^
      given:    softmax
      accepted: use: retention beside pattern: preset

    tokenLoop.yaml:5:36: mechanisms[0].pattern: the model is none of a preset's
      5 |   - { use: gatedDeltaNet, pattern: preset }
        |                                    ^
      given:    preset
      accepted: model: { preset: … } of qwen3-next, kimi-linear, minimax-01

    tokenLoop.yaml:5:27: mechanisms[0].pattern: layers of a model, in a phase that has none
      5 |   - { use: gatedDeltaNet, pattern: preset }
        |                           ^
      accepted: pattern beside a model, in phases tokenLoop and offload; in others { compose: { … } }"
  `);
});

test("of a word of 40,000 letters as much is said as tells it from others", () => {
  const word = "m".repeat(40_000);
  const text = complaints(good.replace("{ gatedDeltaNet: 3, softmax: 1 }", `{ gatedDeltaNet: 3, ${word}: 1 }`));
  expect(text).toContain("no mechanism that a model is built of");
  expect(text).toContain("accepted: softmax,");
  expect(text.length).toBeLessThan(1000);
});
