import { expect, it } from "vitest";
import { analyse } from "../../analysis/analysis.ts";
import { plantedRun } from "../../analysis/planted.ts";
import { en } from "../../messages/en.ts";
import { zh } from "../../messages/zh.ts";
import type { RunRecord } from "../../record/run.ts";
import { renderPage } from "../page.ts";
import { leadingOf } from "./leading.ts";

const ms: Readonly<Record<string, (n: number) => number>> = {
  "softmax host": () => 0.2,
  "softmax disk": (n) => 0.5 + 0.01 * n,
  "softmax recompute": (n) => 20 + n,
  "linear host": () => 0.1,
  "linear disk": () => 1,
  "linear recompute": (n) => 30 + n,
};

/** States that leave and come back from either tier, each sooner than it is computed anew. */
const moved = (): RunRecord => {
  const arms = Object.entries(ms).map(([label, of]) => ({
    label,
    family: label.startsWith("softmax") ? ("softmax" as const) : ("linear" as const),
    ms: of,
    bytes: (n: number) => (label.startsWith("softmax") ? 512 * n : 4096),
  }));
  const planted = plantedRun({ ns: [16, 32, 64, 128, 256, 512, 1024], arms });
  const cells = planted.cells.map((cell) => ({ ...cell, phase: "offload" as const, mechanism: cell.family, form: cell.label.split(" ")[1] ?? "" }));
  const ofArms = planted.experiment.arms.map((arm) => ({ ...arm, mechanism: arm.label.split(" ")[0] ?? "", form: arm.label.split(" ")[1] ?? "" }));
  return { ...planted, cells, experiment: { ...planted.experiment, phase: "offload", arms: ofArms } };
};

it("draws the arms that the answer names where states come back, and tells their factors as the answer does", async () => {
  const record = analyse(moved());
  expect(leadingOf(record)?.facet.answer).toEqual(["softmax recompute", "softmax disk", "linear recompute", "linear host"]);
  const [headline = ""] = record.findings.filter(({ kind }) => kind === "headline").map(({ text }) => text);
  const [, least, most] =
    /: ([\d,.]+) times as fast \(softmax attention from disk\) to ([\d,.]+) times \(linear attention from main memory\)/.exec(headline) ?? [];
  expect(Number(least)).toBeGreaterThan(1);
  const page = (await renderPage(record)).replaceAll("\u00a0", " ").replaceAll("&#39;", "'");
  expect(page).toContain(
    `Beside computing anew: softmax attention from disk ${least} times as fast and linear attention from main memory ${most} times, once changes of the whole machine's pace are taken out.`,
  );
});

it("says in words where a state comes back from, in either language", () => {
  expect(en.fromTier("linear attention", "host")).toBe("linear attention from main memory");
  const [headline = ""] = analyse(moved(), zh)
    .findings.filter(({ kind }) => kind === "headline")
    .map(({ text }) => text);
  for (const words of ["（从磁盘搬回的 softmax 注意力）", "（从主内存搬回的线性注意力）"]) expect(headline).toContain(words);
  expect(headline).not.toMatch(/disk|host/);
});
