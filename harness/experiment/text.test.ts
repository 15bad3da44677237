import { expect, test } from "vitest";
import { builtInKernels } from "../../kernels/builtIn.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import { type ParsedExperiments, parseExperiments } from "./parse.ts";
import { formatProblem } from "./problem.ts";
import { textCells } from "./text.ts";

const mechanisms = await loadMechanisms(builtInKernels);

const good = `name: text
phase: tokenLoop
model: { layers: 2, width: 64, vocab: 100277, feedForward: 96 }
text: { prompt: hello, tokens: 20, stop: 100257, temperature: 0.8 }
mechanisms:
  - { use: softmax, form: recompute, label: no cache }
  - softmax
  - linear
axes: { n: [64, 32], batch: [1, 2], chunk: [32, 64] }
fixed: { headDim: 32 }
measure: { seed: 5 }
`;

const parse = (text: string): ParsedExperiments => parseExperiments({ text, file: "text.yaml", sets: [] }, mechanisms);
const complaints = (text: string): string => parse(text).problems.map(formatProblem).join("\n");

test("every arm writes one text for each set of sizes but n and batch", () => {
  expect(complaints(good)).toBe("");
  const [{ experiment, cells } = { experiment: undefined, cells: [] }] = parse(good).experiments;
  if (!experiment) throw new Error("planned");
  expect(experiment.text).toEqual({ prompt: "hello", tokens: 20, stop: 100257, temperature: 0.8, tokenizer: "cl100k_base" });
  const texts = textCells(experiment, cells, [15339]);
  expect(texts.map(({ like }) => like)).toEqual([
    "softmax-recompute-n32-h2-d32-l2-w64",
    "softmax-cached-n32-h2-d32-l2-w64",
    "linear-recurrent-n32-h2-d32-chunk32-l2-w64",
    "linear-recurrent-n32-h2-d32-l2-w64",
  ]);
  expect(texts[0]?.cell).toMatchObject({
    phase: "generate",
    n: 21,
    batch: 1,
    model: { recomputes: true, text: { prompt: [15339], temperature: 0.8, seed: 5, stop: 100257 } },
  });
  const other = parse(good.replace("temperature: 0.8", "temperature: 0.9")).experiments[0]?.experiment;
  expect(other?.hash).not.toBe(experiment.hash);
});

test("a text of numbers has words only where it is said how", () => {
  const numbers = good.replace("prompt: hello, tokens: 20, stop: 100257, temperature: 0.8", "prompt: [1, 2], tokens: 5").replace("vocab: 100277", "vocab: 50");
  expect(complaints(numbers)).toBe("");
  expect(parse(numbers).experiments[0]?.experiment.text).toEqual({ prompt: [1, 2], tokens: 5, temperature: 0 });
  const told = parse(numbers.replace("tokens: 5", "tokens: 5, tokenizer: o200k_base")).experiments[0]?.experiment.text;
  expect(told?.tokenizer).toBe("o200k_base");
});

test("what is wrong with a text", () => {
  const broken = [
    good.replace("vocab: 100277", "vocab: 4008"),
    good.replace("prompt: hello", "prompt: [3, 100277]"),
    good.replace("stop: 100257", "stop: 200000"),
    good.replace("tokens: 20", "tokens: 0"),
    good.replace("temperature: 0.8", "temperature: -1"),
    good.replace("temperature: 0.8", "temprature: 1"),
    good.replace("prompt: hello", 'prompt: ""'),
    good
      .replace("phase: tokenLoop", "phase: decode")
      .replace(/model: .*\n/, "")
      .replace(", form: recompute", ""),
  ];
  expect(broken.map((text) => complaints(text)).join("\n\n")).toMatchInlineSnapshot(`
    "text.yaml:4:17: text.prompt: may have any of the 100277 tokens of cl100k_base, and the model has 4008
      4 | text: { prompt: hello, tokens: 20, stop: 100257, temperature: 0.8 }
        |                 ^
      accepted: model.vocab: 100277, or numbers of tokens below 4008
    text.yaml:4:42: text.stop: no token of this model
      4 | text: { prompt: hello, tokens: 20, stop: 100257, temperature: 0.8 }
        |                                          ^
      given:    100257
      accepted: 0 to 4007, or model.vocab: 100258

    text.yaml:4:21: text.prompt[1]: no token of this model
      4 | text: { prompt: [3, 100277], tokens: 20, stop: 100257, temperature: 0.8 }
        |                     ^
      given:    100277
      accepted: 0 to 100276, or model.vocab: 100278

    text.yaml:4:42: text.stop: no token of this model
      4 | text: { prompt: hello, tokens: 20, stop: 200000, temperature: 0.8 }
        |                                          ^
      given:    200000
      accepted: 0 to 100276, or model.vocab: 200001

    text.yaml:4:32: text.tokens: too small
      4 | text: { prompt: hello, tokens: 0, stop: 100257, temperature: 0.8 }
        |                                ^
      given:    0
      accepted: a whole number from 1 to 2048

    text.yaml:4:63: text.temperature: too small
      4 | t: { prompt: hello, tokens: 20, stop: 100257, temperature: -1 }
        |                                                            ^
      given:    -1
      accepted: 0, or a number from 0.01 to 100

    text.yaml:4:50: text.temprature: unknown key
      4 | text: { prompt: hello, tokens: 20, stop: 100257, temprature: 1 }
        |                                                  ^
      given:    temprature
      accepted: prompt, tokens, stop, temperature, tokenizer
      did you mean temperature?

    text.yaml:4:17: text.prompt: empty
      4 | text: { prompt: "", tokens: 20, stop: 100257, temperature: 0.8 }
        |                 ^
      given:    ""
      accepted: a text, or 1 to 2048 numbers of tokens

    text.yaml:3:1: text: without a model that writes it
      3 | text: { prompt: hello, tokens: 20, stop: 100257, temperature: 0.8 }
        | ^
      given:    phase decode
      accepted: text beside phase tokenLoop"
  `);
});
