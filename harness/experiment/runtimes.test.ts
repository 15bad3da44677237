import { describe, expect, it } from "vitest";
import { builtInKernels } from "../../kernels/builtIn.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import { parseExperiment } from "./parse.ts";
import { formatProblem } from "./problem.ts";

const mechanisms = await loadMechanisms(builtInKernels);

const parse = (arms: string, more = "", phase = "prefill") =>
  parseExperiment({ text: `name: a\nphase: ${phase}\nmechanisms: [${arms}]\naxes: { n: [64] }\n${more}`, file: "a.yaml", sets: [] }, mechanisms);

const complaints = (...given: Parameters<typeof parse>): string =>
  parse(...given)
    .problems.map(formatProblem)
    .join("\n");

const cellsOf = (...given: Parameters<typeof parse>) => {
  const { cells } = parse(...given);
  if (!cells) throw new Error(complaints(...given));
  return cells;
};

describe("an arm of another runtime", () => {
  it("is told from ours by label, form, runtime and id", () => {
    const cells = cellsOf("softmax, { use: softmax, runtime: ort }, { use: linear, runtime: ort, label: theirs }").map(({ cell }) => cell);
    expect(cells.map(({ id, label, form, runtime }) => ({ id, label, form, runtime }))).toEqual([
      { id: "softmax-tiled-n64-h8-d64", label: "softmax", form: "tiled", runtime: undefined },
      { id: "softmax-ort-n64-h8-d64", label: "softmax (ort)", form: "ort", runtime: "ort" },
      { id: "linear-ort-n64-h8-d64", label: "theirs", form: "ort", runtime: "ort" },
    ]);
    expect(cells[0]).not.toHaveProperty("runtime");
  });

  it("differs from another of its runtime by what differs", () => {
    const labels = parse("softmax, { use: softmax, runtime: ort }, { use: softmax, runtime: ort, kvHeads: 2 }").experiment?.arms.map(({ label }) => label);
    expect(labels).toEqual(["softmax", "softmax (ort)", "softmax kvHeads 2 (ort)"]);
  });

  it("changes the hash of an experiment, and only then", () => {
    const hash = (arms: string): string | undefined => parse(arms).experiment?.hash;
    expect(hash("softmax, { use: softmax, label: b, runtime: ort }")).not.toBe(hash("softmax, { use: softmax, label: b }"));
    expect(parse("softmax").experiment?.arms[0]).not.toHaveProperty("runtime");
  });

  it("must be of a mechanism and phase that the runtime has, in its own form, with default parameters", () => {
    expect(
      [
        complaints("{ use: gla, runtime: ort }"),
        complaints("{ use: softmax, runtime: ort }", "", "generate"),
        complaints("{ use: linear, runtime: ort, form: chunk, featureMap: elu+1 }"),
        complaints("{ use: linear, runtime: orc }"),
      ].join("\n"),
    ).toMatchInlineSnapshot(`
      "a.yaml:3:35: mechanisms[0].runtime: runtime ort does not take gla in phase prefill
        3 | mechanisms: [{ use: gla, runtime: ort }]
          |                                   ^
        given:    ort
        accepted: runtime ort takes softmax, linear, gated, deltaNet, gatedDeltaNet in phases prefill and decode
      a.yaml:3:39: mechanisms[0].runtime: runtime ort does not take softmax in phase generate
        3 | mechanisms: [{ use: softmax, runtime: ort }]
          |                                       ^
        given:    ort
        accepted: runtime ort takes softmax, linear, gated, deltaNet, gatedDeltaNet in phases prefill and decode
      a.yaml:3:49: mechanisms[0].form: runtime ort computes linear in its own way
        3 | mechanisms: [{ use: linear, runtime: ort, form: chunk, featureMap: elu+1 }]
          |                                                 ^
        given:    chunk
        accepted: no form beside runtime
      a.yaml:3:68: mechanisms[0].featureMap: runtime ort takes linear with default parameters
        3 | ms: [{ use: linear, runtime: ort, form: chunk, featureMap: elu+1 }]
          |                                                            ^
        given:    elu+1
        accepted: identity
      a.yaml:3:38: mechanisms[0].runtime: unknown
        3 | mechanisms: [{ use: linear, runtime: orc }]
          |                                      ^
        given:    "orc"
        accepted: ort
        did you mean ort?"
    `);
  });

  it("is skipped where the file as a whole asks for what it does not do, with the reason", () => {
    const skips = (more: string): unknown => cellsOf("{ use: linear, runtime: ort }", more).map(({ skip }) => skip);
    expect(skips("fixed: { featureMap: elu+1 }")).toEqual([{ code: "noFeature", reason: "ort computes linear with featureMap identity alone, not elu+1" }]);
    expect(skips("fixed: { dtype: f16 }")).toEqual([{ code: "noFeature", reason: "ort is driven with dtype, kvDtype and stateDtype f32" }]);
    expect(skips("fixed: { headDim: 512 }")).toEqual([{ code: "noFeature", reason: "ort takes headDim up to 256, not 512" }]);
    expect(skips("fixed: { headDim: 128 }")).toEqual([undefined]);
  });

  it("does not repeat its cells for a parameter that says how", () => {
    const cells = cellsOf("linear, { use: linear, runtime: ort }", "fixed: { chunk: 32 }").map(({ cell }) => cell);
    expect(cells.map(({ parameters }) => parameters.chunk)).toEqual([32, 64]);
    const text = "name: a\nphase: prefill\nmechanisms: [linear, { use: linear, runtime: ort }]\naxes: { n: [64], chunk: [32, 64, 128] }";
    const swept = parseExperiment({ text, file: "a.yaml", sets: [] }, mechanisms).cells ?? [];
    expect(swept.filter(({ cell }) => cell.runtime === "ort")).toHaveLength(1);
    expect(swept).toHaveLength(4);
  });

  it("may be filtered for", () => {
    const text = "name: a\nphase: prefill\nmechanisms: [softmax, { use: softmax, runtime: ort }]\naxes: { n: [64] }";
    const ids = (filter: string) => parseExperiment({ text, file: "a.yaml", sets: [], filter }, mechanisms).cells?.map(({ cell }) => cell.id);
    expect(ids("runtime = ort")).toEqual(["softmax-ort-n64-h8-d64"]);
    expect(ids("runtime != ort")).toEqual(["softmax-tiled-n64-h8-d64"]);
  });

  it("is expected of in time, beside ours, alone", () => {
    const arms = "softmax, { use: softmax, runtime: ort }, linear, { use: linear, runtime: ort }";
    expect(complaints(arms, "expect: ['ratio(softmax, \"softmax (ort)\") < 1', '\"softmax (ort)\".medianMs < 10']")).toBe("");
    expect(
      [
        complaints(arms, "expect: ['crossover(\"softmax (ort)\", linear) < 100']"),
        complaints(arms, "expect: ['ratio(softmax, \"softmax (ort)\", stateBytes) < 1']"),
        complaints(arms, 'expect: [\'ratio("linear (ort)", "softmax (ort)") < 1\']'),
      ].join("\n"),
    ).toMatchInlineSnapshot(`
      "a.yaml:5:11: expect[0]: a peer is compared with ours of its mechanism, in time alone
        5 | expect: ['crossover("softmax (ort)", linear) < 100']
          |           ^
        given:    crossover(softmax (ort), linear)
        accepted: ratio(ours, "softmax (ort)")
      a.yaml:5:11: expect[0]: a peer is compared with ours of its mechanism, in time alone
        5 | expect: ['ratio(softmax, "softmax (ort)", stateBytes) < 1']
          |           ^
        given:    ratio(softmax, softmax (ort))
        accepted: ratio(ours, "softmax (ort)")
      a.yaml:5:11: expect[0]: a peer is compared with ours of its mechanism, in time alone
        5 | expect: ['ratio("linear (ort)", "softmax (ort)") < 1']
          |           ^
        given:    ratio(linear (ort), softmax (ort))
        accepted: ratio(ours, "linear (ort)")"
    `);
  });
});
