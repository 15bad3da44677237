import { describe, expect, it } from "vitest";
import type { Cell } from "./experiment/experiment.ts";
import { parseExperiment } from "./experiment/parse.ts";
import { formatProblem } from "./experiment/problem.ts";
import { fakeWorkers } from "./measure/fakeWorker.ts";
import { experimentOf, fakeRun } from "./testExperiment.ts";

const yaml = (mechanisms: string, more = ""): string => `
name: planted
phase: decode
mechanisms: ${mechanisms}
axes: { n: [64, 128, 256, 512, 1024, 2048, 4096, 8192] }
fixed: { heads: 8, headDim: 64 }
measure: { maxTime: 40s }
${more}`;

const costMs = ({ mechanism, n, phase }: Cell): number => (phase === "probe" ? 0.5 : mechanism === "softmax" ? 0.1 + 0.001 * n : 0.3);
const hybrid = "[softmax, linear, { compose: { linear: 3, softmax: 1 } }]";

describe("a hybrid", () => {
  it("is composed of layers that were measured: their mean in time and state, marked, never timed", async () => {
    const workers = fakeWorkers({ costMs, noise: { sample: 0.02, turn: 0.01 } });
    const { record } = await fakeRun(yaml(hybrid, `expect: ['"3 linear : 1 softmax".time is O(n)', 'ratio(softmax, "3 linear : 1 softmax") <= 4']`), workers);
    const composed = record.cells.filter(({ composedOf }) => composedOf);
    expect(composed.map(({ n }) => n)).toEqual([64, 128, 256, 512, 1024, 2048, 4096, 8192]);
    for (const cell of composed) {
      const [softmax, linear] = ["softmax", "linear"].map(
        (name) => record.cells.find((one) => one.mechanism === name && one.n === cell.n)?.summary?.medianMs ?? 0,
      );
      expect(cell.summary?.medianMs).toBeCloseTo((3 * (linear ?? 0) + (softmax ?? 0)) / 4, 9);
      expect(cell).toMatchObject({ label: "3 linear : 1 softmax", form: "composed", visits: [], stateBytes: 4 });
    }
    expect(workers.log.some((line) => line.includes("3-linear"))).toBe(false);
    expect(record.fits.find(({ label, metric }) => label === "3 linear : 1 softmax" && metric === "time")).toMatchObject({ class: "O(n)", verdict: "agrees" });
    const crossing = (label: string) => record.crossovers.find(({ between, metric }) => between[1] === label && metric === "time");
    expect(crossing("3 linear : 1 softmax")?.n?.value).toBeCloseTo(crossing("linear")?.n?.value ?? 0, -1);
    expect(crossing("3 linear : 1 softmax")?.advantages?.map(({ ratio }) => ratio)).toEqual([1.1, 2]);
    expect(record.findings.filter(({ verdict }) => verdict).map(({ verdict }) => verdict)).toEqual(["pass", "pass"]);
    expect(record.findings.some(({ text }) => text.startsWith("3 linear : 1 softmax was not measured"))).toBe(true);
    // The answer is of the arms that were measured.
    const answer = record.findings.filter(({ kind }) => kind === "headline").map(({ text }) => text);
    expect(answer.length).toBeGreaterThan(1);
    for (const text of answer) expect(text).toMatch(/linear attention/);
    expect(answer.join(" ")).not.toContain("3 linear : 1 softmax");
  });

  it("has no cell where one of its layers was not measured", async () => {
    const fault = ({ mechanism, n }: Cell) => (mechanism === "linear" && n === 256 ? "wrongOutput" : undefined);
    const { record } = await fakeRun(yaml(hybrid), fakeWorkers({ costMs, fault }));
    expect(record.cells.filter(({ composedOf }) => composedOf).map(({ n }) => n)).toEqual([64, 128, 512, 1024, 2048, 4096, 8192]);
  });

  it("has ids of its own, whatever its label", async () => {
    const text =
      "[softmax, linear, { compose: { linear: 3, softmax: 1 }, label: softmax split }, { compose: { linear: 3, softmax: 1 }, label: 混合 }, { compose: { linear: 1, softmax: 3 }, label: 模型 }]";
    const { record } = await fakeRun(yaml(text), fakeWorkers({ costMs, noise: { sample: 0.01 } }));
    expect(new Set(record.cells.map(({ id }) => id)).size).toBe(record.cells.length);
    const slope = (label: string) => record.fits.find((fit) => fit.label === label && fit.metric === "time")?.coefficients?.a.value ?? 0;
    expect(slope("softmax")).toBeCloseTo(0.001, 4);
    expect(slope("softmax split")).toBeCloseTo(0.00025, 5);
    expect(slope("混合")).toBeCloseTo(0.00025, 5);
    expect(slope("模型")).toBeCloseTo(0.00075, 5);
  });

  it("may have a label, and changes nothing of what is measured", async () => {
    const { experiment, cells } = await experimentOf(yaml("[softmax, linear, { compose: { linear: 7, softmax: 1 }, label: MiniMax }]"));
    expect(experiment.hybrids).toEqual([{ label: "MiniMax", layers: { linear: 7, softmax: 1 } }]);
    expect(cells).toHaveLength(16);
  });

  it("is refused where its layers are not in the file, or its label is taken", async () => {
    const { mechanisms } = await experimentOf(yaml("[softmax, linear]"));
    const complaints = (text: string): string =>
      parseExperiment({ text: yaml(text), file: "a.yaml", sets: [] }, mechanisms)
        .problems.map(formatProblem)
        .join("\n");
    expect(complaints("[softmax, linear, { compose: { liner: 3, softmax: 1 } }]")).toContain("did you mean linear?");
    expect(complaints("[softmax, linear, { compose: { linear: 3 } }]")).toContain("needs two or more");
    expect(complaints("[softmax, linear, { compose: { linear: 0, softmax: 1 } }]")).toContain("a whole number from 1 to 1000");
    expect(complaints("[softmax, linear, { compose: { linear: 3, softmax: 1 }, label: linear }]")).toContain("another entry has this label too");
    expect(complaints("[softmax, linear, { compose: { linear: 3, softmax: 1 }, heads: 4 }]")).toContain("unknown key");
    expect(complaints("[softmax, { use: linear, cache: cold }, { compose: { linear: 3, softmax: 1 } }]")).toContain("timed from unlike caches");
    expect(complaints("[{ compose: { linear: 3, softmax: 1 } }]")).toContain("an entry that is measured");
    expect(complaints("[softmax, linear, { use: liner }]")).toContain("did you mean linear?");
  });
});
