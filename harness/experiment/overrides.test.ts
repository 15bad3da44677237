import { describe, expect, test } from "vitest";
import { fakeMechanisms } from "./fakeMechanisms.ts";
import { parseExperiment } from "./parse.ts";
import { formatProblem } from "./problem.ts";

const text = `name: a
phase: decode
mechanisms: [softmax, { use: linear, label: lin }]
axes: { n: [256, 512] }
`;
const set = (...sets: string[]) => parseExperiment({ text, file: "a.yaml", sets }, fakeMechanisms);
const complaints = (...sets: string[]): string =>
  `\n${set(...sets)
    .problems.map(formatProblem)
    .join("\n")}\n`;

test("values are YAML, paths are dotted, later flags win", () => {
  const { experiment } = set(
    "axes.n=[64,128]",
    "measure.maxTime=9s",
    "mechanisms.1.label=straight",
    "name=b",
    "name=c",
    "fixed={headDim: 32}",
    "fixed.heads=4",
  );
  expect(experiment?.axes["n"]).toEqual({ values: [64, 128] });
  expect(experiment?.measure.maxTimeSeconds).toBe(9);
  expect(experiment?.arms.map((arm) => arm.label)).toEqual(["softmax", "straight"]);
  expect(experiment?.name).toBe("c");
  expect(experiment?.fixed).toMatchObject({ headDim: 32, heads: 4 });
});

test("a value may hold an equals sign", () => {
  expect(set('exclude=["n = 256"]').cells?.map(({ cell }) => cell.n)).toEqual([512, 512]);
});

describe("problems point into the flag", () => {
  test.each([
    ["a wrong value", "axes.n=[64,x]"],
    ["an unknown key", "axez.n=[64]"],
    ["an unknown inner key", "measure.mxTime=9s"],
    ["broken YAML", "axes.n=[64"],
    ["no value", "axes.n="],
    ["no equals sign", "axes.n"],
    ["an empty part", "axes..n=3"],
    ["a path through a value", "name.first=3"],
    ["an entry that is not there", "mechanisms.2=softmax"],
    ["an alias", "name=*x"],
    ["a condition", 'exclude=["nn > 3"]'],
    ["Object.prototype", "__proto__.polluted=1"],
  ])("%s", (_, flag) => {
    expect(complaints(flag)).toMatchSnapshot();
  });
});
