import { expect, it } from "vitest";
import type { ModelShape, StageCost } from "../../../kernels/mechanism.ts";
import { type PresetName, presets, scaled } from "../../../kernels/model/presets.ts";
import type { ClaimVerdict, Estimate } from "../../record/derived.ts";
import { judgedClaim } from "../../record/derivedSchema.ts";
import type { CellRecord, RunRecord, Tokenization } from "../../record/run.ts";
import { plantedPrepared } from "../planted.ts";
import { type ClaimCase, sentencesOn, testClaims } from "./claimCases.ts";
import { about, between, cost, line, linear, type PlantedArm, verdictOn } from "./plantedClaims.ts";

const text = (encoding: Tokenization["encoding"], ids: readonly number[], more: Partial<Tokenization> = {}): Tokenization => ({
  encoding,
  text: "四个字符",
  characters: 4,
  ids,
  restores: true,
  msPerToken: about(0.001),
  ...more,
});
const published = [37046, 33565, 111, 24186, 6079, 99];
const tokens = (...tokenizer: Tokenization[]): Partial<RunRecord> => ({ tokenizer });

const model: ModelShape = {
  layers: 2,
  width: 64,
  vocab: 100,
  feedForward: { kind: "gated", hidden: 256 },
  rotary: true,
  tied: true,
  recomputes: false,
};
const withModel =
  (more: Partial<ModelShape> = {}) =>
  (): Partial<CellRecord> => ({ model: { ...model, ...more }, heads: 1, kvHeads: 1, dModel: 64 });
const nothing = (more: Partial<PlantedArm> = {}): PlantedArm => ({
  label: "no cache",
  cell: (n) => ({ ...withModel({ recomputes: true })(), mechanism: "softmax", n, claim: { time: "O(n)", stateBytes: "O(1)" } }),
  ...more,
});

/** Weights: 2 · (3 · 64 · 256) of feed-forward, 100 · 64 of the table, and `mixers`. */
const counted =
  (mixers: number, more: NonNullable<PlantedArm["stages"]> = () => ({})): NonNullable<PlantedArm["stages"]> =>
  (n) => ({
    norm: { cost: cost(0, 0) },
    project: { cost: cost(0, 4 * mixers) },
    feedForward: { cost: cost(2 * 2 * 3 * 64 * 256, 1) },
    ...more(n),
  });
const fed = 2 * 3 * 64 * 256;

/** A run whose model has the shape of this preset. */
const ofPreset = (preset: PresetName, scale?: number): Partial<RunRecord> => ({
  experiment: { model: { ...(scale === undefined ? model : scaled(presets[preset], scale).model), preset, scale } } as unknown as RunRecord["experiment"],
});

/** Time of feed-forward and of attention, ms. */
const split =
  (feedForward: (n: number) => number, mix: (n: number) => number, spread = 0.02): NonNullable<PlantedArm["stages"]> =>
  (n) => ({
    feedForward: { ms: about(feedForward(n), spread) },
    mix: { ms: about(mix(n), spread) },
  });

/** The same at every length. */
const always = (feedForward: number, mix: number, width = model.width): PlantedArm => ({
  label: "softmax",
  cell: withModel({ width }),
  stages: split(
    () => feedForward,
    () => mix,
  ),
});

/** What a run measured that its device reads and computes: 4 bytes and 2 FLOPs in a ns, a weight. */
const ceilings: Partial<RunRecord> = { ceilings: { readGbps: 4, copyGbps: 4, fmaGflops: 2, emptyDispatchMs: 0, cacheKneeBytes: undefined } };

testClaims({
  S1: [
    ["all vocabularies give these ids", "holds", [], tokens(text("cl100k_base", [...published, 7]))],
    ["one of two does", "holdsWithCorrection", [], tokens(text("cl100k_base", published), text("o200k_base", [7522]))],
    ["none does", "doesNotHoldHere", [], tokens(text("cl100k_base", [1]), text("o200k_base", [7522]))],
    ["the ids are not those of the text", "undecided", [], tokens(text("cl100k_base", published, { restores: false }))],
    ["no text was cut", undefined, []],
  ],
  S2: [
    ["more tokens than characters", "holds", [], tokens(text("cl100k_base", published), text("o200k_base", [7522]))],
    ["as many in one of two", "holdsWithCorrection", [], tokens(text("cl100k_base", published), text("o200k_base", [1, 2, 3, 4]))],
    ["as many", "doesNotHoldHere", [], tokens(text("o200k_base", [1, 2, 3, 4]))],
    ["the ids are not those of the text", "undecided", [], tokens(text("cl100k_base", published, { restores: false }))],
  ],
  S3: (
    [
      ["a row at every length, in the same time", "holds", () => about(0.01), () => cost(0, 256)],
      ["a row at every length, in more and more time", "doesNotHoldHere", (n) => about(n), () => cost(0, 256)],
      ["a row at every length, in more and more time that is next to none", "holdsWithCorrection", (n) => about(n * 1e-5), () => cost(0, 256)],
      ["a row at every length, in less and less time that is next to none", "holdsWithCorrection", (n) => about(1e-3 / n), () => cost(0, 256)],
      ["more bytes for a longer text", "doesNotHoldHere", () => about(0.01), (n) => cost(0, 256 * n)],
      ["work", "doesNotHoldHere", () => about(0.01), () => cost(1, 256)],
      ["wide intervals", "undecided", () => between(0.001, 0.1), () => cost(0, 256)],
      ["wide intervals of next to none", "holds", () => between(1e-5, 1e-3), () => cost(0, 256)],
      ["more bytes for a longer text, in next to no time", "doesNotHoldHere", () => between(1e-5, 1e-3), (n) => cost(0, 256 * n)],
    ] as readonly (readonly [string, ClaimVerdict, (n: number) => Estimate, (n: number) => StageCost])[]
  ).map(
    ([what, wanted, ms, counts]): ClaimCase => [
      what,
      wanted,
      [{ label: "softmax", cell: withModel(), stages: (n) => ({ embed: { ms: ms(n), cost: counts(n) }, mix: { ms: about(1) } }) }],
    ],
  ),
  S4: (
    [
      ["three products of the model's width", "holds", 2 * 3 * 64 * 64, (n) => about(n + 1)],
      ["a fourth product", "holdsWithCorrection", 2 * 4 * 64 * 64, (n) => about(n + 1)],
      ["three, in less and less time a token", "holdsWithCorrection", 2 * 3 * 64 * 64, (n) => about(n ** 0.75, 0.005)],
      ["three, in a time that grows with the root", "undecided", 2 * 3 * 64 * 64, (n) => about(Math.sqrt(n))],
      ["three, in a time that does not grow", "undecided", 2 * 3 * 64 * 64, () => about(1)],
      ["three, in less time for more tokens", "doesNotHoldHere", 2 * 3 * 64 * 64, (n) => about(1 / n)],
      ["time as the square", "doesNotHoldHere", 2 * 3 * 64 * 64, (n) => about(n * n)],
      ["wide intervals", "undecided", 2 * 3 * 64 * 64, () => between(1, 1000)],
      ["stages that were not timed", "undecided", 2 * 3 * 64 * 64, () => undefined],
    ] as readonly (readonly [string, ClaimVerdict, number, (n: number) => Estimate | undefined])[]
  ).map(
    ([what, wanted, perToken, ms]): ClaimCase => [
      what,
      wanted,
      [
        nothing({
          stages: (n) => {
            const time = ms(n);
            return { project: { cost: cost(2 * perToken * (n + 1), 1), ...(time ? { ms: time } : {}) } };
          },
        }),
      ],
    ],
  ),
  S9: [
    ["always less", "holds", [always(1, 9)]],
    [
      "always less, of a model that is shrunk from one where it is little from some length on",
      "holdsWithCorrection",
      [always(1, 9)],
      ofPreset("qwen3-next", 0.125),
    ],
    [
      "always less, of one that is shrunk from one where it is little in long contexts alone",
      "holdsWithCorrection",
      [always(1, 9)],
      ofPreset("llama3-8b", 0.125),
    ],
    ["always less, of that one at its full size", "holds", [always(1, 9, presets["llama3-8b"].model.width)], ofPreset("llama3-8b")],
    [
      "less from some length on",
      "holdsWithCorrection",
      [
        {
          label: "softmax",
          cell: withModel(),
          stages: split(
            () => 100,
            (n) => n,
          ),
        },
      ],
    ],
    ["always more", "doesNotHoldHere", [{ ...always(9, 1), ns: [256, 1024] }]],
    ["always more, of one that is shrunk", "doesNotHoldHere", [{ ...always(9, 1), ns: [256, 1024] }], ofPreset("llama3-8b", 0.125)],
    ["always more, up to lengths that nobody asks about", "undecided", [{ ...always(9, 1), ns: [16, 32, 64] }]],
    ["nearly as much", "doesNotHoldHere", [{ ...always(47, 53), ns: [256, 1024] }]],
    ["about half as much", "undecided", [always(1, 2)]],
    ["stages that were not timed", "undecided", [{ label: "softmax", cell: withModel() }]],
  ],
  S10: [
    ["most of them", "holds", [{ label: "softmax", cell: withModel(), stages: counted(1000) }]],
    ["the largest part", "holdsWithCorrection", [{ label: "softmax", cell: withModel({ vocab: 1000 }), stages: counted(0.9 * fed) }]],
    ["a small part", "doesNotHoldHere", [{ label: "softmax", cell: withModel(), stages: counted(2 * fed) }]],
    [
      "a small part of a model that is scaled down from one with most there",
      "doesNotHoldHere",
      [{ label: "softmax", cell: withModel(), stages: counted(2 * fed) }],
      ofPreset("llama3-8b", 0.125),
    ],
    [
      "a small part of a model of other sizes than the published one's",
      "doesNotHoldHere",
      [{ label: "softmax", cell: withModel(), stages: counted(2 * fed) }],
      ofPreset("llama3-8b"),
    ],
    [
      "most of a model that is scaled down from one with less",
      "holdsWithCorrection",
      [{ label: "softmax", cell: withModel(), stages: counted(1000) }],
      ofPreset("gpt2-small"),
    ],
    ["nothing counted", "undecided", [{ label: "softmax", cell: withModel() }]],
  ],
  S11: (
    [
      ["two of thirty-two, too fast for all", "holds", 32, 2, 1000, 0.2],
      ["two of thirty-two, in a time that all could take", "undecided", 32, 2, 1000, 5],
      ["two of thirty-two, whose time is not known well", "undecided", 32, 2, 1000, 1.55],
      ["two of thirty-two, not timed", "undecided", 32, 2, 1000, undefined],
      ["two of four beside much else", "holdsWithCorrection", 4, 2, 1e6, 0.2],
      ["two of three", "doesNotHoldHere", 3, 2, 1000, 0.2],
      ["all of them", "doesNotHoldHere", 2, 2, 1000, 0.2],
      ["nothing counted", "undecided", 32, 2, undefined, 0.2],
    ] as const
  ).map(([what, wanted, experts, active, mixers, ms]): ClaimCase => {
    // All of two layers' 32 experts are 3.15 million weights, those of 4 0.39 million: a ns each.
    const one = 3 * 64 * 256;
    const cell = withModel({ feedForward: { kind: "experts", hidden: 256, experts, active } });
    const time = ms === undefined ? {} : { ms: about(experts === 4 ? ms : 2 * ms) };
    const stages = counted(mixers ?? 0, () => ({ feedForward: { cost: cost(2 * 2 * (active * one + 64 * experts), 1), ...time } }));
    return [what, wanted, [{ label: "softmax", cell, ...(mixers === undefined ? {} : { stages }) }], ceilings];
  }),
  S12: (
    [
      ["faster, and queries are kept too", "holds", () => about(9), 2 * 64 * 3 * 4],
      ["faster with keys and values alone", "holdsWithCorrection", () => about(9), 2 * 64 * 2 * 4],
      ["slower", "doesNotHoldHere", () => about(0.5), 2 * 64 * 2 * 4],
      ["about as fast", "undecided", () => about(1, 0.2), 2 * 64 * 2 * 4],
    ] as const
  ).map(
    ([what, wanted, ms, kept]): ClaimCase => [what, wanted, [nothing({ ms }), { label: "softmax", cell: withModel(), ms: () => about(1), bytes: line(kept) }]],
  ),
  S19: (
    [
      ["all the same", "holds", { project: cost(8, 8), feedForward: cost(4, 4) }, about(1)],
      ["other projections", "holdsWithCorrection", { project: cost(9, 9), feedForward: cost(4, 4) }, about(1)],
      ["a stage of positions that the other has not", "holdsWithCorrection", { project: cost(8, 8), rotate: cost(1, 0), feedForward: cost(4, 4) }, about(1)],
      ["a stage around no mixer that the other has not", "doesNotHoldHere", { project: cost(8, 8), route: cost(1, 1), feedForward: cost(4, 4) }, about(1)],
      ["another feed-forward network", "doesNotHoldHere", { project: cost(8, 8), feedForward: cost(5, 5) }, about(1)],
      ["the same, in twice the time", "doesNotHoldHere", { project: cost(8, 8), feedForward: cost(4, 4) }, about(2)],
      ["the same, in times that nobody knows", "undecided", { project: cost(8, 8), feedForward: cost(4, 4) }, between(0.5, 2)],
      ["nothing counted", "undecided", {}, about(1)],
    ] as const
  ).map(([what, wanted, costs, ms]): ClaimCase => {
    const own = { project: cost(8, 8), feedForward: cost(4, 4) };
    const stagesOf = (all: Readonly<Record<string, ReturnType<typeof cost>>>, ms: Estimate) => () =>
      Object.fromEntries(Object.entries(all).map(([stage, one]) => [stage, { cost: one, ms }]));
    return [
      what,
      wanted,
      [{ label: "softmax", cell: withModel(), stages: stagesOf(own, about(1)) }, linear({ cell: withModel(), stages: stagesOf(costs, ms) })],
    ];
  }),
});

it("says its numbers", () => {
  expect(sentencesOn("S2", [], tokens(text("cl100k_base", [1, 2, 3, 4, 5, 6, 7, 8]), text("o200k_base", [1, 2])))).toMatchInlineSnapshot(
    `"4 characters are 8 tokens in cl100k_base and 4 characters are 2 tokens in o200k_base. The vocabulary alone makes n 4.00 times as large, and n² 16.0 times. | "`,
  );
  expect(
    sentencesOn("S9", [
      {
        label: "softmax",
        cell: withModel(),
        stages: split(
          () => 100,
          (n) => n,
        ),
      },
    ]),
  ).toMatchInlineSnapshot(
    `"Of softmax, at n = 64, 61 % [60 %, 62 %] of a token goes to feed-forward and 39 % [38 %, 40 %] to attention; at n = 512, 16 % [16 %, 17 %] of a token goes to feed-forward and 84 % [82 %, 85 %] to attention. | It is so for long texts alone: at n = 128 it still takes more than half of what attention takes, and less from n = 256 on."`,
  );
  expect(
    sentencesOn("S12", [nothing({ ms: () => about(9) }), { label: "softmax", cell: withModel(), ms: () => about(1), bytes: line(2 * 64 * 2 * 4) }]),
  ).toMatchInlineSnapshot(
    `"At n = 512 a token takes 9.00 ms with nothing kept and 1.00 ms with a cache: 9.00 [8.65, 9.37] times as long (1.00 times by FLOPs), and 9.00 [8.65, 9.37] times at n = 64. The cache grows by 1 KiB a token. | Keys and values are enough: they are all of that, and queries would be 512 B more."`,
  );
});

it("holds a cache against the same model without one, and not against another mechanism's, nor fewer heads'", () => {
  const cached: PlantedArm = { label: "softmax", cell: withModel(), ms: () => about(1), bytes: line(2 * 64 * 2 * 4) };
  const other = (change: Partial<CellRecord>, label: string): PlantedArm =>
    nothing({ label, ms: () => about(5), cell: () => ({ ...withModel({ recomputes: true })(), ...change }) });
  const others = [
    other({ mechanism: "gatedDeltaNet", family: "linear" }, "no state"),
    other({ mechanism: "softmax", kvHeads: 8, heads: 8 }, "more heads"),
    other({ mechanism: "softmax", parameters: { window: 4, sinks: 1 } }, "a window"),
    other({ mechanism: "softmax", model: { ...model, recomputes: true, pattern: ["softmax", "linear"] } }, "hybrid without"),
  ];
  const own = nothing({ cell: () => ({ ...withModel({ recomputes: true })(), mechanism: "softmax" }), ms: () => about(9) });
  expect(sentencesOn("S12", [...others, own, cached])).toMatch(/takes 9\.00 ms with nothing kept and 1\.00 ms/);
  expect(sentencesOn("S12", [...others, cached])).toBe(" | ");
});

it("says beside a cache's gain what FLOPs make of it", () => {
  const flops = (useful: number) => ({ prepared: plantedPrepared(useful, 1) });
  const arms = (again: number, ms: Estimate): PlantedArm[] => [
    nothing({ cell: (n) => ({ ...withModel({ recomputes: true })(), mechanism: "softmax", n, ...flops(again) }), ms: () => ms }),
    { label: "softmax", cell: () => ({ ...withModel()(), ...flops(100) }), ms: () => about(1) },
  ];
  expect(sentencesOn("S12", arms(6500, about(9)))).toMatch(/9\.00 \[8\.65, 9\.37\] times as long \(65\.0 times by FLOPs\), and /);
  expect(sentencesOn("S12", arms(6500, between(0.5, 2)))).toMatch(/By counts the claim holds; times leave it open\./);
  expect(sentencesOn("S12", arms(100, between(0.5, 2)))).not.toContain("By counts");
});

it("judges one model of those that a run sweeps, and says which", () => {
  const arm = (heads: number, label: string): PlantedArm => ({
    label,
    cell: () => ({ ...withModel()(), heads, kvHeads: heads, dModel: 64 * heads }),
    stages: split(
      () => (heads === 1 ? 1 : 50),
      () => 9,
    ),
  });
  expect(sentencesOn("S9", [arm(1, "softmax"), arm(2, "softmax")])).toMatch(/ That is at dModel 64; 1 more shape is not judged\. \| $/);
  expect(sentencesOn("S9", [arm(1, "softmax")])).not.toContain("not judged");
});

it("says of projections what a reader can check, and what would tell where nothing does", () => {
  const said = (ms: (n: number) => Estimate | undefined, ns?: readonly number[]): string =>
    sentencesOn("S4", [
      nothing({
        ...(ns ? { ns } : {}),
        stages: (n) => {
          const time = ms(n);
          return { project: { cost: cost(2 * 2 * 3 * 64 * 64 * (n + 1), 1), ...(time ? { ms: time } : {}) } };
        },
      }),
    ]);
  const flops = "Without a cache all n + 1 tokens are projected. Counted from the shape, FLOPs grow as O(n) with their number, 24,576 a token and layer";
  expect(said((n) => about(n + 1))).toBe(`${flops}; twice the tokens take 2.00 [1.97, 2.03] times as long (slope 1.00 [0.981, 1.02]). | `);
  expect(said(() => between(1, 1000))).toMatch(
    /times as long \(slope .*\)\. By counts the claim holds; times leave it open\. The slope's interval is too wide to tell whether time follows: more turns, or longer texts without a cache, would tell\./,
  );
  expect(said((n) => about(n + 1), [64, 128])).toMatch(
    /projected\. Counted from the shape, 24,576 FLOPs a token and layer, whose growth with the number of tokens is not decided; .* Three lengths without a cache, or more, would tell\./,
  );
  expect(said(() => undefined)).toBe(
    `${flops}. By counts the claim holds; times leave it open. A device with GPU timestamps, which time stages, would tell. | `,
  );
});

it("names the stages that one arm has alone, and the product of a gate", () => {
  const arm = (label: string, rotates: boolean): PlantedArm => ({
    label,
    family: label === "linear" ? "linear" : "softmax",
    cell: withModel(),
    stages: () => ({ project: { cost: cost(8, 8), ms: about(1) }, ...(rotates ? { rotate: { cost: cost(3, 0), ms: about(1) } } : {}) }),
  });
  expect(sentencesOn("S19", [arm("softmax", true), arm("linear", false)])).toMatch(
    /of input projections are the same in both\. .* \| Not every stage is in both: softmax alone has rotary positions\.$/,
  );
  expect(sentencesOn("S19", [arm("softmax", true), arm("linear", true)])).not.toContain("alone has");
  const projecting = (outputGate?: ModelShape["outputGate"]): string =>
    sentencesOn("S4", [
      nothing({
        cell: (n) => ({ ...withModel({ recomputes: true, ...(outputGate ? { outputGate } : {}) })(), mechanism: "softmax", n }),
        stages: (n) => ({ project: { cost: cost(2 * 2 * 4 * 64 * 64 * (n + 1), 1), ms: about(n + 1) } }),
      }),
    ]);
  expect(projecting("all")).toContain("There is a fourth product, of the output, and a fifth, of the gate that weighs it, and heads need not");
  expect(projecting("linear")).toContain("There is a fourth product, of the output, and heads need not");
});

it("says of a shrunken model's feed-forward what is so of the large one", () => {
  expect(sentencesOn("S9", [always(1, 9)], ofPreset("qwen3-next", 0.125))).toMatch(
    /\| These are times of a model shrunk from Qwen3-Next-80B-A3B, .* takes as much as attention in a softmax layer at n = 4,352, and less than half of it from n = 8,705 on\.$/,
  );
  const large = /These are times of a model shrunk from Llama-3-8B, .* at n = 21,504, and less than half of it from n = 43,008 on\./;
  const [, correction] = sentencesOn("S9", [always(1, 9)], ofPreset("llama3-8b", 0.125)).split(" | ");
  expect(correction).toMatch(large);
  // Where measured times leave it open too.
  expect(sentencesOn("S9", [always(1, 2)], ofPreset("llama3-8b", 0.125))).toMatch(large);
  expect(sentencesOn("S9", [{ ...always(9, 1), ns: [16, 64] }])).toMatch(
    /Up to n = 64 it takes more, but texts are longer: contexts of 1,000 tokens and more would tell\. \| $/,
  );
});

it("judges feed-forward by what was measured alone, and keeps what it counts of the published model as numbers", () => {
  const verdictOf = (more?: Partial<RunRecord>) => verdictOn("S9", [always(1, 9)], more);
  expect(verdictOf()).toMatchObject({ verdict: "holds" });
  expect(verdictOf()).not.toHaveProperty("numbers");
  const counts = { evenAt: 21_504, littleFrom: 43_008 };
  const shrunken = verdictOf(ofPreset("llama3-8b", 0.125));
  expect(shrunken).toMatchObject({ verdict: "holdsWithCorrection", numbers: counts });
  expect(shrunken?.numbers?.evenReads).toBeCloseTo(114_514, -1);
  expect(judgedClaim.parse(shrunken)).toEqual(shrunken);
  expect(verdictOn("S9", [always(1, 2)], ofPreset("llama3-8b", 0.125))).toMatchObject({ verdict: "undecided", numbers: counts });
});

it("says of what times leave open that counts decide it, and nothing of the kind where they do not", () => {
  const byCounts = "By counts the claim holds; times leave it open.";
  const embedding = (timed: boolean): PlantedArm => ({
    label: "softmax",
    cell: withModel(),
    stages: () => ({ embed: { cost: cost(0, 256), ...(timed ? { ms: between(0.001, 0.1) } : {}) }, mix: { ms: about(1) } }),
  });
  const open = verdictOn("S3", [embedding(true)]);
  expect(open).toMatchObject({ verdict: "undecided", measured: expect.stringContaining(`${byCounts} More turns`) });
  // What was not timed is not known to take little.
  expect(verdictOn("S3", [embedding(false)])).toMatchObject({ verdict: "undecided", measured: expect.stringContaining(byCounts) });
  const beside = (ms: Estimate, costs: StageCost): PlantedArm[] => [
    { label: "softmax", cell: withModel(), stages: () => ({ feedForward: { cost: cost(4, 4), ms: about(1) } }) },
    linear({ cell: withModel(), stages: () => ({ feedForward: { cost: costs, ms } }) }),
  ];
  expect(sentencesOn("S19", beside(between(0.5, 2), cost(4, 4)))).toContain(byCounts);
  expect(sentencesOn("S19", beside(between(0.5, 2), cost(5, 4)))).not.toContain(byCounts);
  expect(sentencesOn("S19", beside(about(1), cost(4, 4)))).not.toContain(byCounts);
  expect(sentencesOn("S4", [nothing({ stages: (n) => ({ project: { cost: cost(2 * 4 * (n + 1), 1), ms: between(1, 1000) } }) })])).toContain(
    "By counts the claim holds, so corrected;",
  );
  expect(sentencesOn("S4", [nothing({ ns: [64, 128], stages: (n) => ({ project: { cost: cost(n + 1, 1), ms: about(n) } }) })])).not.toContain("By counts");
});

it("says of a table's lookup that it takes next to nothing at every length", () => {
  const lookup = (ms: Estimate): string =>
    sentencesOn("S3", [{ label: "softmax", cell: withModel(), stages: () => ({ embed: { cost: cost(0, 256), ms }, mix: { ms: about(1) } }) }]);
  expect(lookup(about(0.001))).toMatch(/0\.1 % of a token at n = 512 and less than a hundredth at every length/);
  expect(lookup(about(0.1))).not.toContain("hundredth");
});
