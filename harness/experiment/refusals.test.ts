import { describe, expect, test } from "vitest";
import { fakeMechanisms } from "./fakeMechanisms.ts";
import { goodExperiment as good } from "./goodExperiment.ts";
import { type ParsedExperiment, parseExperiment } from "./parse.ts";

const parse = (text: string): ParsedExperiment => parseExperiment({ text, file: "a.yaml", sets: [] }, fakeMechanisms);

/** Problems as `line:col path: message, given → suggestion`. */
const brief = ({ problems }: ParsedExperiment): string =>
  problems
    .map(
      ({ line, col, path, message, given, suggestion }) =>
        `${line}:${col} ${path}: ${message}${given ? `, ${given}` : ""}${suggestion ? ` → ${suggestion}` : ""}`,
    )
    .join("; ");

/** What is said about the good file with one piece of it replaced, case by case; every problem but broken YAML says what is accepted. */
const complaints = (cases: readonly (readonly [name: string, from: string, to: string])[]): readonly string[] =>
  cases.map(([name, from, to]) => {
    if (!good.includes(from)) throw new Error(`the good file does not hold ${from}`);
    const parsed = parse(good.replace(from, to));
    expect(parsed.problems.filter(({ accepted, message }) => !accepted && !message.startsWith("not valid YAML"))).toEqual([]);
    return `${name} | ${brief(parsed)}`;
  });

describe("keys and structure", () => {
  test("each is named where it stands", () => {
    expect(
      complaints([
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
      ]),
    ).toMatchInlineSnapshot(`
      [
        "a misspelt key | 12:1 fixd: unknown key, fixd → fixed",
        "a misspelt key that must be there is one mistake | 1:1 nmae: unknown key, nmae → name",
        "a missing key | 1:1 phase: missing",
        "a key twice | 2:1 : this key stands twice",
        "a second document | 14:1 : a second document begins here",
        "an alias | 11:11 : aliases are not accepted, *sizes",
        "a tag | 2:8 : tags are not accepted",
        "an open bracket | 12:1 : not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]",
        "a tab as indent | 11:1 : not valid YAML: Tabs are not allowed as indentation",
        "a list for a map | 12:8 fixed: not accepted here, ["headDim",64]",
        "a key without value | 2:7 title: has no value, nothing",
        "two mistakes | 12:19 fixed.headDim: not a whole number, 6.4; 12:24 fixed.btch: unknown key, btch → batch",
        "a key of Object.prototype | 2:1 __proto__: unknown key, __proto__",
      ]
    `);
  });
  test("an empty file, a bare word and a list", () => {
    expect(["", "# nothing\n", "hello", "- a"].map((text) => brief(parse(text)))).toMatchInlineSnapshot(`
      [
        "1:1 : the file is empty",
        "1:1 : the file is empty",
        "1:1 : not accepted here, "hello"",
        "1:1 : not accepted here, ["a"]",
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
  test("each is named where it stands", () => {
    expect(
      complaints([
        ["a path", "name: decode", "name: ../decode"],
        ["a leading dot", "name: decode", "name: .decode"],
        ["a leading dash", "name: decode", "name: -decode"],
        ["65 letters", "name: decode", `name: ${"a".repeat(65)}`],
        ["a number", "name: decode", "name: 3"],
      ]),
    ).toMatchInlineSnapshot(`
      [
        "a path | 1:7 name: not written as accepted, "../decode"",
        "a leading dot | 1:7 name: not written as accepted, ".decode"",
        "a leading dash | 1:7 name: not written as accepted, "-decode"",
        "65 letters | 1:7 name: too long, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…",
        "a number | 1:7 name: not accepted here, 3 → "3"",
      ]
    `);
  });
  test("a long title is kept, on one line", () => {
    const { experiment } = parse(good.replace("What one more token costs", `"  ${"very ".repeat(100)}\\n long  "`));
    expect(experiment?.title).toBe(`${"very ".repeat(100)}long`);
  });
});

describe("axes", () => {
  test("each is named where it stands", () => {
    expect(
      complaints([
        ["no value", "[256, 512]", "[]"],
        ["a value twice", "[256, 512]", "[256, 512, 256]"],
        ["what is no size", "[256, 512]", "[-1, 0, 1.5, .nan, .inf, x, null, 1e12]"],
        ["n of 1e12", "from: 256, to: 16384", "from: 256, to: 1e12"],
        ["a bare number", "[256, 512]", "256"],
        ["an end before the beginning", "to: 16384", "to: 128"],
        ["factor 1", "factor: 2", "factor: 1"],
        ["neither end nor limit", "to: 16384, ", ""],
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
        ["more cells than anyone wants", "[256, 512]", `[256, 512]\n  headDimV: [${Array.from({ length: 1000 }, (_, i) => i + 1)}]\n  kvHeads: [1, 2, 4, 8]`],
      ]),
    ).toMatchInlineSnapshot(`
      [
        "no value | 11:11 axes.dModel: empty, []",
        "a value twice | 11:22 axes.dModel[2]: stands twice, 256",
        "what is no size | 11:12 axes.dModel[0]: too small, -1; 11:16 axes.dModel[1]: too small, 0; 11:19 axes.dModel[2]: not a whole number, 1.5; 11:24 axes.dModel[3]: not a finite number, .nan; 11:30 axes.dModel[4]: not a finite number, .inf; 11:36 axes.dModel[5]: not accepted here, "x"; 11:39 axes.dModel[6]: has no value, nothing; 11:45 axes.dModel[7]: too large, 1000000000000",
        "n of 1e12 | 10:23 axes.n.to: too large, 1000000000000",
        "a bare number | 11:11 axes.dModel: not accepted here, 256 → [256]",
        "an end before the beginning | 10:23 axes.n.to: ends before it begins, 128",
        "factor 1 | 10:38 axes.n.factor: too small, 1",
        "neither end nor limit | 10:6 axes.n: needs \`to\`, \`until\` or both, {"from":256,"factor":2}",
        "an empty limit | 10:37 axes.n.until: needs cell, memory or both, {}",
        "limits out of range | 10:45 axes.n.until.cell: not written as accepted, "5d"; 10:57 axes.n.until.memory: not an amount of memory, "150%"",
        "a limit on another axis | 11:11 axes.dModel.to: missing; 11:24 axes.dModel.until: unknown key, until",
        "an unknown axis | 11:3 axes.dmodel: unknown key, dmodel → dModel",
        "no n at all | 10:3 axes.n: no n",
        "also fixed | 12:23 fixed.dModel: stands under axes too, dModel",
        "a parameter that no mechanism here has | 10:3 axes.chunk: no mechanism of this file has it, chunk",
        "more cells than anyone wants | 9:1 axes: too many cells, 168000 cells (axes × mechanisms)",
      ]
    `);
  });
  test("zip", () => {
    const zip = (text: string) => complaints([[text, "fixed:", `${text}\nfixed:`]]);
    expect(zip("zip: [[n, dModel]]")).toMatchInlineSnapshot(`
      [
        "zip: [[n, dModel]] | 12:7 zip[0]: zipped axes differ in length, n: 7, dModel: 2",
      ]
    `);
    expect(zip("zip: [[dModel, heads]]")).toMatchInlineSnapshot(`
      [
        "zip: [[dModel, heads]] | 12:16 zip[0][1]: not an axis of this file, heads",
      ]
    `);
    expect(zip("zip: [[dModel]]")).toMatchInlineSnapshot(`
      [
        "zip: [[dModel]] | 12:7 zip[0]: too few, ["dModel"]",
      ]
    `);
  });
});

describe("mechanisms", () => {
  const last = "{ use: linear, form: recurrent }";
  test("each is named where it stands", () => {
    expect(
      complaints([
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
      ]),
    ).toMatchInlineSnapshot(`
      [
        "a misspelt one | 8:5 mechanisms[2]: unknown, "liner" → linear",
        "a misspelt use | 8:12 mechanisms[2].use: unknown, "liner" → linear",
        "no use | 8:5 mechanisms[2].use: missing",
        "a number | 8:5 mechanisms[2]: not accepted here, 3",
        "an instrument | 8:5 mechanisms[2]: unknown, "readBandwidth"",
        "another mechanism's parameter | 8:31 mechanisms[2].chunk: unknown key, chunk",
        "a misspelt parameter | 8:20 mechanisms[2].chnk: unknown key, chnk → chunk",
        "a parameter out of range | 8:27 mechanisms[2].chunk: too small, 8",
        "a form of another phase | 8:26 mechanisms[2].form: linear has no such form in phase decode, chunk",
        "a form of another mechanism | 8:26 mechanisms[2].form: unknown, "tiled"",
        "the same entry twice | 8:5 mechanisms[2]: mechanisms[0] has this label too, softmax",
        "a label twice | 8:27 mechanisms[2].label: mechanisms[1] has this label too, GQA",
        "a label of 81 letters | 8:27 mechanisms[2].label: too long, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…",
        "a label of two lines | 8:27 mechanisms[2].label: not one line of plain text, "a\\nb"",
        "normalized without a positive feature map | 8:32 mechanisms[2].normalized: normalized needs featureMap elu+1 in linear: with identity the denominators change sign, true",
        "normalized for all | 12:35 fixed.normalized: normalized needs featureMap elu+1 in linear: with identity the denominators change sign, true",
      ]
    `);
  });
  test("none", () => {
    expect(complaints([["none", good.slice(good.indexOf("mechanisms:"), good.indexOf("axes:")), "mechanisms: []\n"]])).toMatchInlineSnapshot(`
      [
        "none | 5:13 mechanisms: empty, []",
      ]
    `);
  });
});

describe("measure", () => {
  test("each is named where it stands", () => {
    expect(
      complaints([
        ["precision in percent without the sign", "5%", "5"],
        ["precision of nothing", "5%", "0%"],
        ["time without unit", "90s", "90"],
        ["time too short", "90s", "10ms"],
        ["an unknown cache", "cache: cold", "cache: warm"],
        ["a negative seed", "seed: 1", "seed: -1"],
        ["a misspelt key", "maxTime", "maxtime"],
      ]),
    ).toMatchInlineSnapshot(`
      [
        "precision in percent without the sign | 14:23 measure.precision: out of range, 5 → 5%",
        "precision of nothing | 14:23 measure.precision: out of range, "0%"",
        "time without unit | 14:36 measure.maxTime: not accepted here, 90 → 90s",
        "time too short | 14:36 measure.maxTime: out of range, "10ms"",
        "an unknown cache | 14:48 measure.cache: unknown, "warm"",
        "a negative seed | 14:60 measure.seed: too small, -1",
        "a misspelt key | 14:27 measure.maxtime: unknown key, maxtime → maxTime",
      ]
    `);
  });
});

describe("exclude and expect point into the expression", () => {
  const condition = "n > 4096 and mechanism = naive";
  const expectation = "linear.time is O(1)";
  test("each is named where it stands", () => {
    expect(
      complaints([
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
      ]),
    ).toMatchInlineSnapshot(`
      [
        "an unknown name | 13:12 exclude[0]: nothing of a cell is called this, m",
        "a value that never occurs | 13:24 exclude[0]: mechanism never has this value, lniear → linear",
        "a number with a unit | 13:16 exclude[0]: a number with a unit, 4k",
        "a comparison of words | 13:17 exclude[0]: form is no number, <",
        "a missing half | 13:24 exclude[0]: the expression ends too early",
        "another language's and | 13:21 exclude[0]: not part of an expression, & → and",
        "an open parenthesis | 13:21 exclude[0]: the expression ends too early",
        "an unknown arm | 16:5 expect[0]: no arm has this name, liner → linear",
        "a metric without class | 16:12 expect[0]: this has no class of growth, maxError",
        "an unknown class | 16:20 expect[0]: not a class of growth, O(n!)",
        "an unknown measure | 16:12 expect[0]: an arm has no such measure, medianms → medianMs",
        "a pair the wrong way round | 16:5 expect[0]: not a pair that can cross, crossover(linear, softmax) → crossover(softmax, linear)",
        "an n that no cell has | 16:5 expect[0]: no cell of softmax has this n, 4095",
        "an unknown function | 16:5 expect[0]: not a function, crosover → crossover",
      ]
    `);
  });
});
