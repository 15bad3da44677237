import { expect, test } from "vitest";
import { variantText } from "./tuningSentences.ts";

test("a variant is told by its tiles, not by how long a part of its work is", () => {
  expect(variantText({ path: "rows", rows: 64, splits: 2, partFlops: 3518437208883 })).toBe("rows, rows 64, splits 2");
  expect(variantText({ path: "plain", threads: 32, parts: 4, partTokens: 90_000 })).toBe("plain, threads 32, parts 4");
});
