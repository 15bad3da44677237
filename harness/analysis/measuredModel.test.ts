import { expect, it } from "vitest";
import { type PresetName, presets, scaled } from "../../kernels/model/presets.ts";
import type { ExperimentModel } from "../experiment/experiment.ts";
import { en } from "../messages/en.ts";
import { zh } from "../messages/zh.ts";
import { fixtureRecord } from "../report/fixture.ts";
import { renderMarkdown } from "../report/markdown.ts";
import { renderPage } from "../report/page.ts";
import { strictLogger } from "../report/strictLogger.ts";
import { measuredModel } from "./measuredModel.ts";

/** A run of a preset at this scale, with sizes of its own. */
const recordOf = (preset: PresetName, scale: number, sizes: Partial<ExperimentModel> = {}) => {
  const { heads, kvHeads, headDim, model } = scaled(presets[preset], scale);
  const base = fixtureRecord({ phase: "tokenLoop", ns: [64, 128, 256] });
  return {
    ...base,
    experiment: { ...base.experiment, model: { ...model, preset, scale, ...sizes } },
    cells: base.cells.map((cell) => ({ ...cell, heads, kvHeads, headDim, dModel: heads * headDim })),
  };
};

const text = (page: string): string =>
  page
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll("&nbsp;", " ")
    .replaceAll(/\s+/g, " ");

it("says which model was measured in the place of the published one, before any number, and what that does to attention's part", async () => {
  const record = recordOf("llama3-8b", 1 / 64, { layers: 4 });
  const shrunk = "Measured: not Llama-3-8B itself but a model of its plan: 1/64 as wide, 4 of 32 layers, random weights.";
  expect(measuredModel(record, en)).toBe(shrunk);
  expect(measuredModel(record, zh)).toBe("测量的不是 Llama-3-8B 本身，而是按其结构搭建的模型：宽度为其 1/64，4 层（原为 32 层），权重是随机的。");
  const page = text(await renderPage(record, strictLogger));
  expect(page.indexOf(shrunk)).toBeGreaterThan(0);
  expect(page.indexOf(shrunk)).toBeLessThan(page.indexOf(` ${en.page.answer} `));
  expect(page).toContain("Llama-3-8B itself. A model of its plan stands in: 1/64 as wide, 4 of 32 layers, random weights.");
  // As experiments/tokenLoop.yaml has it.
  expect(page).toContain("at n = 421 here, and at n = 28,628 in Llama-3-8B");
  expect(page).not.toContain("A trained model.");
  const markdown = renderMarkdown(record);
  expect(markdown.indexOf(shrunk)).toBeGreaterThan(0);
  expect(markdown.indexOf(shrunk)).toBeLessThan(markdown.indexOf("\n- "));
});

it("tells widths that no whole number divides, experts, and models of a published one's every size or of nobody's plan", () => {
  expect(measuredModel(recordOf("qwen3-next", 1 / 16, { layers: 4, feedForward: { kind: "experts", hidden: 32, experts: 64, active: 10 } }), en)).toBe(
    "Measured: not Qwen3-Next-80B-A3B itself but a model of its plan: 1/16 as wide, 4 of 48 layers, 64 of 512 experts, random weights.",
  );
  expect(measuredModel(recordOf("gpt2-small", 1, { width: 500 }), en)).toContain(": 0.65 times as wide, random");
  expect(measuredModel(recordOf("gpt2-small", 1, { width: 60 }), en)).toContain(": about 1/13 as wide, random");
  expect(measuredModel(recordOf("gpt2-small", 1, { width: 1152, layers: 24 }), en)).toContain(": 1.5 times as wide, 24 in the place of 12 layers, random");
  expect(measuredModel(recordOf("gpt2-small", 1, { vocab: 1024 }), en)).toContain("1,024 of 50,257 different tokens");
  expect(measuredModel(recordOf("gpt2-small", 1), en)).toBe("Measured: a model with the sizes of GPT-2 small, and with random weights.");
  const { preset: _, ...own } = recordOf("gpt2-small", 1, { width: 512, layers: 1 }).experiment.model;
  const record = recordOf("gpt2-small", 1);
  expect(measuredModel({ ...record, experiment: { ...record.experiment, model: own } }, en)).toBe(
    "Measured: a model of 1 layer, 512 wide, with random weights.",
  );
  expect(measuredModel(fixtureRecord({ ns: [64] }), en)).toBeUndefined();
});
