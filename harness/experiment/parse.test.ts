import fc from "fast-check";
import { expect, test } from "vitest";
import { fakeMechanisms } from "./fakeMechanisms.ts";
import { goodExperiment as good } from "./goodExperiment.ts";
import { parseExperiment } from "./parse.ts";
import { formatProblem } from "./problem.ts";

const parse = (text: string) => parseExperiment({ text, file: "decode.yaml", sets: [] }, fakeMechanisms);

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
      "filter": undefined,
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

test("a problem says where, what was given and what is accepted", () => {
  const text = good.replace("fixed:", "fixd:").replace("[256, 512]", '[256, "x"]').replace("cold", "warm").replace("- softmax\n", "- sofmax\n");
  expect(parse(text).problems.map(formatProblem).join("\n")).toMatchInlineSnapshot(`
    "decode.yaml:6:5: mechanisms[0]: unknown
      6 |   - sofmax
        |     ^
      given:    "sofmax"
      accepted: softmax, linear
      did you mean softmax?
    decode.yaml:11:17: axes.dModel[1]: not accepted here
      11 |   dModel: [256, "x"]
         |                 ^
      given:    "x"
      accepted: a whole number from 1 to 131072
    decode.yaml:12:1: fixd: unknown key
      12 | fixd: { headDim: 64, batch: 1, dtype: f32 }
         | ^
      given:    fixd
      accepted: name, title, question, phase, model, text, layers, mechanisms, axes, zip, exclude, fixed, measure, expect, serving, claims
      did you mean fixed?
    decode.yaml:14:48: measure.cache: unknown
      14 | measure: { precision: 5%, maxTime: 90s, cache: warm, seed: 1 }
         |                                                ^
      given:    "warm"
      accepted: hot, cold"
  `);
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
      accepted: mechanism, label, form, runtime, phase, n, dModel, heads, headDim, headDimV, kvHeads, batch, dtype, kvDtype, stateDtype, chunk, featureMap, normalized
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
