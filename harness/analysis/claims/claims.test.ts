import { describe, expect, it } from "vitest";
import type { ModelShape, StageCost } from "../../../kernels/mechanism.ts";
import { type ClaimId, claimIds, claimPhases } from "../../experiment/claims.ts";
import type { CellRecord, ClaimVerdict, Crossover, Estimate, JudgedClaim, RunRecord, Sharpness, SizeFit, Tokenization } from "../../record/run.ts";
import { plantedPrepared } from "../planted.ts";
import { claims } from "./claims.ts";
import { about, between, cost, type PlantedArm, verdictOn } from "./plantedClaims.ts";

type Case = readonly [what: string, wanted: ClaimVerdict | undefined, arms: readonly PlantedArm[], more?: Partial<RunRecord>];

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
  cell: (n) => ({ ...withModel({ recomputes: true })(), n, claim: { time: "O(n)", stateBytes: "O(1)" } }),
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

/** Time of feed-forward and of attention, ms. */
const split =
  (feedForward: (n: number) => number, mix: (n: number) => number, spread = 0.02): NonNullable<PlantedArm["stages"]> =>
  (n) => ({
    feedForward: { ms: about(feedForward(n), spread) },
    mix: { ms: about(mix(n), spread) },
  });

const sharp = (points: Sharpness["points"]): Partial<RunRecord> => ({ sharpness: { cell: "a", heads: 4, points } });
const at = (times: number, off: number, weight: number) => ({ times, off, weight });

/** FLOPs of softmax decode in one head of 64: over n, and over n + 1 positions. */
const work =
  (perPosition: number, extra: number) =>
  (n: number): Partial<CellRecord> => ({ heads: 1, prepared: plantedPrepared(perPosition * (n + extra), 1) });

const none = between(0, 0);
const linear = (more: Partial<PlantedArm> = {}): PlantedArm => ({ label: "linear", family: "linear", ...more });

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

const widths = (label: string, exponent: SizeFit["exponent"], law: SizeFit["class"] = "O(n²)", worked: SizeFit["work"] = "O(n²)"): Partial<RunRecord> => ({
  sizeFits: (["time", "stateBytes"] as const).map((metric) => ({
    label,
    form: "recurrent",
    metric,
    variable: "headDim",
    series: { n: 2048, heads: 4 },
    points: [],
    exponent,
    class: metric === "time" ? "undecided" : law,
    work: worked,
  })),
});

/** Bytes of a cache of 4 heads of 64 in f32, a token. */
const perToken = 4 * 128 * 4;
const grouped = (): Partial<CellRecord> => ({ kvHeads: 1 });
const line = (a: number) => ({ class: "O(n)", coefficients: [none, about(a, 0), none] }) as const;
const verified =
  (form: string, maxError: (n: number) => number) =>
  (n: number): Partial<CellRecord> => ({
    mechanism: "linear",
    form,
    prepared: { ...plantedPrepared(1, 1), maxError: maxError(n), tolerance: 1e-4 },
  });

const tables: Readonly<Record<Exclude<ClaimId, "S14">, readonly Case[]>> = {
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
      ["a row at every length, in more and more time", "holdsWithCorrection", (n) => about(n), () => cost(0, 256)],
      ["more bytes for a longer text", "doesNotHoldHere", () => about(0.01), (n) => cost(0, 256 * n)],
      ["work", "doesNotHoldHere", () => about(0.01), () => cost(1, 256)],
      ["wide intervals", "undecided", () => between(0.001, 0.1), () => cost(0, 256)],
    ] as readonly (readonly [string, ClaimVerdict, (n: number) => Estimate, (n: number) => StageCost])[]
  ).map(
    ([what, wanted, ms, counts]): Case => [what, wanted, [{ label: "softmax", cell: withModel(), stages: (n) => ({ embed: { ms: ms(n), cost: counts(n) } }) }]],
  ),
  S4: (
    [
      ["three products of the model's width", "holds", 2 * 3 * 64 * 64, (n) => about(n + 1)],
      ["a fourth product", "holdsWithCorrection", 2 * 4 * 64 * 64, (n) => about(n + 1)],
      ["three, in less and less time a token", "holdsWithCorrection", 2 * 3 * 64 * 64, (n) => about(Math.sqrt(n))],
      ["time as the square", "doesNotHoldHere", 2 * 3 * 64 * 64, (n) => about(n * n)],
      ["wide intervals", "undecided", 2 * 3 * 64 * 64, () => between(1, 1000)],
      ["stages that were not timed", "undecided", 2 * 3 * 64 * 64, () => undefined],
    ] as readonly (readonly [string, ClaimVerdict, number, (n: number) => Estimate | undefined])[]
  ).map(
    ([what, wanted, perToken, ms]): Case => [
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
  S5: [
    ["as many dot products as tokens before", "holds", [{ label: "softmax", cell: work(128, 0), time: { exponent: about(1) } }]],
    ["itself too, and values", "holdsWithCorrection", [{ label: "softmax", cell: work(256, 1), time: { class: "O(n)" } }]],
    ["a constant time", "doesNotHoldHere", [{ label: "softmax", cell: work(256, 1), time: { class: "O(1)", exponent: about(0.01) } }]],
    ["work as the square", "doesNotHoldHere", [{ label: "softmax", cell: (n) => work(256 * n, 0)(n), time: { class: "O(n)" } }]],
    ["a wide interval", "undecided", [{ label: "softmax", cell: work(256, 1), time: { exponent: between(0.5, 1.5) } }]],
    ["no softmax", undefined, [linear()]],
  ],
  S6: [
    ["sharp from the start", "holds", [], sharp([at(1, 0.2, 0.8), at(256, 1e-9, 1)])],
    ["soft at the usual scale", "holdsWithCorrection", [], sharp([at(1, 0.9, 0.01), at(256, 1e-9, 1)])],
    ["not sharp at all", "doesNotHoldHere", [], sharp([at(1, 0.9, 0.01), at(256, 0.8, 0.02)])],
    ["less sharp for larger scores", "doesNotHoldHere", [], sharp([at(1, 0.9, 0.5), at(2, 0.9, 0.4), at(256, 1e-9, 1)])],
    ["not sharp yet", "undecided", [], sharp([at(1, 0.9, 0.01), at(256, 0.05, 0.9)])],
    ["nothing looked at", undefined, []],
  ],
  S7: [
    ["a square", "holds", [{ label: "softmax", time: { class: "O(n²)", exponent: about(2), slopes: [about(1.9)] } }]],
    ["a square after a line", "holdsWithCorrection", [{ label: "softmax", time: { class: "O(n²)", exponent: about(1.9), slopes: [about(1.1)] } }]],
    ["a square that is not most yet", "holdsWithCorrection", [{ label: "softmax", time: { exponent: about(1.4), coefficients: [none, about(1), about(1)] } }]],
    ["a line", "doesNotHoldHere", [{ label: "softmax", time: { class: "O(n)", exponent: about(1), coefficients: [none, about(1), between(0, 1e-9)] } }]],
    ["a wide interval", "undecided", [{ label: "softmax", time: { exponent: between(1, 2), coefficients: [none, about(1), between(0, 1)] } }]],
  ],
  S8: (
    [
      ["most of 10,000 tokens", "holds", about(1e-3)],
      ["most of 100,000 alone", "holdsWithCorrection", about(5e-5)],
      ["not even of those", "doesNotHoldHere", about(1e-6)],
      ["a wide interval", "undecided", between(0, 1e-3)],
    ] as const
  ).map(([what, wanted, b]): Case => [what, wanted, [{ label: "softmax", time: { coefficients: [none, about(1), b] } }]]),
  S9: [
    [
      "always less",
      "holds",
      [
        {
          label: "softmax",
          cell: withModel(),
          stages: split(
            () => 1,
            () => 9,
          ),
        },
      ],
    ],
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
    [
      "always more",
      "doesNotHoldHere",
      [
        {
          label: "softmax",
          cell: withModel(),
          stages: split(
            () => 9,
            () => 1,
          ),
        },
      ],
    ],
    [
      "about as much",
      "undecided",
      [
        {
          label: "softmax",
          cell: withModel(),
          stages: split(
            () => 1,
            () => 1,
          ),
        },
      ],
    ],
    ["stages that were not timed", "undecided", [{ label: "softmax", cell: withModel() }]],
  ],
  S10: [
    ["most of them", "holds", [{ label: "softmax", cell: withModel(), stages: counted(1000) }]],
    ["the largest part", "holdsWithCorrection", [{ label: "softmax", cell: withModel({ vocab: 1000 }), stages: counted(0.9 * fed) }]],
    ["a small part", "doesNotHoldHere", [{ label: "softmax", cell: withModel(), stages: counted(2 * fed) }]],
    ["nothing counted", "undecided", [{ label: "softmax", cell: withModel() }]],
  ],
  S11: (
    [
      ["two of thirty-two", "holds", 32, 2, true],
      ["two of three", "holdsWithCorrection", 3, 2, true],
      ["all of them", "doesNotHoldHere", 2, 2, true],
      ["nothing counted", "undecided", 32, 2, false],
    ] as const
  ).map(([what, wanted, experts, active, isCounted]): Case => {
    const one = 3 * 64 * 256;
    const cell = withModel({ feedForward: { kind: "experts", hidden: 256, experts, active } });
    const stages = counted(1000, () => ({ feedForward: { cost: cost(2 * 2 * (active * one + 64 * experts), 1) } }));
    return [what, wanted, [{ label: "softmax", cell, ...(isCounted ? { stages } : {}) }]];
  }),
  S12: (
    [
      ["faster, and queries are kept too", "holds", () => about(9), 2 * 64 * 3 * 4],
      ["faster with keys and values alone", "holdsWithCorrection", () => about(9), 2 * 64 * 2 * 4],
      ["slower", "doesNotHoldHere", () => about(0.5), 2 * 64 * 2 * 4],
      ["about as fast", "undecided", () => about(1, 0.2), 2 * 64 * 2 * 4],
    ] as const
  ).map(([what, wanted, ms, kept]): Case => [what, wanted, [nothing({ ms }), { label: "softmax", cell: withModel(), ms: () => about(1), bytes: line(kept) }]]),
  S13: [
    ["keys and values of every head", "holds", [{ label: "softmax", bytes: line(perToken) }]],
    ["heads that share", "holdsWithCorrection", [{ label: "softmax", cell: grouped, bytes: line(perToken / 4) }]],
    ["other bytes than a token has", "doesNotHoldHere", [{ label: "softmax", bytes: line(perToken + 4) }]],
    ["bytes of no known law", "undecided", [{ label: "softmax", bytes: {} }]],
  ],
  S15: [
    [
      "two forms, alike at all lengths",
      "holds",
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
    ["softmax alone", undefined, [{ label: "softmax" }]],
  ],
  S16: [
    ["a constant, and faster everywhere", "holds", [linear({ time: { exponent: between(-0.05, 0.05) } }), { label: "softmax" }], crossing("already")],
    ["a constant, and slower at first", "holdsWithCorrection", [linear({ time: { class: "O(1)" } }), { label: "softmax" }], crossing("crosses")],
    ["a line", "doesNotHoldHere", [linear({ time: { class: "O(n)", exponent: about(1) } })]],
    ["a wide interval", "undecided", [linear({ time: { exponent: between(-0.5, 0.5) } })]],
  ],
  S17: [
    ["a square in all", "holds", [linear()], widths("linear", about(2))],
    ["a square of work, and less of time", "holdsWithCorrection", [linear()], widths("linear", about(1.3))],
    ["a line of work", "doesNotHoldHere", [linear()], widths("linear", about(1), "O(n)", "O(n)")],
    ["a constant time", "doesNotHoldHere", [linear()], widths("linear", between(-0.1, 0.1))],
    ["a wide interval", "undecided", [linear()], widths("linear", between(0, 2.5))],
    ["widths that were not swept", undefined, [linear()]],
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
    ["a state that grows", "doesNotHoldHere", [linear({ bytes: { class: "O(n)" } })]],
    ["too few lengths", "undecided", [linear({ bytes: {} })]],
  ],
  S19: (
    [
      ["all the same", "holds", { project: cost(8, 8), feedForward: cost(4, 4) }],
      ["other projections", "holdsWithCorrection", { project: cost(9, 9), feedForward: cost(4, 4) }],
      ["another feed-forward network", "doesNotHoldHere", { project: cost(8, 8), feedForward: cost(5, 5) }],
      ["nothing counted", "undecided", {}],
    ] as const
  ).map(([what, wanted, costs]): Case => {
    const own = { project: cost(8, 8), feedForward: cost(4, 4) };
    const stagesOf = (all: Readonly<Record<string, ReturnType<typeof cost>>>) => () =>
      Object.fromEntries(Object.entries(all).map(([stage, one]) => [stage, { cost: one, ms: about(1) }]));
    return [what, wanted, [{ label: "softmax", cell: withModel(), stages: stagesOf(own) }, linear({ cell: withModel(), stages: stagesOf(costs) })]];
  }),
};

describe.each(Object.keys(tables) as (keyof typeof tables)[])("%s", (id) => {
  for (const [what, wanted, arms, more] of tables[id])
    it(`${what}: ${wanted}`, () => {
      const found = verdictOn(id, arms, more);
      expect(found?.verdict).toBe(wanted);
      expect(`${found?.measured ?? ""} ${found?.correction ?? ""}`).not.toMatch(/NaN|Infinity|undefined| –/);
      expect(found?.correction !== undefined).toBe(wanted === "holdsWithCorrection");
    });

  it("comes to every verdict", () => {
    const reached = new Set(tables[id].map(([, wanted]) => wanted));
    expect([...reached]).toEqual(expect.arrayContaining(["holds", "holdsWithCorrection", "doesNotHoldHere", "undecided"]));
  });
});

describe("claims", () => {
  it("are nineteen, in order, each with a judge but for the one whose phase is to come", () => {
    expect(claims.map(({ id }) => id)).toEqual(claimIds);
    expect(claimIds).toEqual(Array.from({ length: 19 }, (_, i) => `S${i + 1}`));
    expect(claims.filter(({ judge }) => !judge).map(({ id }) => id)).toEqual(["S14"]);
    expect(claimPhases.S14).toBe("offload");
  });

  it("are judged of runs of their phase alone", () => {
    const decode = { phase: "decode", claims: ["S1", "S13"] } as unknown as RunRecord["experiment"];
    const arms: readonly PlantedArm[] = [{ label: "softmax", bytes: line(perToken) }];
    const one = (id: ClaimId): JudgedClaim | undefined => verdictOn(id, arms, { ...tokens(text("cl100k_base", published)), experiment: decode });
    expect(one("S1")).toBeUndefined();
    expect(one("S13")).toMatchObject({ id: "S13", verdict: "holds", evidence: "memory", measured: expect.stringContaining("2 KiB a token and layer") });
  });

  it("say their numbers", () => {
    const measured = (id: ClaimId, arms: readonly PlantedArm[], more?: Partial<RunRecord>): string => {
      const { measured: sentence, correction = "" } = verdictOn(id, arms, more) ?? { measured: "" };
      return `${sentence} | ${correction}`;
    };
    expect(measured("S2", [], tokens(text("cl100k_base", [1, 2, 3, 4, 5, 6, 7, 8]), text("o200k_base", [1, 2])))).toMatchInlineSnapshot(
      `"4 characters are 8 tokens in cl100k_base and 4 characters are 2 tokens in o200k_base. The vocabulary alone makes n 4.00 times as large, and n² 16.0 times. | "`,
    );
    expect(measured("S5", [{ label: "softmax", cell: work(256, 1), time: { class: "O(n)", exponent: about(0.97) } }])).toMatchInlineSnapshot(
      `"Slope of time over n: 0.970 [0.951, 0.989] (softmax, headDim 64, at n = 512). Counted are 256 FLOPs a head and position (softmax, headDim 64), over n + 1 positions for n tokens before. | The newest token is compared with itself too: L dot products. Weighing values comes on top: with it a position costs 2.00 times its dot product."`,
    );
    expect(measured("S8", [{ label: "softmax", time: { coefficients: [none, about(1), about(5e-5)] } }])).toMatchInlineSnapshot(
      `"By the fitted time of softmax, headDim 64, n² is 33 % [32 %, 34 %] of a text of 10,000 tokens and 83 % [83 %, 84 %] of one of 100,000: extrapolated from n = 512. | It is not known to be so at 10,000 tokens, only at 100,000."`,
    );
    expect(
      measured("S9", [
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
      `"Of softmax, at n = 64, 61 % [60 %, 62 %] of a token goes to feed-forward and 39 % [38 %, 40 %] to attention; at n = 512, 16 % [16 %, 17 %] of a token goes to feed-forward and 84 % [82 %, 85 %] to attention. | It is so for long texts alone: at n = 64 it still takes more than attention, and less from n = 128 on."`,
    );
    expect(
      measured("S12", [nothing({ ms: () => about(9) }), { label: "softmax", cell: withModel(), ms: () => about(1), bytes: line(2 * 64 * 2 * 4) }]),
    ).toMatchInlineSnapshot(
      `"At n = 512 a token takes 9.00 ms with nothing kept and 1.00 ms with a cache: 9.00 [8.65, 9.37] times as long. The cache grows by 1 KiB a token. | Keys and values are enough: they are all of that, and queries would be 512 B more."`,
    );
    expect(measured("S16", [linear({ time: { exponent: between(-0.5, 0.5) } })])).toMatchInlineSnapshot(
      `"Slope of time over n: 0 [-0.500, 0.500] (linear, headDim 64, at n = 512). More turns, which narrow intervals, would tell. | "`,
    );
  });
});
