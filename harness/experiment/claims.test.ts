import { describe, expect, it } from "vitest";
import { builtInKernels } from "../../kernels/builtIn.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import { claimIds } from "./claims.ts";
import { parseExperiments } from "./parse.ts";
import { experimentHash } from "./resolve.ts";

const file = (lines: string) => `name: asked
phase: [prefill, decode]
mechanisms:
  - softmax
  - linear
  - { use: linear, form: recurrent, label: by recurrence, phase: prefill }
  - { compose: { linear: 3, softmax: 1 }, label: hybrid, phase: [decode] }
axes: { n: [64, 128] }
${lines}
`;

const mechanisms = await loadMechanisms(builtInKernels);
const parse = (text: string) => parseExperiments({ text, file: "a.yaml", sets: [] }, mechanisms);
const brief = (text: string) =>
  parse(text).problems.map(({ line, col, path, message, given, accepted }) => `${line}:${col} ${path}: ${message}, ${given}; ${accepted}`);

describe("entries of some phases", () => {
  it("are in those alone", () => {
    const { experiments, problems } = parse(file('exclude: ["label = \\"by recurrence\\" and n > 64"]'));
    expect(problems).toEqual([]);
    expect(experiments.map(({ experiment }) => experiment.arms.map(({ label, form }) => `${label} ${form}`))).toEqual([
      ["softmax tiled", "linear chunk", "by recurrence recurrent"],
      ["softmax split", "linear recurrent"],
    ]);
    expect(experiments.map(({ experiment }) => experiment.hybrids?.map(({ label }) => label))).toEqual([undefined, ["hybrid"]]);
    expect(experiments.map(({ cells }) => cells.length)).toEqual([5, 4]);
  });

  it("are told where the file has no such phase, or a phase no entry", () => {
    expect(brief(file("").replace("phase: prefill", "phase: generate"))).toEqual([
      "6:66 mechanisms[2].phase: no phase of this file, generate; prefill, decode",
    ]);
    expect(
      brief(
        file("")
          .replace("- softmax", "- { use: softmax, phase: decode }")
          .replace("- linear", "- { use: linear, phase: decode }")
          .replace("phase: prefill }", "phase: decode }"),
      ),
    ).toContain("3:1 mechanisms: no entry is in this phase, prefill; an entry without phase, or with phase prefill");
    expect(brief(file("").replace("phase: prefill", "phase: prefil"))[0]).toMatch(/^6:66 mechanisms\[2\].phase: .*prefil/);
  });
});

describe("claims", () => {
  it("are asked for all together or by a list, in their order", () => {
    const asked = (lines: string) => parse(file(lines)).experiments.map(({ experiment }) => experiment.claims);
    expect(asked("claims: true")).toEqual([claimIds, claimIds]);
    expect(asked("claims: [S16, S5]")).toEqual([
      ["S5", "S16"],
      ["S5", "S16"],
    ]);
    expect(asked("")).toEqual([undefined, undefined]);
  });

  it("keep beside a phase of attention alone which published model the file's is", () => {
    const model = (claims: string, preset = "preset: llama3-8b, scale: 0.25") =>
      parse(`name: asked\nphase: [decode, tokenLoop]\nmechanisms: [softmax, linear]\nmodel: { ${preset} }\naxes: { n: [64, 128] }\n${claims}`).experiments.map(
        ({ experiment: { published, hash } }) => ({ published, hash }),
      );
    expect(model("claims: true").map(({ published }) => published)).toEqual(["llama3-8b", undefined]);
    expect(model("").map(({ published }) => published)).toEqual([undefined, undefined]);
    // It changes nothing of what is measured.
    const unhashed = parse("name: asked\nphase: decode\nmechanisms: [softmax, linear]\naxes: { n: [64, 128] }").experiments[0]?.experiment;
    if (!unhashed) throw new Error("no experiment");
    expect(experimentHash({ ...unhashed, published: "llama3-8b" })).toBe(experimentHash(unhashed));
  });

  it("are refused where no phase of the file can judge them, with what would", () => {
    expect(brief(file("claims: [S5, S7, S5]"))).toEqual([
      "9:14 claims[1]: is judged in phase generate, which this file does not have, S7; S5, S6, S13, S15, S16, S17, S18",
      "9:18 claims[2]: stands twice, S5; each claim once",
    ]);
    expect(brief(file("claims: false"))).toEqual(["9:9 claims: not accepted here, false; true, or a list such as [S5, S6]"]);
    expect(brief(file("claims: [S20]"))[0]).toMatch(/^9:10 claims\[0\]: .*S20/);
  });
});
