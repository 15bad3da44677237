import { expect, it } from "vitest";
import { zh } from "../messages/zh.ts";
import type { CellRecord, RunRecord } from "../record/run.ts";
import { analyse } from "./analysis.ts";
import { plantedRun } from "./planted.ts";

const ns = [128, 256, 512, 1024];
const planted = plantedRun({
  ns,
  arms: [
    { label: "no cache", family: "softmax", ms: (n) => n, bytes: () => 0, claim: { time: "O(n²)", stateBytes: "O(1)" } },
    { label: "softmax", family: "softmax", ms: (n) => n, bytes: (n) => 2048 * n },
    { label: "linear", family: "linear", ms: () => 1, bytes: () => 65536, claim: { time: "O(1)", stateBytes: "O(1)" } },
    { label: "hybrid", family: "linear", ms: (n) => n, bytes: (n) => 49152 + 512 * n },
    { label: "two states", family: "linear", ms: (n) => n, bytes: () => 4096, claim: { time: "O(1)", stateBytes: "O(1)" } },
  ],
});
const patterns: Readonly<Record<string, readonly string[]>> = { hybrid: ["linear", "linear", "linear", "softmax"], "two states": ["linear", "kda"] };

/** The run's memory sentences, its hybrids models of layers in turn; without anything kept up to n = 256 alone. */
const said = (record: RunRecord, t?: typeof zh): readonly string[] =>
  analyse(record, t).findings.flatMap(({ kind, text }) => (kind === "memory" ? [text] : []));
const patterned: RunRecord = {
  ...planted,
  cells: planted.cells
    .filter(({ label, n }) => label !== "no cache" || n <= 256)
    .map((cell): CellRecord => {
      const pattern = patterns[cell.label];
      const model = { layers: 4, width: 256, vocab: 100, feedForward: { kind: "gated", hidden: 256 }, rotary: true, tied: false, recomputes: false } as const;
      return pattern ? { ...cell, mechanism: "linear", model: { ...model, pattern } } : cell;
    }),
};

it("tells a hybrid's cache beside its state, and none of a hybrid of states", () => {
  const [sentence = ""] = said(patterned);
  expect(sentence).toContain("the recurrent state with KV cache of hybrid (recurrent) grows O(n), to 560 KiB at n = 1,024");
  expect(sentence).toContain("the recurrent state of two states (recurrent) takes 4 KiB at any n");
  expect(said(patterned, zh)[0]).toContain("hybrid (recurrent) 的递归状态与 KV 缓存按 O(n) 增长");
});

it("tells a composed hybrid's cache too", () => {
  const composed = { ...planted, experiment: { ...planted.experiment, hybrids: [{ label: "3:1", layers: { linear: 3, softmax: 1 } }] } };
  expect(said(composed)[0]).toContain("the recurrent state with KV cache of 3:1 (composed) grows O(n)");
});

it("tells bytes at the largest n of arms that keep any", () => {
  const [sentence = ""] = said(patterned);
  expect(sentence).toMatch(/^Nothing is kept by no cache/);
  expect(sentence).toContain("the KV cache of softmax (split) grows O(n), to 2 MiB at n = 1,024");
});

it("says of how many texts at once bytes are, where that is more than one", () => {
  const several = { ...planted, cells: planted.cells.map((cell) => ({ ...cell, batch: 8 })) };
  expect(said(several)[0]).toMatch(/, all for 8 texts at once\.$/);
  expect(said(several, zh)[0]).toMatch(/（均为同时 8 个文本）。$/);
  expect(said(planted)[0]).not.toContain("at once");
});
