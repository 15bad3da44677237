import { expect, test } from "vitest";
import { fakeMechanisms } from "./fakeMechanisms.ts";
import { parseExperiment } from "./parse.ts";

/** One line a cell: id, label, and why it is skipped. */
const cells = (body: string, phase = "prefill"): readonly string[] => {
  const { cells, problems } = parseExperiment({ text: `name: a\nphase: ${phase}\n${body}`, file: "a.yaml", sets: [] }, fakeMechanisms);
  expect(problems).toEqual([]);
  return (cells ?? []).map(({ cell, skip }) =>
    [cell.id, ...(cell.label === cell.mechanism ? [] : [`(${cell.label})`]), ...(skip ? [`${skip.code}: ${skip.reason}`] : [])].join(" "),
  );
};

test("n is outermost and ascending, then the other axes in file order, then arms", () => {
  expect(cells("mechanisms: [softmax, linear]\naxes: { heads: [4, 2], n: [512, 256] }\nfixed: { headDim: 64 }")).toMatchInlineSnapshot(`
    [
      "softmax-tiled-n256-h2-d64",
      "linear-chunk-n256-h2-d64",
      "softmax-tiled-n256-h4-d64",
      "linear-chunk-n256-h4-d64",
      "softmax-tiled-n512-h2-d64",
      "linear-chunk-n512-h2-d64",
      "softmax-tiled-n512-h4-d64",
      "linear-chunk-n512-h4-d64",
    ]
  `);
});

test("any two of dModel, heads and headDim give the third", () => {
  expect(cells("mechanisms: [softmax]\nfixed: { n: 64, dModel: 256, heads: 2 }")).toMatchInlineSnapshot(`
    [
      "softmax-tiled-n64-h2-d128",
    ]
  `);
  expect(cells("mechanisms: [softmax]\nfixed: { n: 64, dModel: 256 }")).toMatchInlineSnapshot(`
    [
      "softmax-tiled-n64-h4-d64",
    ]
  `);
  expect(cells("mechanisms: [softmax]\nfixed: { n: 64, heads: 2 }")).toMatchInlineSnapshot(`
    [
      "softmax-tiled-n64-h2-d64",
    ]
  `);
  expect(cells("mechanisms: [softmax]\nfixed: { n: 64 }")).toMatchInlineSnapshot(`
    [
      "softmax-tiled-n64-h8-d64",
    ]
  `);
});

test("impossible shapes are skipped with a reason, never dropped", () => {
  expect(cells("mechanisms: [softmax]\naxes: { n: [64], dModel: [100, 32, 128, 192], heads: [2] }\nfixed: { headDim: 64 }")).toMatchInlineSnapshot(`
    [
      "softmax-tiled-n64-h2-d64-m32 badShape: heads 2 × headDim 64 is 128, not dModel 32",
      "softmax-tiled-n64-h2-d64-m100 badShape: heads 2 × headDim 64 is 128, not dModel 100",
      "softmax-tiled-n64-h2-d64",
      "softmax-tiled-n64-h2-d64-m192 badShape: heads 2 × headDim 64 is 128, not dModel 192",
    ]
  `);
  expect(cells("mechanisms: [softmax]\nfixed: { n: 64, dModel: 100 }")).toMatchInlineSnapshot(`
    [
      "softmax-tiled-n64-h1-d64-m100 badShape: dModel 100 does not divide into heads of headDim 64",
    ]
  `);
  expect(cells("mechanisms: [softmax, { use: linear, kvHeads: 2 }]\naxes: { n: [64], kvHeads: [3, 8] }")).toMatchInlineSnapshot(`
    [
      "softmax-tiled-n64-h8-d64-kv3 badShape: 8 heads do not divide into 3 kvHeads",
      "linear-chunk-n64-h8-d64-kv2 badShape: linear takes kvHeads = heads (8), not 2: it has one state per head",
      "softmax-tiled-n64-h8-d64",
    ]
  `);
  expect(cells("mechanisms: [softmax, linear]\nfixed: { n: 64 }", "generate")).toMatchInlineSnapshot(`
    [
      "softmax-tiled-n64-h8-d64 noFeature: softmax has no phase generate",
      "linear-recurrent-n64-h8-d64",
    ]
  `);
});

test("kvHeads for the whole file leaves arms that cannot group as they are", () => {
  expect(cells("mechanisms: [softmax, linear]\nfixed: { n: 64, kvHeads: 2 }")).toMatchInlineSnapshot(`
    [
      "softmax-tiled-n64-h8-d64-kv2",
      "linear-chunk-n64-h8-d64",
    ]
  `);
});

test("zipped axes advance together", () => {
  expect(
    cells("mechanisms: [softmax]\naxes: { n: [64], heads: [12, 14, 32], kvHeads: [12, 2, 8], headDim: [64, 64, 128] }\nzip: [[heads, kvHeads, headDim]]"),
  ).toMatchInlineSnapshot(`
    [
      "softmax-tiled-n64-h12-d64",
      "softmax-tiled-n64-h14-d64-kv2",
      "softmax-tiled-n64-h32-d128-kv8",
    ]
  `);
});

test("an axis that a mechanism does not have does not repeat its cells", () => {
  expect(cells("mechanisms: [softmax, linear]\naxes: { n: [64], chunk: [32, 64] }")).toMatchInlineSnapshot(`
    [
      "softmax-tiled-n64-h8-d64",
      "linear-chunk-n64-h8-d64-chunk32",
      "linear-chunk-n64-h8-d64",
    ]
  `);
});

test("ids and automatic labels tell arms apart", () => {
  expect(
    cells(`mechanisms:
  - softmax
  - { use: softmax, form: naive }
  - { use: softmax, kvHeads: 2 }
  - { use: softmax, kvHeads: 2, label: grouped heads! }
  - { use: linear, featureMap: elu+1, normalized: true }
  - { use: linear, chunk: 32, dtype: f16 }
axes: { n: [64], batch: [1, 4] }
exclude: ["batch = 4 and mechanism = naive", "not (batch = 1 or label = 'grouped heads!')"]`),
  ).toMatchInlineSnapshot(`
    [
      "softmax-tiled-n64-h8-d64 (softmax tiled)",
      "softmax-naive-n64-h8-d64 (softmax naive)",
      "softmax-tiled-n64-h8-d64-kv2 (softmax tiled kvHeads 2)",
      "softmax-tiled-n64-h8-d64-kv2-grouped-heads (grouped heads!)",
      "linear-chunk-n64-h8-d64-elu1-normalized (linear featureMap elu+1 normalized true)",
      "linear-chunk-n64-h8-d64-f16-chunk32 (linear dtype f16 chunk 32)",
      "softmax-tiled-n64-h8-d64-kv2-b4-grouped-heads (grouped heads!)",
    ]
  `);
});

test("an open axis ends where no device could follow, each series for itself", () => {
  const text =
    "name: a\nphase: decode\nmechanisms: [softmax, linear]\naxes: { n: { from: 1000, factor: 16, until: { cell: 1s, memory: 50% } }, heads: [8, 1024] }";
  const { cells } = parseExperiment({ text, file: "a.yaml", sets: [] }, fakeMechanisms);
  const series = (mechanism: string, heads: number) =>
    cells?.filter(({ cell }) => cell.mechanism === mechanism && cell.heads === heads).map(({ cell }) => cell.n);
  expect(series("softmax", 8)).toEqual([1000, 16000, 256000, 4096000]);
  expect(series("softmax", 1024)).toEqual([1000, 16000]);
  expect(series("linear", 8)).toEqual([1000, 16000, 256000, 4096000, 65536000]);
  expect(cells?.[0]?.until).toEqual({ cellSeconds: 1, memory: { share: 0.5 } });
});

test("an open axis may have an end as well", () => {
  expect(cells("mechanisms: [linear]\naxes: { n: { from: 64, to: 300, until: { cell: 1s } } }")).toMatchInlineSnapshot(`
    [
      "linear-chunk-n64-h8-d64",
      "linear-chunk-n128-h8-d64",
      "linear-chunk-n256-h8-d64",
    ]
  `);
});

test("an open axis whose first cell is too large keeps it, as skipped", () => {
  expect(cells("mechanisms: [softmax]\naxes: { n: { from: 100000000, until: { cell: 1s } } }")).toMatchInlineSnapshot(`
    [
      "softmax-tiled-n100000000-h8-d64 overLimit: needs 381 GiB",
    ]
  `);
});

test("what an arm says of its cache counts only where it is not what the file says", () => {
  const text = "name: a\nphase: decode\nmechanisms: [softmax, { use: linear, cache: hot }]\naxes: { n: [64, 128] }";
  const { experiment, cells } = parseExperiment({ text, file: "a.yaml", sets: [] }, fakeMechanisms);
  expect(experiment?.arms.map(({ cache }) => cache)).toEqual([undefined, undefined]);
  expect(cells?.every(({ cell }) => cell.cache === undefined)).toBe(true);
});

test("an arm may be timed from a cold cache beside the same from a hot one", () => {
  const text = "name: a\nphase: decode\nmechanisms: [softmax, { use: softmax, cache: cold }]\naxes: { n: [64, 128] }";
  const { experiment, cells } = parseExperiment({ text, file: "a.yaml", sets: [] }, fakeMechanisms);
  expect(experiment?.arms.map(({ label }) => label)).toEqual(["softmax", "softmax cold"]);
  expect(cells?.map(({ cell: { id, cache } }) => [id.endsWith("-cold"), cache])).toEqual([
    [false, undefined],
    [true, "cold"],
    [false, undefined],
    [true, "cold"],
  ]);
});
