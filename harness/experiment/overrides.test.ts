import { expect, test } from "vitest";
import { fakeMechanisms } from "./fakeMechanisms.ts";
import { parseExperiment } from "./parse.ts";
import { formatProblem } from "./problem.ts";

const text = `name: a
phase: decode
mechanisms: [softmax, { use: linear, label: lin }]
axes: { n: [256, 512] }
`;
const set = (...sets: string[]) => parseExperiment({ text, file: "a.yaml", sets }, fakeMechanisms);
const complaints = (flag: string): string => set(flag).problems.map(formatProblem).join("\n");

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
  expect(experiment?.axes.n).toEqual({ values: [64, 128] });
  expect(experiment?.measure.maxTimeSeconds).toBe(9);
  expect(experiment?.arms.map((arm) => arm.label)).toEqual(["softmax", "straight"]);
  expect(experiment?.name).toBe("c");
  expect(experiment?.fixed).toMatchObject({ headDim: 32, heads: 4 });
});

test("a value may hold an equals sign", () => {
  expect(set('exclude=["n = 256"]').cells?.map(({ cell }) => cell.n)).toEqual([512, 512]);
});

test("problems point into the flag", () => {
  const flags = [
    "axes.n=[64,x]",
    "axez.n=[64]",
    "measure.mxTime=9s",
    "axes.n=[64",
    "axes.n=",
    "axes.n",
    "axes..n=3",
    "name.first=3",
    "mechanisms.2=softmax",
    "name=*x",
    'exclude=["nn > 3"]',
    "__proto__.polluted=1",
  ];
  expect(flags.map((flag) => complaints(flag)).join("\n")).toMatchInlineSnapshot(`
    "--set: axes.n[1]: not accepted here
        --set axes.n=[64,x]
                         ^
      given:    "x"
      accepted: a whole number from 1 to 134217728
    --set: axez: unknown key
        --set axez.n=[64]
              ^
      given:    axez
      accepted: name, title, question, phase, model, text, layers, mechanisms, axes, zip, exclude, fixed, measure, expect, serving, claims
      did you mean axes?
    --set: measure.mxTime: unknown key
        --set measure.mxTime=9s
              ^
      given:    mxTime
      accepted: precision, maxTime, cache, seed, refine
      did you mean maxTime?
    --set: not valid YAML: Flow sequence must end with a ]
        --set axes.n=[64
                        ^
    --set: axes.n: not accepted here
        --set axes.n=
                     ^
      given:    nothing
      accepted: [256, 512], { from, to, factor } or { from, factor, until }
    --set: no \`=\`
        --set axes.n
              ^
      accepted: PATH=VALUE, e.g. --set axes.n=[256,512]
    --set: a part of the path is empty
        --set axes..n=3
              ^
      accepted: PATH=VALUE, e.g. --set axes.n=[256,512]
    --set: name is a single value and holds no first
        --set name.first=3
                   ^
      accepted: --set name=VALUE
    --set: mechanisms is a list without an entry 2
        --set mechanisms.2=softmax
                         ^
      accepted: 0 to 1, or the whole list: --set mechanisms=[…]
    --set: aliases are not accepted
        --set name=*x
                   ^
      given:    *x
      accepted: the values themselves
    --set: exclude[0]: nothing of a cell is called this
        --set exclude=["nn > 3"]
                        ^
      given:    nn
      accepted: mechanism, label, form, runtime, phase, n, dModel, heads, headDim, headDimV, kvHeads, batch, dtype, kvDtype, stateDtype, chunk, featureMap, normalized
      did you mean n?
    --set: __proto__: unknown key
        --set __proto__.polluted=1
              ^
      given:    __proto__
      accepted: name, title, question, phase, model, text, layers, mechanisms, axes, zip, exclude, fixed, measure, expect, serving, claims"
  `);
});
