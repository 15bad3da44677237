import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Mutant, mutantsOf, mutated } from "./mutate.ts";

/** A kernel around these statements. */
const kernel = (body: string): string =>
  `enable subgroups;
const THREADS = 8 + 1;
// a + b
@group(0) @binding(0) var<storage, read> a: array<vec4f>; // [n + 1]
var<workgroup> shared0: array<f32, THREADS * 2>;
const TWICE = THREADS * 2;
@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32) {
${body}
}`;

const changes = (body: string): string[] => mutantsOf(kernel(body)).map(({ from, to }) => `${from} → ${to}`);

describe("mutants", () => {
  it("of what declares, of comments and attributes are none", () => {
    expect(changes("")).toEqual([]);
    expect(
      changes(
        "  // i < 4\n  /* a + b\n  c */\n  const LAST = THREADS - 1;\n  var x: array<f32, 4>;\n  let y = bitcast<vec4f>(z);\n  let w = array<vec2<f32>>(z);",
      ),
    ).toEqual([]);
  });

  it("are one for each operator", () => {
    expect(changes("x = a + b - c * d / e % f;")).toEqual(["+ → -", "- → +", "* → /", "/ → *", "% → /"]);
    expect(changes("x += a; x -= a; x *= a; x /= a; i++;")).toEqual(["+= → -=", "-= → +=", "*= → /=", "/= → *=", "++ → --"]);
    expect(changes("x = a << b >> c & d | e;")).toEqual(["<< → >>", ">> → <<", "& → |", "| → &"]);
    expect(changes("x = a < b; x = a <= b; x = a > b; x = a >= b; x = a == b; x = a != b;")).toEqual([
      "< → <=",
      "<= → <",
      "> → >=",
      ">= → >",
      "== → !=",
      "!= → ==",
    ]);
    expect(changes("x = a && b || true;")).toEqual(["&& → ||", "|| → &&", "true → false"]);
  });

  it("drop a sign, and leave an address", () => {
    expect(changes("x = -a; y = f(-b, !c); return -d;")).toEqual(["- → ", "- → ", "! → ", "- → "]);
    expect(changes("n = arrayLength(&a);")).toEqual([]);
  });

  it("are the neighbours of a number, written as it is", () => {
    expect(changes("x = 4u;")).toEqual(["4u → 5u", "4u → 3u"]);
    expect(changes("x = 0u;")).toEqual(["0u → 1u"]);
    expect(changes("x = 1.0;")).toEqual(["1.0 → 2.0", "1.0 → 0.0"]);
    expect(changes("x = 0.5f;")).toEqual(["0.5f → 1.5f"]);
    expect(changes("x = 3.0e38; x = 1e-30; x = 0xffu;")).toEqual([]);
  });

  it("swap components, min and max, and what select chooses from", () => {
    expect(changes("v = a.x; v = b[i].z; x = y;")).toEqual(["x → y", "z → y"]);
    expect(changes("v = min(a, max(b, c)); v = subgroupMax(d);")).toEqual(["min → max", "max → min", "subgroupMax → subgroupMin"]);
    expect(changes("v = select(f(a, b), c[d, e], g);")).toEqual(["select(f(a, b), c[d, e] → select(c[d, e], f(a, b)"]);
  });

  it("drop barriers", () => {
    expect(changes("workgroupBarrier();")).toEqual(["workgroupBarrier() → "]);
    const [mutant] = mutantsOf(kernel("workgroupBarrier();"));
    expect(mutant && mutated(kernel("workgroupBarrier();"), mutant)).toBe(kernel(";"));
  });

  it("say where they are", () => {
    const [mutant] = mutantsOf(kernel("  let x = z;\n  y = a.w;"));
    expect(mutant).toMatchObject({ kind: "component", line: 10, column: 9, from: "w", to: "z" });
  });

  it("change their text at their place alone, the same at every call", () => {
    const word = fc.constantFrom(
      "a",
      "b.x",
      "min(a, 1u)",
      "2.0",
      "+",
      "<",
      "&&",
      "(",
      ")",
      ";",
      "\n",
      "// c\n",
      "select(a, b, c)",
      "array<f32, 2>",
      "workgroupBarrier();",
    );
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const text = kernel(words.join(" "));
        const mutants = mutantsOf(text);
        expect(mutantsOf(text)).toEqual(mutants);
        for (const mutant of mutants) {
          expect(mutant.to).not.toBe(mutant.from);
          expect(mutated(text, mutant)).not.toBe(text);
          expect(mutated(mutated(text, mutant), reversed(mutant))).toBe(text);
          expect(text.split("\n")[mutant.line - 1]?.slice(mutant.column - 1)).toSatisfy(
            (rest: string) => mutant.from.startsWith(rest) || rest.startsWith(mutant.from),
          );
        }
      }),
    );
  });

  it("of another module are refused", () => {
    expect(() => mutated("x = a + b;", { offset: 6, from: "-", to: "+" })).toThrow("- does not stand at 6 of this module");
  });
});

const reversed = ({ offset, from, to }: Mutant) => ({ offset, from: to, to: from });
