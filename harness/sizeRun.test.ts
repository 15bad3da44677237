import { expect, it } from "vitest";
import type { Cell } from "./experiment/experiment.ts";
import { fakeWorkers } from "./measure/fakeWorker.ts";
import { fakeRun } from "./testExperiment.ts";

const yaml = `
name: planted
phase: prefill
mechanisms: [softmax, { use: linear, form: recurrent }]
axes: { n: [256, 1024], heads: [1, 2, 4, 8], headDim: [16, 32, 64, 128] }
exclude: ["heads != 4 and headDim != 64"]
measure: { maxTime: 4s }`;

/** Softmax n² · heads · headDim, linear n · heads · headDim². */
const costMs = ({ mechanism, n, heads, headDim, phase }: Cell): number =>
  phase === "probe" ? 0.5 : mechanism === "softmax" ? 1e-9 * n * n * heads * headDim : 1e-8 * n * heads * headDim ** 2;

it("tells how time and state grow with more heads and with wider ones, at the largest n that all were measured at", async () => {
  const { record } = await fakeRun(yaml, fakeWorkers({ costMs, noise: { sample: 0.01, turn: 0.01 } }));
  const slopes = (record.sizeFits ?? [])
    .filter(({ metric }) => metric === "time")
    .map(({ label, variable, series, exponent, points, class: law }) => [
      label,
      variable,
      series.n,
      points.length,
      law,
      exponent && Math.round(exponent.value),
    ]);
  expect(slopes).toEqual([
    ["softmax", "dModel", 1024, 4, "undecided", 1],
    ["linear", "dModel", 1024, 4, "undecided", 1],
    ["softmax", "headDim", 1024, 4, "undecided", 1],
    ["linear", "headDim", 1024, 4, "undecided", 2],
  ]);
  for (const { exponent } of record.sizeFits ?? []) expect(exponent && exponent.high - exponent.low).toBeLessThan(0.4);
  const sentences = record.findings.filter(({ text }) => text.includes("in the end like")).map(({ text }) => text);
  expect(sentences).toHaveLength(2);
  expect(sentences[1]).toMatch(
    /^By wider heads \(headDim, 4 of them\), time at n = 1,024 grows in the end like headDim to the power 1\.0\d .* with softmax .* and (1\.9\d|2\.00) .* with linear/,
  );
  // No law is claimed of four values, and none of n is touched.
  expect(record.fits.every(({ variable }) => variable === "n")).toBe(true);
});
