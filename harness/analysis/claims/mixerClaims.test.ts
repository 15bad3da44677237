import { expect, it } from "vitest";
import type { PresetName } from "../../../kernels/model/presets.ts";
import type { Crossover, SizeFit } from "../../record/derived.ts";
import type { CellRecord, RunRecord, Sharpness } from "../../record/run.ts";
import { plantedPrepared, plantedRun } from "../planted.ts";
import { type ClaimCase, sentencesOn, testClaims } from "./claimCases.ts";
import { about, between, line, linear, none, verdictOn } from "./plantedClaims.ts";

const sharp = (points: Sharpness["points"]): Partial<RunRecord> => ({ sharpness: { cell: "a", heads: 4, points } });
const at = (times: number, off: number, weight: number) => ({ times, off, weight });

/** FLOPs of softmax decode in one head of 64: over n, and over n + 1 positions. */
const work =
  (perPosition: number, extra: number) =>
  (n: number): Partial<CellRecord> => ({ heads: 1, prepared: plantedPrepared(perPosition * (n + extra), 1) });

const crossing = (outcome: Crossover["outcome"]): Partial<RunRecord> => ({
  crossovers: [
    {
      between: ["softmax", "linear"],
      metric: "time",
      series: { dModel: 256, heads: 4, headDim: 64 },
      outcome,
      n: outcome === "crosses" ? between(100, 120) : undefined,
      atLatest: undefined,
      crossings: [],
      range: [64, 512],
      note: undefined,
    },
  ],
});

/** One fit of time over headDim: of values as wide, or `headDimV` wide. */
const widthFit = (exponent: SizeFit["exponent"], work: SizeFit["work"] = "O(n²)", headDimV?: number): SizeFit => ({
  label: "linear",
  form: "recurrent",
  metric: "time",
  variable: "headDim",
  series: { n: 2048, heads: 4, ...(headDimV === undefined ? {} : { headDimV }) },
  points: [],
  exponent,
  class: "undecided",
  work,
});
const widths = (...sizeFits: SizeFit[]): Partial<RunRecord> => ({ sizeFits });
/** Both ways to wider keys, with a state of headDim × headDimV numbers in each of 4 heads, and `more` of them. */
const product = (exponents: { readonly equal: SizeFit["exponent"]; readonly fixed: SizeFit["exponent"] }): Partial<RunRecord> =>
  widths(widthFit(exponents.equal), widthFit(exponents.fixed, "O(n)", 64));
const state = (headDimV = 64, more = 0) => linear({ cell: () => ({ headDimV, stateBytes: 4 * (64 * headDimV + more) * 4 }) });

/** A file whose model is this preset, in a phase of attention alone. */
const shapeOf = (published: PresetName): Partial<RunRecord> => ({ experiment: { published } as unknown as RunRecord["experiment"] });

/** Bytes of a cache of 4 heads of 64 in f32, a token. */
const perToken = 4 * 128 * 4;
const grouped = (): Partial<CellRecord> => ({ kvHeads: 1 });
const verified =
  (form: string, maxError: (n: number) => number) =>
  (n: number): Partial<CellRecord> => ({
    mechanism: "linear",
    form,
    prepared: { ...plantedPrepared(1, 1), maxError: maxError(n), tolerance: 1e-4 },
  });

testClaims({
  S5: [
    ["as many dot products as tokens before", "holds", [{ label: "softmax", cell: work(128, 0), time: { exponent: about(1) } }]],
    ["itself too, and values", "holdsWithCorrection", [{ label: "softmax", cell: work(256, 1), time: { class: "O(n)" } }]],
    ["a constant time", "doesNotHoldHere", [{ label: "softmax", cell: work(256, 1), time: { class: "O(1)", exponent: about(0.01) } }]],
    [
      "a time that a GPU takes to begin, and a line beneath",
      "holdsWithCorrection",
      [{ label: "softmax", cell: work(128, 0), time: { exponent: about(0.1), coefficients: [about(0.01), about(1e-6), none], candidates: ["O(n)"] } }],
    ],
    [
      "a line that is next to nothing",
      "doesNotHoldHere",
      [{ label: "softmax", cell: work(128, 0), time: { class: "O(1)", exponent: about(0.01), coefficients: [about(0.01), about(1e-9), none] } }],
    ],
    [
      "a line that may be nothing",
      "undecided",
      [{ label: "softmax", cell: work(128, 0), time: { class: "O(1)", exponent: about(0.01), coefficients: [about(0.01), between(0, 1e-6), none] } }],
    ],
    [
      "a law of O(1), and perhaps a line far beyond",
      "undecided",
      [{ label: "softmax", cell: work(128, 0), time: { class: "O(1)", exponent: about(0.01), coefficients: [about(1), about(2e-5), none] } }],
    ],
    [
      "a square that is flat yet",
      "doesNotHoldHere",
      [{ label: "softmax", cell: work(128, 0), time: { class: "O(n²)", exponent: about(0.42), coefficients: [about(1), none, about(1e-6)] } }],
    ],
    [
      "a square whose slope passes that of a line",
      "doesNotHoldHere",
      [{ label: "softmax", cell: work(128, 0), time: { class: "O(n²)", exponent: about(0.88), coefficients: [about(1), none, about(3e-6)] } }],
    ],
    [
      "a line or a square, by its terms a square",
      "doesNotHoldHere",
      [{ label: "softmax", cell: work(128, 0), time: { exponent: about(0.42), coefficients: [about(1), none, about(1e-6)], candidates: ["O(n)", "O(n²)"] } }],
    ],
    [
      "flatter than a line, by no law",
      "undecided",
      [{ label: "softmax", cell: work(128, 0), time: { exponent: about(0.3), coefficients: [about(0.01), about(1e-6), none] } }],
    ],
    [
      "steeper than a line",
      "doesNotHoldHere",
      [{ label: "softmax", cell: work(128, 0), time: { exponent: about(1.5), coefficients: [about(0.01), about(1e-6), none] } }],
    ],
    ["work as the square", "doesNotHoldHere", [{ label: "softmax", cell: (n) => work(256 * n, 0)(n), time: { class: "O(n)" } }]],
    ["a wide interval", "undecided", [{ label: "softmax", cell: work(256, 1), time: { exponent: between(0.5, 1.5) } }]],
    ["no softmax", undefined, [linear()]],
  ],
  S6: [
    ["sharp from the start", "holds", [], sharp([at(1, 0.2, 0.8), at(256, 1e-9, 1)])],
    ["soft at the usual scale", "holdsWithCorrection", [], sharp([at(1, 0.9, 0.01), at(256, 1e-9, 1)])],
    ["not sharp at all", "doesNotHoldHere", [], sharp([at(1, 0.9, 0.01), at(256, 0.8, 0.02)])],
    ["less sharp for larger scores", "doesNotHoldHere", [], sharp([at(1, 0.9, 0.5), at(2, 0.9, 0.4), at(256, 1e-9, 1)])],
    ["a kernel that is not sharp", "doesNotHoldHere", [], sharp([at(1, 0.9, 0.01), { ...at(256, 1e-9, 1), kernelOff: 0.5 }])],
    [
      "a kernel as sharp",
      "holdsWithCorrection",
      [],
      sharp([
        { ...at(1, 0.9, 0.01), kernelOff: 0.9 },
        { ...at(256, 1e-9, 1), kernelOff: 1e-6 },
      ]),
    ],
    ["not sharp yet", "undecided", [], sharp([at(1, 0.9, 0.01), at(256, 0.05, 0.9)])],
    ["nothing looked at", undefined, []],
  ],
  S7: [
    ["a square", "holds", [{ label: "softmax", time: { class: "O(n²)", exponent: about(2), slopes: [about(1.9)] } }]],
    ["a square after a line", "holdsWithCorrection", [{ label: "softmax", time: { class: "O(n²)", exponent: about(1.9), slopes: [about(1.1)] } }]],
    [
      "a square that is not most yet",
      "holdsWithCorrection",
      [{ label: "softmax", time: { exponent: about(1.4), coefficients: [none, about(1), about(1)], candidates: ["O(n)", "O(n²)"] } }],
    ],
    [
      "nearly a square",
      "holdsWithCorrection",
      [{ label: "softmax", time: { exponent: between(1.4, 1.85), coefficients: [none, about(1), about(1)], candidates: ["O(n log n)", "O(n²)"] } }],
    ],
    [
      "a power between a line and a square",
      "undecided",
      [{ label: "softmax", time: { exponent: about(1.4, 0.01), coefficients: [none, about(1), about(1)] } }],
    ],
    [
      "a line up to the largest n, and a square beneath",
      "holdsWithCorrection",
      [{ label: "softmax", time: { exponent: about(1.05), coefficients: [none, about(0.01), about(1.5e-6)], candidates: ["O(n)", "O(n log n)"] } }],
    ],
    [
      "a line up to the largest n, and perhaps a square beneath",
      "undecided",
      [{ label: "softmax", time: { exponent: about(1.05), coefficients: [none, about(0.01), between(0, 1.5e-6)], candidates: ["O(n)", "O(n log n)"] } }],
    ],
    ["a line", "doesNotHoldHere", [{ label: "softmax", time: { class: "O(n)", exponent: about(1), coefficients: [none, about(1), between(0, 1e-9)] } }]],
    [
      "a line with next to no square",
      "doesNotHoldHere",
      [{ label: "softmax", time: { class: "O(n)", exponent: about(1), coefficients: [none, about(1), about(1e-9)] } }],
    ],
    ["a wide interval", "undecided", [{ label: "softmax", time: { exponent: between(1, 2), coefficients: [none, about(1), about(1)] } }]],
  ],
  S8: (
    [
      ["most of 10,000 tokens, of attention alone", "holdsWithCorrection", about(1e-3)],
      ["most of 100,000 alone", "holdsWithCorrection", about(5e-5)],
      ["not even of those", "doesNotHoldHere", about(1e-6)],
      ["a wide interval", "undecided", between(0, 1e-3)],
    ] as const
  )
    .map(([what, wanted, b]): ClaimCase => [what, wanted, [{ label: "softmax", time: { coefficients: [none, about(1), b], candidates: ["O(n)", "O(n²)"] } }]])
    .concat([["a power that no parabola follows", "undecided", [{ label: "softmax", time: { coefficients: [none, about(1), about(1e-3)] } }]]]),
  S13: [
    ["keys and values of every head", "holds", [{ label: "softmax", bytes: line(perToken) }]],
    ["heads that share", "holdsWithCorrection", [{ label: "softmax", cell: grouped, bytes: line(perToken / 4) }]],
    ["other bytes than a token has", "doesNotHoldHere", [{ label: "softmax", bytes: line(perToken + 4) }]],
    ["bytes of no known law", "undecided", [{ label: "softmax", bytes: {} }]],
  ],
  S15: [
    ["three forms, alike at all lengths", "holds", ["chunk", "recurrent", "parallel"].map((form) => linear({ label: form, cell: verified(form, () => 1e-6) }))],
    [
      "a product of all pairs that nobody computed",
      "holdsWithCorrection",
      [linear({ cell: verified("chunk", () => 1e-6) }), linear({ label: "r", cell: verified("recurrent", () => 1e-6) })],
    ],
    [
      "rounding that grows",
      "holdsWithCorrection",
      [linear({ cell: verified("chunk", (n) => 1e-8 * n) }), linear({ label: "r", cell: verified("recurrent", (n) => 1e-8 * n) })],
    ],
    [
      "a wrong output",
      "doesNotHoldHere",
      [
        linear({ cell: verified("chunk", () => 1e-6) }),
        linear({ label: "r", cell: (n) => ({ ...verified("recurrent", () => 1)(n), outcome: { status: "failed", code: "wrongOutput", reason: "" } }) }),
      ],
    ],
    ["one form", "undecided", [linear({ cell: verified("chunk", () => 1e-6) })]],
    [
      "two forms, of unlike texts",
      "undecided",
      [linear({ ns: [64], cell: verified("chunk", () => 1e-6) }), linear({ label: "r", ns: [128], cell: verified("recurrent", () => 1e-6) })],
    ],
    ["softmax alone", undefined, [{ label: "softmax" }]],
  ],
  S16: [
    ["a constant, and faster everywhere", "holds", [linear({ time: { exponent: between(-0.05, 0.05) } }), { label: "softmax" }], crossing("already")],
    ["a constant, and slower at first", "holdsWithCorrection", [linear({ time: { class: "O(1)" } }), { label: "softmax" }], crossing("crosses")],
    ["a constant but for a little", "holdsWithCorrection", [linear({ time: { exponent: between(0.17, 0.19) } }), { label: "softmax" }], crossing("already")],
    ["a line", "doesNotHoldHere", [linear({ time: { class: "O(n)", exponent: about(1) } })]],
    ["a wide interval", "undecided", [linear({ time: { exponent: between(-0.5, 0.5) } })]],
  ],
  S17: [
    ["a square at equal widths, and a line at values of one width", "holds", [state()], product({ equal: about(2), fixed: about(1) })],
    ["keys narrower than values", "holds", [state(128)], product({ equal: about(2), fixed: about(1) })],
    ["a square at equal widths alone", "holdsWithCorrection", [state()], widths(widthFit(about(2)))],
    ["a square of work, and less of time", "holdsWithCorrection", [state()], product({ equal: about(1.3), fixed: about(1) })],
    ["a line of work, and less of time", "holdsWithCorrection", [state()], product({ equal: about(2), fixed: about(0.7) })],
    ["a line of work at equal widths", "doesNotHoldHere", [state()], widths(widthFit(about(1), "O(n)"))],
    ["a square of work at values of one width", "doesNotHoldHere", [state()], widths(widthFit(about(2)), widthFit(about(1), "O(n²)", 64))],
    ["a square of time at values of one width", "doesNotHoldHere", [state()], product({ equal: about(2), fixed: about(2) })],
    ["more than the product in the state", "doesNotHoldHere", [state(64, 1)], product({ equal: about(2), fixed: about(1) })],
    [
      "the square of the keys in the state, and no product",
      "doesNotHoldHere",
      [linear({ cell: () => ({ headDimV: 32, stateBytes: 4 * 64 * 64 * 4 }) })],
      widths(widthFit(about(2))),
    ],
    ["a square of work, and less time than the width itself", "undecided", [state()], widths(widthFit(between(0.25, 0.35)))],
    ["less than half the power at values of one width", "undecided", [state()], product({ equal: about(2), fixed: between(0.25, 0.7) })],
    ["a constant time", "doesNotHoldHere", [state()], widths(widthFit(between(-0.1, 0.1)))],
    ["a wide interval", "undecided", [state()], widths(widthFit(between(0, 2.5)))],
    ["work of no known law", "undecided", [state()], widths({ ...widthFit(about(2)), work: undefined })],
    ["widths that were not swept", undefined, [state()]],
  ],
  S18: [
    ["a constant state", "holds", [linear({ bytes: { class: "O(1)" } })]],
    [
      "a constant state, beside a hybrid",
      "holdsWithCorrection",
      [
        linear({ bytes: { class: "O(1)" } }),
        { label: "hybrid", family: "linear", cell: () => ({ composedOf: { a: 3, b: 1 }, prepared: undefined }), bytes: { class: "O(n)" } },
      ],
    ],
    ["a constant state, of the shape of a model that is a hybrid", "holdsWithCorrection", [linear({ bytes: { class: "O(1)" } })], shapeOf("qwen3-next")],
    ["a constant state, of the shape of one that is none", "holds", [linear({ bytes: { class: "O(1)" } })], shapeOf("llama3-8b")],
    ["as many bytes at two lengths", "undecided", [linear({ ns: [64, 128], bytes: { class: "O(1)" } })]],
    ["a state that grows", "doesNotHoldHere", [linear({ bytes: { class: "O(n)" } })]],
    ["too few lengths", "undecided", [linear({ bytes: {} })]],
  ],
});

it("says its numbers", () => {
  expect(sentencesOn("S5", [{ label: "softmax", cell: work(256, 1), time: { class: "O(n)", exponent: about(0.97) } }])).toMatchInlineSnapshot(
    `"Slope of time over n: 0.970 [0.951, 0.989] (softmax, headDim 64, at n = 512). Counted are 256 FLOPs a head and position (softmax, headDim 64), over n + 1 positions for n tokens before. | The newest token is compared with itself too: L dot products. Weighing values comes on top: with it a position costs 2.00 times its dot product."`,
  );
  expect(sentencesOn("S8", [{ label: "softmax", time: { class: "O(n²)", coefficients: [none, about(1), about(5e-5)] } }])).toMatchInlineSnapshot(
    `"By the fitted time of softmax, headDim 64, attention takes 1.05 s [1.03 s, 1.07 s] for a text of 1,000 tokens, 15.0 s [14.7 s, 15.3 s] for a text of 10,000 tokens and 10.0 min [588 s, 10.2 min] for a text of 100,000 tokens, and n² is 33 % [32 %, 34 %] of that of 10,000 and 83 % [83 %, 84 %] of that of 100,000: extrapolated from n = 512. | It is not known to be so at 10,000 tokens, only at 100,000. Attention is a part of the whole: counted from its shape, in Llama-3-8B it takes 15 % of the multiply-adds of a text of 10,000 tokens and 64 % of the multiply-adds of a text of 100,000 tokens, and as many for one token as all weights only at n = 28,628."`,
  );
  expect(sentencesOn("S16", [linear({ time: { exponent: between(-0.5, 0.5) } })])).toMatchInlineSnapshot(
    `"Slope of time over n: 0 [-0.500, 0.500] (linear, headDim 64, at n = 512). More turns, which narrow intervals, would tell. | "`,
  );
});

it("says which buffer a cache fills, of keys or of values", () => {
  const limits = { maxBufferSize: 1000 * 4 * 64 * 4 + 1, maxStorageBufferBindingSize: 1e9 };
  const { environment } = plantedRun({ ns: [], arms: [] });
  const tokens = (headDimV: number): string =>
    sentencesOn("S13", [{ label: "softmax", cell: () => ({ headDimV }), bytes: line(4 * (64 + headDimV) * 4) }], { environment: { ...environment, limits } });
  for (const headDimV of [16, 64]) expect(tokens(headDimV)).toMatch(/fill the largest buffer that kernels can use here, 1,000 KiB, at 1,000 tokens\./);
  expect(tokens(128)).toMatch(/ at 500 tokens\./);
});

it("says which layers of a published hybrid keep a cache", () => {
  const [, correction] = sentencesOn("S18", [linear({ bytes: { class: "O(1)" } })], shapeOf("kimi-linear")).split(" | ");
  expect(correction).toBe("That is so of linear attention alone: Kimi-Linear-48B-A3B has softmax in 7 of its 27 layers, and keeps their cache.");
  const counts = verdictOn("S18", [linear({ bytes: { class: "O(1)" } })], shapeOf("minimax-01"))?.numbers;
  expect(counts).toEqual({ softmaxLayers: 10, layers: 80 });
  expect(sentencesOn("S18", [linear({ ns: [64, 128], bytes: { class: "O(1)" } })])).toMatch(/bytes of linear are of no known law\. Three lengths/);
});

it("says of which widths a state is the product, and what was not told apart", () => {
  const both = sentencesOn("S17", [state()], product({ equal: about(2), fixed: about(1) }));
  expect(both).toBe(
    "The state of linear is headDim × headDimV numbers a head in all 4 cells, and FLOPs grow as that product; slope of time over headDim: 2.00 [1.96, 2.04] (linear) and 1.00 [0.980, 1.02] (linear, headDimV 64). | ",
  );
  const equal = /\| That is at equal widths of keys and values, which grew together: what either costs by itself was not measured\.$/;
  expect(sentencesOn("S17", [state()], widths(widthFit(about(2))))).toMatch(equal);
  const normalized = linear({ cell: () => ({ parameters: { normalized: true }, stateBytes: 4 * 64 * 65 * 4 }) });
  expect(sentencesOn("S17", [normalized], widths(widthFit(about(2))))).toMatch(
    /is headDim × headDimV numbers a head, and headDim more where it is normalized, in all 4 cells/,
  );
  expect(sentencesOn("S17", [state(64, 1)], widths(widthFit(about(2))))).toMatch(/is not headDim × headDimV numbers a head in every cell/);
});

it("says of a decode step whose time is open that counts decide it", () => {
  const wide = { exponent: between(0.5, 1.5) };
  expect(sentencesOn("S5", [{ label: "softmax", cell: work(256, 1), time: wide }])).toMatch(
    /2\.00 times its dot product\. By counts the claim holds, so corrected; times leave it open\. Larger n, or more turns, would tell\. \| $/,
  );
  expect(sentencesOn("S5", [{ label: "softmax", ns: [64, 128], cell: work(256, 1), time: wide }])).not.toContain("By counts");
});

it("tells from which n on a square is most of what is flatter yet", () => {
  const line = { exponent: about(1.05), coefficients: [none, about(0.0093), about(1.5e-6)], candidates: ["O(n)"] } as const;
  expect(sentencesOn("S7", [{ label: "softmax", time: line }])).toMatch(/n² is the lesser part of the time: it is most of it from about n = 6,200 on/);
  const flat = { exponent: about(0.42), coefficients: [about(1), none, about(1e-6)], candidates: ["O(n)", "O(n²)"] } as const;
  expect(sentencesOn("S7", [{ label: "softmax", time: flat }])).toMatch(/it is most of it from about n = 1,000 on/);
  expect(sentencesOn("S7", [{ label: "softmax", time: flat }])).not.toMatch(/on its way/);
});
