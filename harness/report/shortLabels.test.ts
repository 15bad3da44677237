import { expect, it } from "vitest";
import { shortLabels } from "./shortLabels.ts";

it("numbers a label only where it would read as another does", () => {
  const labelOf = shortLabels(20);
  expect(labelOf("label\u200f 😀")).toBe("label\ufffd 😀");
  expect(labelOf("two\nlines")).toBe("two lines");
  expect(labelOf("two  lines")).toBe("two lines (3)");
  expect(labelOf("two\nlines")).toBe("two lines");
  expect(labelOf(`${"w".repeat(40)}1`)).toBe(`${"w".repeat(19)}…`);
  expect(labelOf(`${"w".repeat(40)}2`)).toBe(`${"w".repeat(13)}… (5)`);
  expect(labelOf("two lines")).toBe("two lines (6)");
});
