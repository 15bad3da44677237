import { expect, test } from "vitest";
import { unroll } from "./unroll.ts";

test("copies a block once for each index, nested blocks too", () => {
  const wgsl = `var a = 0;
//@repeat r ROWS
var s\${r} = 0;
  //@repeat c 2
  s\${r} += k\${c};
  //@end
//@end
return;`;
  expect(unroll(wgsl, { ROWS: 2 }).split("\n")).toEqual([
    "var a = 0;",
    "var s0 = 0;",
    "  s0 += k0;",
    "  s0 += k1;",
    "var s1 = 0;",
    "  s1 += k0;",
    "  s1 += k1;",
    "return;",
  ]);
});

test("refuses what it cannot expand", () => {
  expect(() => unroll("//@repeat r ROWS\n//@end", {})).toThrow("ROWS is not a count");
  expect(() => unroll("//@repeat r 2", {})).toThrow("has no //@end");
  expect(() => unroll("//@end", {})).toThrow("//@end without //@repeat");
});
