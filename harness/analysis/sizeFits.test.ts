import { describe, expect, it } from "vitest";
import { en } from "../messages/en.ts";
import { zh } from "../messages/zh.ts";
import type { SizeFit } from "../record/derived.ts";
import type { CellRecord } from "../record/run.ts";
import { plantedPrepared, plantedRun } from "./planted.ts";
import { sizeFits } from "./sizeFits.ts";
import { sizeSentences } from "./sizeSentences.ts";

/** A decode step of linear attention whose FLOPs and state are the product of both widths in every head. */
const cellOf = (sizes: Partial<CellRecord>): CellRecord => {
  const [made] = plantedRun({ ns: [256], arms: [{ label: "linear", family: "linear", ms: () => 1, bytes: () => 1 }] }).cells;
  if (!made) throw new Error("no cell");
  const cell = { ...made, ...sizes, id: JSON.stringify(sizes) };
  const product = cell.heads * cell.headDim * cell.headDimV;
  return { ...cell, stateBytes: 4 * product, prepared: plantedPrepared(4 * product, 1) };
};

const briefOf = (cells: readonly CellRecord[], variable: SizeFit["variable"]) =>
  sizeFits(cells, () => undefined)
    .filter((fit) => fit.variable === variable)
    .map(({ series, points, class: law, work }) => ({ series, xs: points.map(({ x }) => x), law, work }));

const headDims = [16, 32, 64, 128];

describe("sizeFits", () => {
  it("follows wider keys whose values stay one width, the one of equal widths among them", () => {
    const fixed = headDims.map((headDim) => cellOf({ headDim, headDimV: 64 }));
    expect(briefOf(fixed, "headDim")).toEqual([{ series: { n: 256, heads: 4, headDimV: 64 }, xs: headDims, law: "O(n)", work: "O(n)" }]);
  });

  it("tells these from heads whose values become wider with them", () => {
    const both = headDims.flatMap((headDim) => [...new Set([headDim, 64])].map((headDimV) => cellOf({ headDim, headDimV })));
    expect(briefOf(both, "headDim")).toEqual([
      { series: { n: 256, heads: 4 }, xs: headDims, law: "O(n²)", work: "O(n²)" },
      { series: { n: 256, heads: 4, headDimV: 64 }, xs: headDims, law: "O(n)", work: "O(n)" },
    ]);
  });

  it("follows more heads of queries beside one of keys and values, a single head among them", () => {
    const heads = [1, 2, 4, 8];
    const cells = heads.map((count) => cellOf({ heads: count, kvHeads: 1, dModel: 64 * count }));
    expect(briefOf(cells, "dModel")).toEqual([
      { series: { n: 256, headDim: 64, kvHeads: 1 }, xs: heads.map((count) => 64 * count), law: "O(n)", work: "O(n)" },
    ]);
  });
});

describe("sizeSentences", () => {
  const planted = (variable: SizeFit["variable"], series: SizeFit["series"]): SizeFit => ({
    label: "linear",
    form: "recurrent",
    metric: "time",
    variable,
    series: { n: 256, ...series },
    points: [],
    exponent: { value: 1, low: 0.9, high: 1.1 },
    class: "undecided",
    work: undefined,
  });

  it("says what stays", () => {
    const said = (variable: SizeFit["variable"], series: SizeFit["series"], t = en): string =>
      sizeSentences({ sizeFits: [planted(variable, series)] }, t).join(" ");
    expect(said("headDim", { heads: 4 })).toMatch(/^By wider heads \(headDim, 4 of them\), time at n = 256 /);
    expect(said("headDim", { heads: 4, headDimV: 64 })).toMatch(/^By wider heads \(headDim, 4 of them, values 64 wide\), time /);
    expect(said("dModel", { headDim: 64 })).toMatch(/^By more heads of 64 \(dModel\), time /);
    expect(said("dModel", { headDim: 64, kvHeads: 2 })).toMatch(/^By more heads of 64 \(dModel, 2 of keys and values\), time /);
    expect(said("headDim", { heads: 4, headDimV: 64 }, zh)).toContain("共 4 个头，值宽为 64");
    expect(said("dModel", { headDim: 64, kvHeads: 2 }, zh)).toContain("键和值共 2 个头");
  });
});
