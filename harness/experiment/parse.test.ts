import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fakeMechanisms } from "./fakeMechanisms.ts";
import { parseExperiment } from "./parse.ts";
import { formatProblem } from "./problem.ts";

const good = `name: decode
title: What one more token costs
question: Does the next token cost more, the more came before it?
phase: decode
mechanisms:
  - softmax
  - { use: softmax, label: GQA, kvHeads: 2 }
  - { use: linear, form: recurrent }
axes:
  n: { from: 256, to: 16384, factor: 2 }
  dModel: [256, 512]
fixed: { headDim: 64, batch: 1, dtype: f32 }
exclude: ["n > 4096 and mechanism = naive"]
measure: { precision: 5%, maxTime: 90s, cache: cold, seed: 1 }
expect:
  - linear.time is O(1)
  - crossover(softmax, linear) < 1024
`;

const parse = (text: string) => parseExperiment({ text, file: "decode.yaml", sets: [] }, fakeMechanisms);

/** All complaints about the good file with one piece of it replaced. */
const complaints = (from: string, to: string): string => {
  if (!good.includes(from)) throw new Error(`the good file does not hold ${from}`);
  return `\n${parse(good.replace(from, to)).problems.map(formatProblem).join("\n")}\n`;
};

test("a good file becomes an explicit experiment", () => {
  const { experiment, cells, problems } = parse(good);
  expect(problems).toEqual([]);
  expect({ ...experiment, yaml: "", hash: "" }).toMatchInlineSnapshot(`
    {
      "arms": [
        {
          "form": "split",
          "label": "softmax",
          "mechanism": "softmax",
          "overrides": {},
        },
        {
          "form": "split",
          "label": "GQA",
          "mechanism": "softmax",
          "overrides": {
            "kvHeads": 2,
          },
        },
        {
          "form": "recurrent",
          "label": "linear",
          "mechanism": "linear",
          "overrides": {},
        },
      ],
      "axes": {
        "dModel": {
          "values": [
            256,
            512,
          ],
        },
        "n": {
          "values": [
            256,
            512,
            1024,
            2048,
            4096,
            8192,
            16384,
          ],
        },
      },
      "exclude": [
        "n > 4096 and mechanism = naive",
      ],
      "expect": [
        "linear.time is O(1)",
        "crossover(softmax, linear) < 1024",
      ],
      "fixed": {
        "batch": 1,
        "dtype": "f32",
        "headDim": 64,
        "stateDtype": "f32",
      },
      "hash": "",
      "measure": {
        "cache": "cold",
        "maxTimeSeconds": 90,
        "precision": 0.05,
        "seed": 1,
      },
      "name": "decode",
      "phase": "decode",
      "question": "Does the next token cost more, the more came before it?",
      "title": "What one more token costs",
      "yaml": "",
      "zip": [],
    }
  `);
  expect(cells?.length).toBe(7 * 2 * 3);
});

test("equal hashes measure the same thing", () => {
  const hash = (text: string) => parse(text).experiment?.hash;
  expect(hash(good)).toMatch(/^[0-9a-f]{16}$/);
  expect(hash(good.replace("What one more", "What the next"))).toBe(hash(good));
  expect(hash(good.replace("  n: { from: 256, to: 16384, factor: 2 }\n  dModel: [256, 512]", "  dModel: [512, 256]\n  n: { from: 256, to: 16384 }"))).toBe(
    hash(good),
  );
  expect(hash(good.replace("seed: 1", "seed: 2"))).not.toBe(hash(good));
});

describe("keys and structure", () => {
  test.each([
    ["a misspelt key", "fixed:", "fixd:"],
    ["a misspelt key that must be there is one mistake", "name: decode", "nmae: decode"],
    ["a missing key", "phase: decode\n", ""],
    ["a key twice", "title: What", "name: b\ntitle: What"],
    ["a second document", "measure:", "---\nmeasure:"],
    ["an alias", "[256, 512]", "*sizes"],
    ["a tag", "title: What", "title: !!js/function What"],
    ["an open bracket", "[256, 512]", "[256, 512"],
    ["a tab as indent", "  dModel", "\tdModel"],
    ["a list for a map", "fixed: { headDim: 64, batch: 1, dtype: f32 }", "fixed: [headDim, 64]"],
    ["a key without value", "title: What one more token costs", "title:"],
    ["two mistakes", "fixed: { headDim: 64, batch: 1, dtype: f32 }", "fixed: { headDim: 6.4, btch: 1 }"],
    ["a key of Object.prototype", "title: What", "__proto__: { polluted: true }\ntitle: What"],
  ])("%s", (_, from, to) => {
    expect(complaints(from, to)).toMatchSnapshot();
  });
  test("an empty file, a bare word and a list", () => {
    expect(["", "# nothing\n", "hello", "- a"].map((text) => parse(text).problems.map(formatProblem).join("\n"))).toMatchInlineSnapshot(`
      [
        "decode.yaml:1:1: the file is empty
        1 |
          | ^
        accepted: name, phase, mechanisms, axes, …",
        "decode.yaml:1:1: the file is empty
        1 | # nothing
          | ^
        accepted: name, phase, mechanisms, axes, …",
        "decode.yaml:1:1: not accepted here
        1 | hello
          | ^
        given:    "hello"
        accepted: { name, title, question, phase, mechanisms, axes, zip, exclude, fixed, measure, expect }",
        "decode.yaml:1:1: not accepted here
        1 | - a
          | ^
        given:    ["a"]
        accepted: { name, title, question, phase, mechanisms, axes, zip, exclude, fixed, measure, expect }",
      ]
    `);
  });
  test("deep nesting is refused before anything recursive sees it", () => {
    for (const deep of ["[".repeat(20_000), "{a: ".repeat(20_000), "- ".repeat(20_000), "? ".repeat(20_000), `\n${" ".repeat(5000)}b: 1`]) {
      const { problems } = parse(`a: ${deep}`);
      expect(problems[0]?.message).toBe("nested too deeply");
    }
  });
});

describe("name, title, question", () => {
  test.each([
    ["a path", "name: decode", "name: ../decode"],
    ["a leading dot", "name: decode", "name: .decode"],
    ["a leading dash", "name: decode", "name: -decode"],
    ["65 letters", "name: decode", `name: ${"a".repeat(65)}`],
    ["a number", "name: decode", "name: 3"],
  ])("name: %s", (_, from, to) => {
    expect(complaints(from, to)).toMatchSnapshot();
  });
  test("a long title is kept, on one line", () => {
    const { experiment } = parse(good.replace("What one more token costs", `"  ${"very ".repeat(100)}\\n long  "`));
    expect(experiment?.title).toBe(`${"very ".repeat(100)}long`);
  });
});

describe("axes", () => {
  test.each([
    ["no value", "[256, 512]", "[]"],
    ["a value twice", "[256, 512]", "[256, 512, 256]"],
    ["what is no size", "[256, 512]", "[-1, 0, 1.5, .nan, .inf, x, null, 1e12]"],
    ["n of 1e12", "from: 256, to: 16384", "from: 256, to: 1e12"],
    ["a bare number", "[256, 512]", "256"],
    ["an end before the beginning", "to: 16384", "to: 128"],
    ["factor 1", "factor: 2", "factor: 1"],
    ["neither end nor limit", "to: 16384, ", ""],
    ["end and limit", "factor: 2", "factor: 2, until: { cell: 1s }"],
    ["an empty limit", "to: 16384, factor: 2", "factor: 2, until: {}"],
    ["limits out of range", "to: 16384, factor: 2", "factor: 2, until: { cell: 5d, memory: 150% }"],
    ["a limit on another axis", "[256, 512]", "{ from: 256, until: { cell: 1s } }"],
    ["an unknown axis", "dModel: [", "dmodel: ["],
    ["no n at all", "  n: { from: 256, to: 16384, factor: 2 }\n", ""],
    ["also fixed", "headDim: 64,", "headDim: 64, dModel: 256,"],
    [
      "a parameter that no mechanism here has",
      "- { use: linear, form: recurrent }\naxes:\n",
      "- { use: softmax, label: MQA, kvHeads: 1 }\naxes:\n  chunk: [32, 64]\n",
    ],
    ["more cells than anyone wants", "[256, 512]", `[256, 512]\n  batch: [${Array.from({ length: 1000 }, (_, i) => i + 1)}]\n  kvHeads: [1, 2, 4, 8]`],
  ])("%s", (_, from, to) => {
    expect(complaints(from, to)).toMatchSnapshot();
  });
  test("zip", () => {
    const zip = (text: string) => complaints("fixed:", `${text}\nfixed:`);
    expect(zip("zip: [[n, dModel]]")).toMatchInlineSnapshot(`
      "
      decode.yaml:12:7: zip[0]: zipped axes differ in length
        12 | zip: [[n, dModel]]
           |       ^
        given:    n: 7, dModel: 2
        accepted: as many values in each
      "
    `);
    expect(zip("zip: [[dModel, heads]]")).toMatchInlineSnapshot(`
      "
      decode.yaml:12:16: zip[0][1]: not an axis of this file
        12 | zip: [[dModel, heads]]
           |                ^
        given:    heads
        accepted: n, dModel
      "
    `);
    expect(zip("zip: [[dModel]]")).toMatchInlineSnapshot(`
      "
      decode.yaml:12:7: zip[0]: empty
        12 | zip: [[dModel]]
           |       ^
        given:    ["dModel"]
        accepted: two or more names of axes
      "
    `);
  });
});

describe("mechanisms", () => {
  const last = "{ use: linear, form: recurrent }";
  test.each([
    ["a misspelt one", last, "liner"],
    ["a misspelt use", last, "{ use: liner }"],
    ["no use", last, "{ label: x }"],
    ["a number", last, "3"],
    ["an instrument", last, "readBandwidth"],
    ["another mechanism's parameter", last, "{ use: softmax, label: x, chunk: 32 }"],
    ["a misspelt parameter", last, "{ use: linear, chnk: 32 }"],
    ["a parameter out of range", last, "{ use: linear, chunk: 8 }"],
    ["a form of another phase", last, "{ use: linear, form: chunk }"],
    ["a form of another mechanism", last, "{ use: linear, form: tiled }"],
    ["the same entry twice", last, "softmax"],
    ["a label twice", last, "{ use: linear, label: GQA }"],
    ["a label of 81 letters", last, `{ use: linear, label: ${"x".repeat(81)} }`],
    ["a label of two lines", last, '{ use: linear, label: "a\\nb" }'],
    ["normalized without a positive feature map", last, "{ use: linear, normalized: true }"],
    ["normalized for all", "headDim: 64,", "headDim: 64, normalized: true,"],
  ])("%s", (_, from, to) => {
    expect(complaints(from, to)).toMatchSnapshot();
  });
  test("none", () => {
    expect(complaints(good.slice(good.indexOf("mechanisms:"), good.indexOf("axes:")), "mechanisms: []\n")).toMatchInlineSnapshot(`
      "
      decode.yaml:5:13: mechanisms: empty
        5 | mechanisms: []
          |             ^
        given:    []
        accepted: a list of 1 to 50 mechanisms
      "
    `);
  });
});

describe("measure", () => {
  test.each([
    ["precision in percent without the sign", "5%", "5"],
    ["precision of nothing", "5%", "0%"],
    ["time without unit", "90s", "90"],
    ["time too short", "90s", "10ms"],
    ["an unknown cache", "cache: cold", "cache: warm"],
    ["a negative seed", "seed: 1", "seed: -1"],
    ["a misspelt key", "maxTime", "maxtime"],
  ])("%s", (_, from, to) => {
    expect(complaints(from, to)).toMatchSnapshot();
  });
});

describe("exclude and expect point into the expression", () => {
  const condition = "n > 4096 and mechanism = naive";
  const expectation = "linear.time is O(1)";
  test.each([
    ["an unknown name", condition, "m > 4096"],
    ["a value that never occurs", condition, "mechanism = lniear"],
    ["a number with a unit", condition, "n > 4k"],
    ["a comparison of words", condition, "form < naive"],
    ["a missing half", condition, "n > 4096 and"],
    ["another language's and", condition, "n > 4096 && n < 10"],
    ["an open parenthesis", condition, "(n > 4096"],
    ["an unknown arm", expectation, "liner.time is O(1)"],
    ["a metric without class", expectation, "linear.maxError is O(1)"],
    ["an unknown class", expectation, "linear.time is O(n!)"],
    ["an unknown measure", expectation, "linear.medianms < 3"],
    ["a pair the wrong way round", expectation, "crossover(linear, softmax) < 1024"],
    ["an n that no cell has", expectation, "ratio(softmax, linear) at n = 4095 > 2"],
    ["an unknown function", expectation, "crosover(softmax, linear) < 3"],
  ])("%s", (_, from, to) => {
    expect(complaints(from, to)).toMatchSnapshot();
  });
});

test("a filter is checked and points into the flag", () => {
  const filtered = (filter: string) => parseExperiment({ text: good, file: "decode.yaml", sets: [], filter }, fakeMechanisms);
  expect(filtered("n >= 1024 and mechanism = linear").cells?.map(({ cell }) => cell.n)).toEqual([1024, 1024, 2048, 2048, 4096, 4096, 8192, 8192, 16384, 16384]);
  expect(filtered("n < 1").cells).toEqual([]);
  expect(filtered("n >= 1024 and mechansm = linear").problems.map(formatProblem).join("\n")).toMatchInlineSnapshot(`
    "--filter: nothing of a cell is called this
        --filter n >= 1024 and mechansm = linear
                               ^
      given:    mechansm
      accepted: mechanism, label, form, phase, n, dModel, heads, headDim, headDimV, kvHeads, batch, dtype, kvDtype, stateDtype, chunk, featureMap, normalized
      did you mean mechanism?"
  `);
});

test("no text whatever makes it throw", () => {
  const piece = fc.constantFrom(
    "[",
    "]",
    "{",
    "}",
    ":",
    "- ",
    "\n",
    "  ",
    "*a",
    "&a ",
    "!!x ",
    '"',
    "'",
    "|",
    "---\n",
    "0x1",
    "-1",
    ".nan",
    "~",
    "\t",
    "?",
    "\u0000",
    "é",
  );
  const edit = fc.record({ at: fc.nat(good.length), remove: fc.nat(12), insert: fc.array(piece, { maxLength: 4 }) });
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
      const text = edits.reduce((now, { at, remove, insert }) => now.slice(0, at) + insert.join("") + now.slice(at + remove), good);
      const { problems } = parse(text);
      expect(problems.length).toBeLessThanOrEqual(20);
      expect(problems.map(formatProblem).join("\n")).not.toMatch(/undefined|\[object|NaN|\bat .*\.ts:/);
    }),
    { numRuns: 200, seed: 1 },
  );
});
