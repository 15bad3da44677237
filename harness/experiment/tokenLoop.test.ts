import { expect, test } from "vitest";
import { builtInKernels } from "../../kernels/builtIn.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import { goodTokenLoop as good } from "./goodTokenLoop.ts";
import { type ParsedExperiments, parseExperiments } from "./parse.ts";
import { formatProblem } from "./problem.ts";

const mechanisms = await loadMechanisms(builtInKernels);

const parse = (text: string): ParsedExperiments => parseExperiments({ text, file: "tokenLoop.yaml", sets: [] }, mechanisms);
const complaints = (text: string): string => parse(text).problems.map(formatProblem).join("\n");

test("a model's cells have its sizes, and each arm its way", () => {
  const { experiments, problems } = parse(good);
  expect(problems).toEqual([]);
  const [{ experiment, cells } = { experiment: undefined, cells: [] }] = experiments;
  expect(experiment?.model).toEqual({
    preset: "llama3-8b",
    scale: 0.125,
    layers: 4,
    width: 512,
    vocab: 16032,
    feedForward: { kind: "gated", hidden: 1792 },
    rotary: true,
    tied: false,
  });
  expect(cells.every(({ skip }) => skip === undefined)).toBe(true);
  expect(cells.slice(0, 4).map(({ cell }) => [cell.id, cell.form, cell.model?.recomputes, cell.model?.pattern, cell.kvHeads])).toEqual([
    ["softmax-recompute-n64-h4-d128-kv1-l4-w512", "recompute", true, undefined, 1],
    ["softmax-cached-n64-h4-d128-kv1-l4-w512", "cached", false, undefined, 1],
    ["linear-recurrent-n64-h4-d128-l4-w512", "recurrent", false, undefined, 4],
    [
      "gatedDeltaNet-recurrent-n64-h4-d128-kv1-l4-w512-3gatedDeltaNet-1softmax",
      "recurrent",
      false,
      ["gatedDeltaNet", "gatedDeltaNet", "gatedDeltaNet", "softmax"],
      1,
    ],
  ]);
});

test.each([
  ["{ preset: gpt2-small, scale: 0.5 }", "", { heads: 6, kvHeads: 6, headDim: 64, dModel: 384 }],
  ["{ preset: llama3-8b, scale: 0.125, layers: 2 }", "fixed: { heads: 2 }", { heads: 2, kvHeads: 1, headDim: 128, dModel: 256 }],
  ["{ preset: llama3-8b, scale: 0.125 }", "fixed: { dModel: 512 }", { heads: 4, kvHeads: 1, headDim: 128, dModel: 512 }],
  ["{ preset: llama3-8b, scale: 0.125 }", "fixed: { dModel: 512, headDim: 64 }", { heads: 8, kvHeads: 1, headDim: 64, dModel: 512 }],
  ["{ layers: 2, width: 256, vocab: 100, feedForward: 704 }", "", { heads: 4, kvHeads: 4, headDim: 64, dModel: 256 }],
  ["{ layers: 2, width: 256, vocab: 100, feedForward: 704 }", "fixed: { headDim: 32 }", { heads: 8, headDim: 32, dModel: 256 }],
  ["{ layers: 2, width: 256, vocab: 100, feedForward: 704 }", "fixed: { heads: 2, headDim: 64 }", { heads: 2, headDim: 64, dModel: 128 }],
])("%s %s", (model, fixed, sizes) => {
  const text = `name: sizes\nphase: tokenLoop\nmodel: ${model}\nmechanisms: [softmax]\naxes: { n: [64] }\n${fixed}\n`;
  expect(complaints(text)).toBe("");
  expect(parse(text).experiments[0]?.cells[0]?.cell).toMatchObject(sizes);
});

test.each([
  ["{ layers: 2, width: 64, vocab: 100, feedForward: 96, experts: { count: 8, active: 2 } }", { kind: "experts", hidden: 96, experts: 8, active: 2 }],
  ["{ layers: 2, width: 64, vocab: 100, feedForward: 96, activation: gelu }", { kind: "gelu", hidden: 96 }],
  [
    "{ layers: 2, width: 64, vocab: 100, feedForward: 96, experts: { count: 8, active: 2, shared: 32, sharedGate: true } }",
    { kind: "experts", hidden: 96, experts: 8, active: 2, shared: 32, sharedGate: true },
  ],
  [
    "{ layers: 2, width: 64, vocab: 100, feedForward: 96, experts: { count: 8, active: 2, router: sigmoid, routedScale: 2.5 } }",
    { kind: "experts", hidden: 96, experts: 8, active: 2, router: "sigmoid", routedScale: 2.5 },
  ],
  ["{ preset: kimi-linear, scale: 0.0625 }", { kind: "experts", hidden: 64, experts: 32, active: 8, shared: 64, router: "sigmoid", routedScale: 2.446 }],
  [
    "{ preset: kimi-linear, scale: 0.0625, experts: { count: 64, active: 8, router: softmax, routedScale: 1 } }",
    { kind: "experts", hidden: 64, experts: 64, active: 8, shared: 64 },
  ],
  ["{ preset: qwen3-next, scale: 0.0625 }", { kind: "experts", hidden: 32, experts: 40, active: 10, shared: 32, sharedGate: true }],
  [
    "{ preset: qwen3-next, scale: 0.0625, experts: { count: 64, active: 10 } }",
    { kind: "experts", hidden: 32, experts: 64, active: 10, shared: 32, sharedGate: true },
  ],
  [
    "{ preset: qwen3-next, scale: 0.0625, experts: { count: 64, active: 10, sharedGate: false } }",
    { kind: "experts", hidden: 32, experts: 64, active: 10, shared: 32 },
  ],
  ["{ preset: qwen3-next, scale: 0.0625, experts: { count: 64, active: 10, shared: 0 } }", { kind: "experts", hidden: 32, experts: 64, active: 10 }],
  ["{ preset: qwen3-next, scale: 0.0625, activation: gated }", { kind: "gated", hidden: 32 }],
  ["{ preset: gpt2-small, scale: 0.125, feedForward: 64 }", { kind: "gelu", hidden: 64 }],
])("%s feeds forward", (model, feedForward) => {
  const text = `name: fed\nphase: tokenLoop\nmodel: ${model}\nmechanisms: [softmax]\nfixed: { headDim: 32 }\naxes: { n: [64] }\n`;
  expect(complaints(text)).toBe("");
  expect(parse(text).experiments[0]?.experiment.model?.feedForward).toEqual(feedForward);
});

test.each([
  ["{ preset: kimi-linear, scale: 0.0625 }", { layers: 1, hidden: 576 }],
  ["{ preset: kimi-linear, scale: 0.0625, firstDense: { layers: 2, feedForward: 64 } }", { layers: 2, hidden: 64 }],
  ["{ preset: kimi-linear, scale: 0.0625, firstDense: { layers: 0, feedForward: 64 } }", undefined],
  ["{ preset: kimi-linear, scale: 0.0625, activation: gated }", undefined],
  ["{ preset: kimi-linear, scale: 0.0625, layers: 1 }", undefined],
])("%s begins with layers without experts", (model, firstDense) => {
  const text = `name: dense\nphase: tokenLoop\nmodel: ${model}\nmechanisms: [softmax]\nfixed: { headDim: 32 }\naxes: { n: [64] }\n`;
  expect(complaints(text)).toBe("");
  expect(parse(text).experiments[0]?.experiment.model?.firstDense).toEqual(firstDense);
  expect(parse(text).experiments[0]?.cells[0]?.cell.model?.firstDense).toEqual(firstDense);
});

test("a file of decode and tokenLoop has mixers of one shape in both", () => {
  const text = good.replace("phase: tokenLoop", "phase: [decode, tokenLoop]").replace(/ {2}- \{ use.*\n/g, "");
  const { experiments, problems } = parse(text);
  expect(problems).toEqual([]);
  expect(experiments.map(({ experiment, cells }) => [experiment.name, experiment.model?.layers, cells[0]?.cell.heads, cells[0]?.cell.headDim])).toEqual([
    ["tokenLoop-decode", undefined, 4, 128],
    ["tokenLoop-tokenLoop", 4, 4, 128],
  ]);
});

test("what is wrong with a model", () => {
  const broken = [
    good.replace("llama3-8b", "llama3-8B-it"),
    good.replace("preset:", "prest:"),
    good.replace("scale: 0.125", "scale: 2"),
    good.replace(/model: .*\n/, ""),
    good.replace("phase: tokenLoop", "phase: decode").replace(/ {2}- \{ use.*\n/g, ""),
    good.replace(/model: .*\n/, "model: { layers: 2, width: 66, vocab: 100, feedforward: 96 }\n"),
    good.replace(/model: .*\n/, "model: { layers: 4, width: 64, vocab: 100, feedForward: 96, experts: { count: 4, active: 8 } }\n"),
    good.replace(/model: .*\n/, "model: { preset: llama3-8b, scale: 0.125, firstDense: { layers: 1, feedForward: 96 } }\n"),
    good.replace(/model: .*\n/, "model: { preset: kimi-linear, scale: 0.0625, layers: 2, firstDense: { layers: 2, feedForward: 96 } }\n"),
    good.replace(/model: .*\n/, "model: { layers: 4, width: 64, vocab: 100, feedForward: 96, experts: { count: 4, active: 2, sharedGate: true } }\n"),
    good.replace("gatedDeltaNet: 3,", "gatedDeltanet: 3,"),
    good.replace("{ gatedDeltaNet: 3, softmax: 1 }", "{ linear: 3, softmax: 1 }"),
    good.replace("scale: 0.125", "scale: 0.125, layers: 3"),
    good.replace("axes:", "fixed: { heads: 4, headDim: 64, dModel: 512 }\naxes:"),
    good.replace("use: softmax, form: recompute", "use: softmax, form: recompte"),
  ];
  expect(broken.map((text) => complaints(text)).join("\n\n")).toMatchInlineSnapshot(`
    "tokenLoop.yaml:3:18: model.preset: unknown
      3 | model: { preset: llama3-8B-it, scale: 0.125 }
        |                  ^
      given:    "llama3-8B-it"
      accepted: gpt2-small, qwen2.5-0.5b, llama3-8b, qwen3-next, kimi-linear, minimax-01
      did you mean llama3-8b?

    tokenLoop.yaml:3:10: model.prest: unknown key
      3 | model: { prest: llama3-8b, scale: 0.125 }
        |          ^
      given:    prest
      accepted: preset, scale, layers, width, vocab, feedForward, activation, experts, firstDense, outputGate, rotary, tied
      did you mean preset?

    tokenLoop.yaml:3:36: model.scale: too large
      3 | model: { preset: llama3-8b, scale: 2 }
        |                                    ^
      given:    2
      accepted: a number from 0.001 to 1

    tokenLoop.yaml:1:1: model: missing: phase tokenLoop is a token's way through a model
      1 | name: tokenLoop
        | ^
      accepted: model: { preset: llama3-8b, scale: 0.125 }

    tokenLoop.yaml:3:1: model: a model without a phase that has one
      3 | model: { preset: llama3-8b, scale: 0.125 }
        | ^
      given:    phase decode
      accepted: model beside phase tokenLoop or offload

    tokenLoop.yaml:3:28: model.width: not accepted here
      3 | model: { layers: 2, width: 66, vocab: 100, feedforward: 96 }
        |                            ^
      given:    66
      accepted: a multiple of 4 from 4 to 131072
    tokenLoop.yaml:3:44: model.feedforward: unknown key
      3 | model: { layers: 2, width: 66, vocab: 100, feedforward: 96 }
        |                                            ^
      given:    feedforward
      accepted: layers, width, vocab, feedForward, activation, experts, firstDense, outputGate, rotary, tied
      did you mean feedForward?

    tokenLoop.yaml:3:90: model.experts.active: more than there are
      3 |  vocab: 100, feedForward: 96, experts: { count: 4, active: 8 } }
        |                                                            ^
      given:    8
      accepted: at most count, 4

    tokenLoop.yaml:3:43: model.firstDense: without experts, in whose place these layers have one network
      3 | model: { preset: llama3-8b, scale: 0.125, firstDense: { layers: 1, feedForward: 96 } }
        |                                           ^
      accepted: experts: { count: …, active: … } beside it, or no firstDense

    tokenLoop.yaml:3:79: model.firstDense.layers: leaves no layer with experts
      3 | mi-linear, scale: 0.0625, layers: 2, firstDense: { layers: 2, feedForward: 96 } }
        |                                                            ^
      given:    2
      accepted: at most 1, as the model has 2
    tokenLoop.yaml:8:36: mechanisms[3].pattern: has more layers than the model
      8 |   - { use: gatedDeltaNet, pattern: { gatedDeltaNet: 3, softmax: 1 }, label: hybrid }
        |                                    ^
      given:    4 layers in turn
      accepted: up to 2, or model.layers: 4

    tokenLoop.yaml:3:105: model.experts.sharedGate: weighs an expert that this model has not
      3 | edForward: 96, experts: { count: 4, active: 2, sharedGate: true } }
        |                                                            ^
      given:    true
      accepted: shared: its hidden channels beside it, or no sharedGate

    tokenLoop.yaml:8:38: mechanisms[3].pattern.gatedDeltanet: no mechanism that a model is built of
      8 |   - { use: gatedDeltaNet, pattern: { gatedDeltanet: 3, softmax: 1 }, label: hybrid }
        |                                      ^
      given:    gatedDeltanet
      accepted: softmax, linear, retention, gated, gla, deltaNet, gatedDeltaNet, kda
      did you mean gatedDeltaNet?

    tokenLoop.yaml:8:36: mechanisms[3].pattern: has no layer of gatedDeltaNet, which this entry uses
      8 |   - { use: gatedDeltaNet, pattern: { linear: 3, softmax: 1 }, label: hybrid }
        |                                    ^
      given:    linear, softmax
      accepted: gatedDeltaNet among them

    tokenLoop.yaml:8:36: mechanisms[3].pattern: has more layers than the model
      8 |   - { use: gatedDeltaNet, pattern: { gatedDeltaNet: 3, softmax: 1 }, label: hybrid }
        |                                    ^
      given:    4 layers in turn
      accepted: up to 3, or model.layers: 4

    tokenLoop.yaml:3:8: model: sizes disagree: heads 4 × headDim 64 is 256, not dModel 512
      3 | model: { preset: llama3-8b, scale: 0.125 }
        |        ^
      accepted: sizes under model, fixed and axes that go together

    tokenLoop.yaml:5:27: mechanisms[0].form: unknown
      5 |   - { use: softmax, form: recompte, label: no cache }
        |                           ^
      given:    "recompte"
      accepted: tiled or naive (prefill), split (decode, generate), cached or recompute (tokenLoop), host or disk or recompute (offload)
      did you mean recompute?"
  `);
});

test("points to sizes that do not go together, wherever they are given", () => {
  const brief = (entry: string, more: string): readonly string[] =>
    parseExperiments(
      {
        text: `name: a\nphase: tokenLoop\nmodel: { preset: llama3-8b, scale: 0.125 }\nmechanisms: [${entry}]\naxes: { n: [64] }\n${more}\n`,
        file: "a.yaml",
        sets: [],
      },
      mechanisms,
    ).problems.map(({ line, col, path, message, given, accepted }) => `${line}:${col} ${path}: ${message}; ${given}; ${accepted}`);
  const said = "sizes disagree: 4 heads do not divide into 3 kvHeads; 3; 1, 2, 4";
  expect(brief("softmax", "fixed: { kvHeads: 3 }")).toEqual([`6:19 fixed.kvHeads: ${said}`]);
  expect(brief("{ use: softmax, kvHeads: 3 }", "")).toEqual([`4:39 mechanisms[0].kvHeads: ${said}`]);
  expect(brief("{ use: linear, pattern: { linear: 0, softmax: 1 } }", "")).toEqual([
    "4:48 mechanisms[0].pattern.linear: too small; 0; a whole number from 1 to 1000, or { layers: 1, window: 1024 } with parameters of this mechanism",
  ]);
  // A size that no mechanism takes is one mistake where it stands, whatever words each of them refuses it in.
  const small = "12; sizes under model, fixed and axes that go together";
  expect(brief("softmax, linear", "fixed: { headDim: 12 }")).toEqual([`6:19 fixed.headDim: softmax takes multiples of 4 from 16 to 256; ${small}`]);
  expect(brief("{ use: linear, headDim: 12 }", "")).toEqual([`4:38 mechanisms[0].headDim: the linear family takes multiples of 4 from 16 to 256; ${small}`]);
  expect(brief("softmax", "fixed: { heads: 4, headDim: 64, dModel: 512 }")[0]).toMatch(/^3:8 model: sizes disagree: heads 4 × headDim 64 /);
});
