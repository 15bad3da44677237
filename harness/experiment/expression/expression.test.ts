import { expect, test } from "vitest";
import type { Cell } from "../experiment.ts";
import { fakeMechanisms } from "../fakeMechanisms.ts";
import { evaluateCondition, parseCondition } from "./condition.ts";
import { parseExpectation } from "./expectation.ts";
import { cellFields } from "./fields.ts";
import { meets, parsePredicate } from "./predicate.ts";
import { parsed } from "./tokens.ts";

const cell: Cell = {
  id: "linear-chunk-n1024-h8-d64",
  mechanism: "linear",
  label: "GLA like",
  form: "chunk",
  phase: "prefill",
  n: 1024,
  batch: 1,
  heads: 8,
  kvHeads: 8,
  headDim: 64,
  headDimV: 64,
  dModel: 512,
  dtype: "f32",
  kvDtype: "f32",
  stateDtype: "f32",
  parameters: { chunk: 64, featureMap: "elu+1", normalized: true },
};
const fields = cellFields(fakeMechanisms, ["GLA like", "softmax"]);

test.each([
  ["n = 1024", true],
  ["n == 1024", true],
  ["n != 1024", false],
  ["n > 1e3 and n<=1024", true],
  ["n < 5 or heads >= 8", true],
  ["not n < 5", true],
  ["not (n < 5 or heads >= 8)", false],
  ["n < 5 and n < 5 or n > 5", true],
  ["headDim = headDimV", true],
  ["mechanism = linear", true],
  ["mechanism = 'GLA like'", true],
  ["mechanism = chunk", true],
  ["mechanism != softmax", true],
  ["form = naive", false],
  ["chunk = 64 and featureMap = elu+1 and normalized = true", true],
])("%s is %s", (text, expected) => {
  const { value, flaw } = parsePredicate(text, fields);
  expect(flaw).toBe(undefined);
  expect(value && meets(cell, value)).toBe(expected);
});

test("a parameter that a cell does not have is unequal to everything", () => {
  const bare = { ...cell, parameters: {} };
  const holds = (text: string) => {
    const { value } = parsePredicate(text, fields);
    return value && meets(bare, value);
  };
  expect([holds("chunk = 64"), holds("chunk != 64"), holds("chunk < 64"), holds("not chunk = 64")]).toEqual([false, true, false, true]);
});

test("undecided stays undecided unless the other side settles it", () => {
  const decide = (word: string): boolean | undefined => ({ yes: true, no: false })[word];
  const evaluate = (text: string) =>
    evaluateCondition(
      parseCondition(text, (tokens) => tokens.take().text),
      decide,
    );
  expect(["maybe and no", "maybe and yes", "maybe or yes", "maybe or no", "not maybe"].map(evaluate)).toEqual([false, undefined, true, undefined, undefined]);
});

const names = {
  arms: [
    { label: "softmax", mechanism: "softmax" },
    { label: "GQA", mechanism: "softmax" },
    { label: "GLA like", mechanism: "linear" },
  ],
  sizes: ["n", "heads"],
};

test("expectations become trees with labels in them", () => {
  const read = (text: string) => parseExpectation(text, names).value;
  expect(read("linear.time is O(1)")).toMatchInlineSnapshot(`
    {
      "kind": "leaf",
      "leaf": {
        "arm": "GLA like",
        "class": "O(1)",
        "kind": "growth",
        "metric": "time",
        "negated": false,
      },
    }
  `);
  expect(read("softmax.stateBytes is not O( n^2 )")).toMatchInlineSnapshot(`
    {
      "kind": "leaf",
      "leaf": {
        "arm": "softmax",
        "class": "O(n²)",
        "kind": "growth",
        "metric": "stateBytes",
        "negated": true,
      },
    }
  `);
  expect(read("crossover(softmax, 'GLA like', stateBytes) at heads = 8 < 1024")).toMatchInlineSnapshot(`
    {
      "kind": "leaf",
      "leaf": {
        "kind": "comparison",
        "left": {
          "at": {
            "heads": 8,
          },
          "between": [
            "softmax",
            "GLA like",
          ],
          "kind": "crossover",
          "metric": "stateBytes",
        },
        "operator": "<",
        "right": {
          "kind": "number",
          "value": 1024,
        },
      },
    }
  `);
  expect(read("not ratio(softmax, linear) at n = 4096, heads = 8 > 2 and linear.exponent < 1.2")).toMatchInlineSnapshot(`
    {
      "kind": "and",
      "left": {
        "kind": "not",
        "operand": {
          "kind": "leaf",
          "leaf": {
            "kind": "comparison",
            "left": {
              "at": {
                "heads": 8,
                "n": 4096,
              },
              "between": [
                "softmax",
                "GLA like",
              ],
              "kind": "ratio",
              "metric": "time",
            },
            "operator": ">",
            "right": {
              "kind": "number",
              "value": 2,
            },
          },
        },
      },
      "right": {
        "kind": "leaf",
        "leaf": {
          "kind": "comparison",
          "left": {
            "arm": "GLA like",
            "at": {},
            "kind": "measure",
            "measure": "exponent",
          },
          "operator": "<",
          "right": {
            "kind": "number",
            "value": 1.2,
          },
        },
      },
    }
  `);
  expect(read("GQA.maxError < softmax.maxError")).toMatchInlineSnapshot(`
    {
      "kind": "leaf",
      "leaf": {
        "kind": "comparison",
        "left": {
          "arm": "GQA",
          "at": {},
          "kind": "measure",
          "measure": "maxError",
        },
        "operator": "<",
        "right": {
          "arm": "softmax",
          "at": {},
          "kind": "measure",
          "measure": "maxError",
        },
      },
    }
  `);
});

test("an arm named by a mechanism that several arms have is ambiguous", () => {
  const arms = [
    { label: "softmax tiled", mechanism: "softmax" },
    { label: "softmax naive", mechanism: "softmax" },
  ];
  expect(parseExpectation("softmax.time is O(n)", { ...names, arms }).flaw).toMatchInlineSnapshot(`
    {
      "accepted": ""softmax tiled", "softmax naive"",
      "at": 0,
      "given": "softmax",
      "message": "several arms have this mechanism",
    }
  `);
});

test("an expression of 500 characters is long enough, however it nests", () => {
  const nested = `${"(".repeat(247)}n > 1${")".repeat(247)}`;
  expect(parsePredicate(nested, fields).flaw).toBe(undefined);
  expect(parsePredicate(`${"not ".repeat(124)}n>1`, fields).flaw).toBe(undefined);
  expect(parsePredicate(`${nested}      `, fields).flaw?.message).toBe("too long for an expression");
});

test("errors that are not about the expression pass", () => {
  expect(() =>
    parsed(() => {
      throw new TypeError("a bug");
    }),
  ).toThrow(TypeError);
});
