import { describe, expect, it } from "vitest";
import { analyse } from "../analysis/analysis.ts";
import { compareRuns } from "../analysis/comparison/comparison.ts";
import { plantedRun } from "../analysis/planted.ts";
import type { Comparison } from "../record/comparison.ts";
import type { RunRecord } from "../record/run.ts";
import { type Annotation, annotationsOf, workflowCommands } from "./annotations.ts";

/** A run of a decode whose linear arm costs so much; twice the bytes and a failure on demand. */
const runOf = (linearMs: number, change: { readonly bytes?: number; readonly failed?: string } = {}): RunRecord => {
  const run = plantedRun({
    ns: [256, 512, 1024, 2048],
    arms: [
      { label: "softmax", family: "softmax", ms: (n) => 0.02 + 1e-4 * n, bytes: (n) => 512 * n },
      { label: "linear", family: "linear", ms: () => linearMs, bytes: () => change.bytes ?? 16_384 },
    ],
    noise: [0.005, 0.005, 0.005],
    drift: 0,
    workers: 5,
    turns: 6,
    seed: 1,
  });
  const { failed } = change;
  const cells = run.cells.map((cell) =>
    failed !== undefined && cell.n === 512 && cell.label === "linear"
      ? { ...cell, visits: [], outcome: { status: "failed" as const, code: "wrongOutput", reason: failed } }
      : cell,
  );
  return analyse({ ...run, cells });
};

const compared = (head: RunRecord, strict = true): Comparison => compareRuns(runOf(0.1), head, { strict });
const saying = (annotations: readonly Annotation[], level: Annotation["level"]): readonly string[] =>
  annotations.filter((annotation) => annotation.level === level).map(({ message }) => message);

describe("annotations of a comparison", () => {
  it("are none where nothing became worse, faster or not", () => {
    expect(annotationsOf(compared(runOf(0.1)))).toEqual([]);
    expect(saying(annotationsOf(compared(runOf(0.05))), "error")).toEqual([]);
  });

  it("are errors of what gates: bytes, failures", () => {
    const errors = saying(annotationsOf(compared(runOf(0.1, { bytes: 32_768, failed: "o[0] is 1" }))), "error");
    expect(errors[0]).toBe("LOST in head, measured in base: linear (recurrent) at n = 512 (head: wrongOutput: o[0] is 1).");
    expect(errors).toContain("SLOWER: linear (recurrent) at n = 256, state bytes 2.000 times base's (16 KiB → 32 KiB).");
  });

  it("are warnings of times that only advise, and errors of the same where they gate", () => {
    const software = (run: RunRecord): RunRecord => ({ ...run, environment: { ...run.environment, deviceClass: "software" } });
    const [base, head] = [software(runOf(0.1)), software(runOf(0.15))];
    const advised = annotationsOf(compareRuns(base, head));
    const gated = annotationsOf(compareRuns(base, head, { strict: true }));
    const ofTime = (messages: readonly string[]): readonly string[] => messages.filter((text) => /^SLOWER: linear .*, time 1\.5/.test(text));
    expect(ofTime(saying(advised, "warning"))).toHaveLength(4);
    expect(ofTime(saying(advised, "error"))).toEqual([]);
    expect(ofTime(saying(gated, "error"))).toEqual(ofTime(saying(advised, "warning")));
  });
});

describe("workflow commands", () => {
  it("are one line each, whatever the text: it cannot end its line or its field", () => {
    const [line, ...others] = workflowCommands([{ level: "error", title: "a, line=1::b", message: "100 % of\r\n::warning::this\u2028\u001b[31m" }]);
    expect(others).toEqual([]);
    expect(line).toBe("::error title=a%2C line=1%3A%3Ab::100 %25 of\ufffd%0A::warning::this\ufffd\ufffd[31m");
  });

  it("are as many as GitHub shows of a level, and the last says how many more there are", () => {
    const many = (level: Annotation["level"], count: number): Annotation[] => Array.from({ length: count }, (_, i) => ({ level, title: "t", message: `${i}` }));
    const lines = workflowCommands([...many("warning", 10), ...many("error", 23)]);
    expect(lines.filter((line) => line.startsWith("::error "))).toHaveLength(10);
    expect(lines[9]).toBe("::error title=14 more::The job summary lists them.");
    expect(lines.slice(10)).toEqual(many("warning", 10).map(({ message }) => `::warning title=t::${message}`));
  });
});
