import { expect, test } from "vitest";
import { formatProblem, nearest, type Problem } from "./problem.ts";

test("a suggestion is a misspelling, not another word", () => {
  expect(nearest("fixd", ["axes", "fixed"])).toBe("fixed");
  expect(nearest("DMODEL", ["dModel", "heads"])).toBe("dModel");
  expect(nearest("x", ["n", "phase"])).toBe(undefined);
  expect(nearest("temperature", ["n", "phase"])).toBe(undefined);
});

test("control characters of a file do not reach the terminal, and a long line is cut around the caret", () => {
  const problem: Problem = {
    file: "a.yaml",
    line: 3,
    col: 301,
    path: "title",
    message: "wrong",
    given: "\u001b[31mred",
    accepted: undefined,
    suggestion: undefined,
    excerpt: `${"x".repeat(300)}HERE${"y".repeat(300)}`,
  };
  expect(formatProblem(problem)).toMatchInlineSnapshot(`
    "a.yaml:3:301: title: wrong
      3 | xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxHEREyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy
        |                                                            ^
      given:    �[31mred"
  `);
});
