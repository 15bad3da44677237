import { readdirSync, readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { builtInKernels } from "../../kernels/builtIn.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import { fakeMechanisms } from "./fakeMechanisms.ts";
import { experimentJsonSchema } from "./jsonSchema.ts";
import { parseExperiment, parseExperiments } from "./parse.ts";

const mechanisms = await loadMechanisms(builtInKernels);
const text = experimentJsonSchema(mechanisms);
const folder = new URL("../../experiments/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
const validate = new Ajv({ strict: false }).compile(JSON.parse(text));

test("the committed schema is that of the built-in mechanisms (npm run schema)", () => {
  expect(readFileSync(new URL("experiment.schema.json", import.meta.url), "utf8")).toBe(text);
});

test.each(files)("%s fits the schema, names it, and has cells", (file) => {
  const yaml = readFileSync(new URL(file, folder), "utf8");
  expect(yaml.split("\n")[0]).toBe("# yaml-language-server: $schema=../harness/experiment/experiment.schema.json");
  expect(validate(parse(yaml)), JSON.stringify(validate.errors)).toBe(true);
  const { experiments, problems } = parseExperiments({ text: yaml, file, sets: [] }, mechanisms);
  expect(problems).toEqual([]);
  for (const { experiment, cells } of experiments) {
    expect(`${experiment.name.replace(experiments.length > 1 ? `-${experiment.phase}` : "", "")}.yaml`).toBe(file);
    // A curve needs points; beside a peer or an earlier commit, each pair is an answer.
    const inPairs = file === "ci.yaml" || experiment.arms.some(({ runtime }) => runtime !== undefined);
    const least = inPairs ? 6 : 12;
    expect(cells.filter(({ skip }) => skip === undefined).length).toBeGreaterThanOrEqual(least);
  }
});

describe("an editor's schema refuses what the parser refuses", () => {
  const check = new Ajv({ strict: false }).compile(JSON.parse(experimentJsonSchema(fakeMechanisms)));
  const good = { name: "a", phase: "decode", mechanisms: ["softmax", { use: "linear", chunk: 32 }], axes: { n: [256, 512] } };
  test.each([
    ["nothing", good, true],
    ["an unknown key", { ...good, fixd: {} }, false],
    ["another mechanism's parameter", { ...good, mechanisms: [{ use: "softmax", chunk: 32 }] }, false],
    ["a fraction", { ...good, axes: { n: [1.5] } }, false],
    ["an instrument", { ...good, mechanisms: ["readBandwidth"] }, false],
    ["a duration without unit", { ...good, measure: { maxTime: "90" } }, false],
    ["until on another axis", { ...good, axes: { n: [1], heads: { from: 1, until: { cell: "1s" } } } }, false],
  ])("%s", (_, value, accepted) => {
    expect(check(value), JSON.stringify(check.errors)).toBe(accepted);
    const { problems } = parseExperiment({ text: JSON.stringify(value), file: "a.yaml", sets: [] }, fakeMechanisms);
    expect(problems.length === 0).toBe(accepted);
  });
});
