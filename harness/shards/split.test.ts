import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { builtInKernels } from "../../kernels/builtIn.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import type { PlannedCell } from "../experiment/experiment.ts";
import { parseExperiment } from "../experiment/parse.ts";
import { comparisonsOf } from "./comparisons.ts";
import { costOf } from "./cost.ts";
import { shardCells, splitCells } from "./split.ts";

const mechanisms = await loadMechanisms(builtInKernels);

/** Any plan of a few arms, some peers or of other types, over any sizes. */
const plans = fc
  .record({
    phase: fc.constantFrom("prefill", "decode"),
    arms: fc.subarray(
      [
        "softmax",
        "linear",
        "retention",
        "{ use: softmax, label: GQA, kvHeads: 1 }",
        "{ use: softmax, label: half, dtype: f16 }",
        "{ use: linear, label: wide, headDim: 48 }",
        "{ use: softmax, runtime: ort }",
        "{ use: linear, label: cold, cache: cold }",
      ],
      { minLength: 1 },
    ),
    n: fc.subarray([16, 64, 256, 1024], { minLength: 1 }),
    heads: fc.subarray([1, 2, 4, 8, 16], { minLength: 1 }),
    headDim: fc.subarray([16, 32, 64, 128], { minLength: 1 }),
    batch: fc.subarray([1, 3], { minLength: 1 }),
  })
  .map(({ phase, arms, ...axes }) => {
    const text = `name: any\nphase: ${phase}\nmechanisms: [${arms.join(", ")}]\naxes: { ${Object.entries(axes)
      .map(([name, values]) => `${name}: [${values}]`)
      .join(", ")} }\n`;
    const { cells, problems } = parseExperiment({ text, file: "any.yaml", sets: [] }, mechanisms);
    if (!cells) throw new Error(JSON.stringify(problems));
    return cells;
  });

const shapeOf = ({ cell: { dModel, heads, headDim, batch } }: PlannedCell): string => [dModel, heads, headDim, batch].join();

describe("a split", () => {
  it("has every cell once, in the plan's order, and never parts cells of one shape", () => {
    fc.assert(
      fc.property(plans, fc.integer({ min: 1, max: 12 }), (planned, of) => {
        const shards = splitCells(planned, mechanisms, of);
        expect(shards.map(({ shard }) => [shard.index, shard.of])).toEqual(Array.from({ length: of }, (_, at) => [at + 1, of]));
        const owner = new Map(shards.flatMap(({ shard, cells }) => cells.map((cell) => [cell, shard.index] as const)));
        expect(shards.flatMap(({ cells }) => cells)).toHaveLength(planned.length);
        expect(planned.every((cell) => owner.has(cell))).toBe(true);
        for (const { cells } of shards) expect(cells).toEqual(planned.filter((cell) => cells.includes(cell)));
        const owners = new Map<string, Set<number | undefined>>();
        for (const cell of planned) owners.set(shapeOf(cell), (owners.get(shapeOf(cell)) ?? new Set()).add(owner.get(cell)));
        expect([...owners.values()].every((own) => own.size === 1)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("uses as many shards as there are shapes of several n, the first ones, and is the same for whoever makes it", () => {
    fc.assert(
      fc.property(plans, fc.integer({ min: 1, max: 12 }), (planned, of) => {
        // Sweeps are cut where that is wanted, but not where there is nothing else to compare.
        fc.pre(new Set(planned.map(({ cell: { n } }) => n)).size > 1);
        const filled = Math.min(of, new Set(planned.map(shapeOf)).size);
        const shards = splitCells(planned, mechanisms, of);
        for (const { shard, cells } of shards) expect([shard.filled, cells.length > 0]).toEqual([filled, shard.index <= filled]);
        const again = Array.from({ length: of }, (_, at) => shardCells(structuredClone(planned), mechanisms, { index: at + 1, of }));
        expect(again).toEqual(shards);
      }),
      { numRuns: 40 },
    );
  });

  it("loads no shard with more than a fair share and the largest comparison on top (Graham's bound)", () => {
    const byName = new Map(mechanisms.map((mechanism) => [mechanism.name, mechanism]));
    fc.assert(
      fc.property(plans, fc.integer({ min: 2, max: 6 }), (planned, of) => {
        const costs = comparisonsOf(planned, of).comparisons.map((comparison) => comparison.reduce((sum, cell) => sum + costOf(cell, byName), 0));
        const whole = costs.reduce((sum, cost) => sum + cost, 0);
        fc.pre(whole > 0);
        const shares = splitCells(planned, mechanisms, of).map(({ costShare }) => costShare);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
        expect(Math.max(...shares)).toBeLessThanOrEqual(1 / Math.min(of, costs.length) + Math.max(...costs) / whole + 1e-9);
      }),
      { numRuns: 60 },
    );
  });

  const published = (name: string): readonly PlannedCell[] => {
    const text = readFileSync(new URL(`../../experiments/${name}.yaml`, import.meta.url), "utf8");
    return parseExperiment({ text, file: name, sets: [] }, mechanisms).cells ?? [];
  };
  const widthsOf = ({ cells }: { readonly cells: readonly PlannedCell[] }): readonly string[] => [
    ...new Set(cells.map(({ cell: { heads, headDim } }) => `${heads}×${headDim}`)),
  ];

  it("keeps sweeps of heads or headDim together where there are comparisons enough, the longest first", () => {
    const planned = published("modelDimension");
    expect(splitCells(planned, mechanisms, 1).map(widthsOf)).toEqual([["1×64", "2×64", "4×16", "4×32", "4×64", "4×128", "8×64"]]);
    // The sweep of heads is whole; that of headDim shares 4×64 with it, and is cut.
    expect(splitCells(planned, mechanisms, 2).map(widthsOf)).toEqual([
      ["1×64", "2×64", "4×64", "8×64"],
      ["4×16", "4×32", "4×128"],
    ]);
    expect(splitCells(planned, mechanisms, 7).map(widthsOf)).toEqual([["1×64"], ["2×64"], ["4×16"], ["4×32"], ["4×64"], ["4×128"], ["8×64"]]);
  });

  it("never cuts a sweep that is fitted where it is all that is compared, and says where it cuts one", () => {
    const planned = (n: string, heads: string): readonly PlannedCell[] => {
      const text = `name: wide\nphase: decode\nmechanisms: [softmax, linear]\naxes: { n: ${n}, heads: ${heads} }\nfixed: { headDim: 32 }\n`;
      return parseExperiment({ text, file: "wide", sets: [] }, mechanisms).cells ?? [];
    };
    const filledOf = (n: string, heads: string): readonly [number, readonly string[]] => {
      const shards = splitCells(planned(n, heads), mechanisms, 4);
      return [shards.filter(({ cells }) => cells.length > 0).length, shards[0]?.cut ?? []];
    };
    expect(filledOf("[256]", "[1, 2, 4, 8]")).toEqual([1, []]);
    // Too few values for a law, or curves over n, of which each is a comparison.
    expect(filledOf("[256]", "[1, 2, 4]")).toEqual([3, []]);
    expect(filledOf("[256, 512]", "[1, 2, 4, 8]")).toEqual([4, ["more heads"]]);
    expect(splitCells(published("modelDimension"), mechanisms, 2).map(({ cut }) => cut)).toEqual([["wider heads"], ["wider heads"]]);
    const several = "name: texts\nphase: decode\nmechanisms: [softmax]\naxes: { n: [256, 512], batch: [1, 2, 4] }\nfixed: { heads: 2, headDim: 32 }\n";
    const texts = parseExperiment({ text: several, file: "texts", sets: [] }, mechanisms).cells ?? [];
    expect([1, 2].map((of) => splitCells(texts, mechanisms, of, true)[0]?.cut)).toEqual([[], ["more texts at once"]]);
    expect(splitCells(texts, mechanisms, 2)[0]?.cut).toEqual([]);
    // Batches stay together as long as there are comparisons enough, whatever is asked of them.
    const both = several.replace("batch: [1, 2, 4]", "batch: [1, 2, 4], headDim: [16, 32]").replace("fixed: { heads: 2, headDim: 32 }", "fixed: { heads: 2 }");
    const widths = parseExperiment({ text: both, file: "texts", sets: [] }, mechanisms).cells ?? [];
    expect(splitCells(widths, mechanisms, 2).map(({ cells }) => [...new Set(cells.map(({ cell: { headDim, batch } }) => `${headDim}×${batch}`))])).toEqual([
      ["16×1", "16×2", "16×4"],
      ["32×1", "32×2", "32×4"],
    ]);
  });

  it("leaves the shards behind the last comparison empty", () => {
    const shards = splitCells(published("hybrids"), mechanisms, 3);
    expect(shards.map(({ shard, cells }) => [shard, cells.length > 0])).toEqual([
      [{ index: 1, of: 3, filled: 1 }, true],
      [{ index: 2, of: 3, filled: 1 }, false],
      [{ index: 3, of: 3, filled: 1 }, false],
    ]);
    expect(() => shardCells(published("hybrids"), mechanisms, { index: 4, of: 3 })).toThrow("there is no shard 4 of 3");
  });

  it("plans thousands of cells in a moment", () => {
    const { cells = [] } = parseExperiment(
      {
        text: "name: many\nphase: decode\nmechanisms: [softmax, linear, gated, kda]\naxes: { n: { from: 1, to: 8192, factor: 2 }, heads: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], headDim: [16, 32, 64], batch: [1, 2, 3] }",
        file: "many",
        sets: [],
      },
      mechanisms,
    );
    expect(cells.length).toBe(14 * 4 * 90);
    const from = performance.now();
    const shards = splitCells(cells, mechanisms, 16);
    expect(performance.now() - from).toBeLessThan(1000);
    expect(shards.every(({ costShare }) => costShare > 0)).toBe(true);
  });
});
