import { describe, expect, it } from "vitest";
import { builtInKernels } from "../../kernels/builtIn.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import { parseExperiment } from "./parse.ts";
import { formatProblem } from "./problem.ts";

const mechanisms = await loadMechanisms(builtInKernels);
const parse = (text: string) => parseExperiment({ text, file: "offload.yaml", sets: [], filter: undefined }, mechanisms);

const good = `name: offload
phase: offload
layers: 32
mechanisms:
  - { use: softmax, form: disk }
  - { use: softmax, form: recompute }
  - { use: linear, label: snapshot }
axes: { n: [64, 128] }
expect:
  - crossover("softmax recompute", "softmax disk") < 1024
`;

describe("phase offload in a file", () => {
  it("keeps layers, names arms by their forms, and takes host memory unless told otherwise", () => {
    const { experiment, cells, problems } = parse(good);
    expect(problems).toEqual([]);
    expect(experiment?.layers).toBe(32);
    expect(experiment?.arms.map(({ label, form }) => [label, form])).toEqual([
      ["softmax disk", "disk"],
      ["softmax recompute", "recompute"],
      ["snapshot", "host"],
    ]);
    expect(cells?.map(({ cell: { id, phase } }) => `${phase} ${id}`)).toEqual([
      "offload softmax-disk-n64-h8-d64",
      "offload softmax-recompute-n64-h8-d64",
      "offload linear-host-n64-h8-d64",
      "offload softmax-disk-n128-h8-d64",
      "offload softmax-recompute-n128-h8-d64",
      "offload linear-host-n128-h8-d64",
    ]);
  });

  it("measures something else where layers differ", () => {
    const hash = parse(good).experiment?.hash;
    expect(hash).toMatch(/^[0-9a-f]{16}$/);
    expect(parse(good.replace("layers: 32", "layers: 16")).experiment?.hash).not.toBe(hash);
  });

  it("is of a whole model where there is one", () => {
    const { experiment, cells, problems } = parse(
      `${good.replace("layers: 32", "model: { preset: llama3-8b, scale: 0.0625, layers: 4 }")}
`.replace("form: recompute }", "form: recompute }\n  - { use: linear, form: disk, pattern: { linear: 3, softmax: 1 }, label: hybrid }"),
    );
    expect(problems).toEqual([]);
    expect(experiment?.model).toMatchObject({ preset: "llama3-8b", layers: 4, width: 256 });
    expect(experiment?.layers).toBeUndefined();
    expect(experiment?.fixed).toMatchObject({ heads: 2, kvHeads: 1, headDim: 128 });
    expect(cells?.slice(0, 4).map(({ cell: { id, model } }) => [id, model?.recomputes])).toEqual([
      ["softmax-disk-n64-h2-d128-kv1-l4-w256", false],
      ["softmax-recompute-n64-h2-d128-kv1-l4-w256", true],
      ["linear-disk-n64-h2-d128-kv1-l4-w256-3linear-1softmax", false],
      ["linear-host-n64-h2-d128-l4-w256", false],
    ]);
  });

  it("says what is wrong", () => {
    const broken = [
      good
        .replace("phase: offload", "phase: prefill")
        .replaceAll(/, form: \w+/g, "")
        .replace("  - { use: softmax }\n", "")
        .replace(/expect[\s\S]*/, ""),
      good.replace("form: disk", "form: dsk"),
      good.replace("layers: 32", "layers: 0"),
      good.replace('crossover("softmax recompute", "softmax disk")', 'crossover("softmax disk", "softmax recompute")'),
      good.replace('"softmax disk")', "snapshot)"),
      good.replace("phase: offload", "phase: offload\nmodel: { preset: llama3-8b }"),
      good
        .replace("phase: offload\nlayers: 32", "phase: decode\nmodel: { preset: llama3-8b }")
        .replaceAll(/, form: \w+/g, "")
        .replace("  - { use: softmax }\n", "")
        .replace(/expect[\s\S]*/, ""),
      good.replace("form: disk", "form: disk, pattern: { linear: 1, softmax: 1 }"),
      good.replace("label: snapshot", "runtime: ort"),
      good.replace("use: softmax, form: disk", "use: softmaxNoCache, label: none"),
    ];
    expect(
      broken
        .map((text) => parse(text))
        .map(
          ({ problems, cells = [] }) =>
            problems.map(formatProblem).join("\n") || [...new Set(cells.flatMap(({ skip }) => (skip ? [skip.reason] : [])))].join("\n"),
        )
        .join("\n\n"),
    ).toMatchInlineSnapshot(`
      "offload.yaml:3:1: layers: without a phase that brings their states back
        3 | layers: 32
          | ^
        given:    phase prefill
        accepted: layers beside phase offload; a model's are model.layers

      offload.yaml:5:27: mechanisms[0].form: unknown
        5 |   - { use: softmax, form: dsk }
          |                           ^
        given:    "dsk"
        accepted: tiled or naive (prefill), split (decode, generate), cached or recompute (tokenLoop), host or disk or recompute (offload)
        did you mean disk?

      offload.yaml:3:9: layers: too small
        3 | layers: 0
          |         ^
        given:    0
        accepted: a whole number from 1 to 1000

      offload.yaml:10:5: expect[0]: not a pair that can cross
        10 |   - crossover("softmax disk", "softmax recompute") < 1024
           |     ^
        given:    crossover(softmax disk, softmax recompute)
        accepted: first an arm of form recompute, then one of its mechanism that a tier keeps
        did you mean crossover(softmax recompute, softmax disk)?

      offload.yaml:10:5: expect[0]: not a pair that can cross
        10 |   - crossover("softmax recompute", snapshot) < 1024
           |     ^
        given:    crossover(softmax recompute, snapshot)
        accepted: first an arm of form recompute, then one of its mechanism that a tier keeps

      offload.yaml:4:1: layers: beside a model, whose layers are all measured
        4 | layers: 32
          | ^
        given:    32
        accepted: model.layers: 32, and no layers

      offload.yaml:3:1: model: a model without a phase that has one
        3 | model: { preset: llama3-8b }
          | ^
        given:    phase decode
        accepted: model beside phase tokenLoop or offload

      offload.yaml:5:33: mechanisms[0].pattern: layers of a model, in a phase that has none
        5 |   - { use: softmax, form: disk, pattern: { linear: 1, softmax: 1 } }
          |                                 ^
        accepted: pattern beside a model, in phases tokenLoop and offload; in others { compose: { … } }

      offload.yaml:7:29: mechanisms[2].runtime: runtime ort does not take linear in phase offload
        7 |   - { use: linear, runtime: ort }
          |                             ^
        given:    ort
        accepted: runtime ort takes softmax, linear, gated, deltaNet, gatedDeltaNet in phases prefill and decode

      offload.yaml:10:15: expect[0]: no arm has this name
        10 |   - crossover("softmax recompute", "softmax disk") < 1024
           |               ^
        given:    softmax recompute
        accepted: none, softmax, snapshot"
    `);
  });
});
