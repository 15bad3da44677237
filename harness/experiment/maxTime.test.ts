import { expect, it } from "vitest";
import { builtInKernels } from "../../kernels/builtIn.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import { parseExperiments } from "./parse.ts";

const mechanisms = await loadMechanisms(builtInKernels);
const parse = (maxTime: string, sets: readonly string[] = []) =>
  parseExperiments(
    { text: `name: timed\nphase: [prefill, decode]\nmechanisms: [softmax]\naxes: { n: [64] }\nmeasure: { ${maxTime} }\n`, file: "a.yaml", sets },
    mechanisms,
  );
const seconds = (maxTime: string, sets: readonly string[] = []) =>
  parse(maxTime, sets).experiments.map(({ experiment }) => [experiment.phase, experiment.measure.maxTimeSeconds]);
const brief = (maxTime: string) =>
  parse(maxTime).problems.map(({ line, col, path, message, given, accepted }) => `${line}:${col} ${path}: ${message}, ${given}; ${accepted}`);

it("is one time for each phase, or one by phase, 90 s where nothing is said", () => {
  expect(seconds("seed: 1")).toEqual([
    ["prefill", 90],
    ["decode", 90],
  ]);
  expect(seconds("maxTime: 20s")).toEqual([
    ["prefill", 20],
    ["decode", 20],
  ]);
  expect(seconds("maxTime: { decode: 2m }")).toEqual([
    ["prefill", 90],
    ["decode", 120],
  ]);
  // As --budget sets it.
  expect(seconds("maxTime: { decode: 2m }", ["measure.maxTime=5s"])).toEqual([
    ["prefill", 5],
    ["decode", 5],
  ]);
});

it("says what is wrong with times by phase", () => {
  expect(brief("maxTime: { prefill: 20s, generate: 20s }")).toEqual(["5:37 measure.maxTime.generate: no phase of this file, generate; prefill, decode"]);
  expect(brief("maxTime: { prefill: 20 }")[0]).toMatch(/^5:\d+ measure.maxTime.prefill: .*; a duration from 1s to 24h, e.g. 90s or 5m$/);
  expect(brief("maxTime: { prefil: 20s }")[0]).toMatch(/^5:\d+ measure.maxTime.prefil: unknown key, prefil; /);
});
