import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lavapipeDriver } from "../device/adapters.ts";
import { testAdapter } from "../testAdapter.ts";
import { deviation, disagreement, type Problem, problemTensors, type WayToCompute } from "./agreement.ts";
import { type ExecSession, openExec } from "./exec.ts";
import { type NamedTensors, roundedTo } from "./tensor.ts";

/** Forms of one recurrence agree, whatever the shape, the chunk, the gates and the state it goes on from. */
const adapters = [...new Set([testAdapter, ...(lavapipeDriver() ? ["lavapipe"] : [])])];
const members = ["linear", "retention", "gated", "gla", "deltaNet", "gatedDeltaNet", "kda"];
const limit = 1e-4;
const odd: Problem = { mechanism: "linear", batch: 2, n: 130, heads: 3, headDim: 36, headDimV: 20, gate: -0.8, continued: true };

describe.each(adapters)("forms agree on %s", (adapter) => {
  let session: ExecSession;
  beforeAll(async () => {
    session = await openExec({ adapter });
  });
  afterAll(() => session?.close());

  const ways: readonly WayToCompute[] = [16, 32, 48, 64, 128, 256].map((chunk) => ({ form: "chunk", chunk }));
  const cases = members.flatMap((mechanism) => ways.map((way) => ({ mechanism, way })));
  it.each([...cases, { mechanism: "linear", way: { form: "parallel" } }])("$mechanism, $way", async ({ mechanism, way }) => {
    for (const continued of [false, true]) expect(await disagreement(session, { ...odd, mechanism, continued }, 1, way)).toBeLessThan(limit);
  });

  it.each(["gated", "gla", "gatedDeltaNet", "kda"])("%s with gates near none, of −60 and of −500", async (mechanism) => {
    for (const gate of [-1e-4, -60, -500])
      expect(await disagreement(session, { ...odd, mechanism, gate }, 2, { form: "chunk", chunk: 64 })).toBeLessThan(limit);
  });

  it.each(["gated", "gla", "gatedDeltaNet", "kda"])("%s as closely with gates near none among some of −20, −300 and −2,000", async (mechanism) => {
    for (const fall of [-20, -300, -2000])
      for (const chunk of [16, 64, 256]) expect(await disagreement(session, { ...odd, mechanism, fall }, 4, { form: "chunk", chunk })).toBeLessThan(limit / 10);
  });

  // An output is off by a step of f16 at most, at an element of several times the output's RMS.
  it.each(["softmax", ...members])("%s of f16 is that of f32 on the same values, by kernels of f16 where the device has them", async (mechanism) => {
    const { state: _, ...problem } = problemTensors({ ...odd, mechanism, continued: false }, 3);
    const halved = (tensors: NamedTensors): NamedTensors =>
      Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, ["q", "k", "v"].includes(name) ? roundedTo("f16", tensor) : tensor]));
    const widened = (tensors: NamedTensors): NamedTensors =>
      Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, { ...tensor, dtype: "f32" as const }]));
    const halves = halved(problem);
    const half = await session.exec({ mechanism, phase: "prefill", tensors: halves });
    const full = await session.exec({ mechanism, phase: "prefill", tensors: widened(halves) });
    expect(["f16", "f32"]).toContain(half.cell.dtype);
    if (adapter === "lavapipe") expect(half.cell.dtype).toBe("f16");
    expect(deviation(half.tensors.o?.values ?? new Float32Array(), full.tensors.o?.values ?? new Float32Array())).toBeLessThan(8 * 2 ** -10);
  });

  it("at random shapes", { timeout: 600_000 }, async () => {
    const quads = fc.integer({ min: 4, max: 24 }).map((count) => 4 * count);
    const problems = fc.record({
      mechanism: fc.constantFrom(...members),
      batch: fc.integer({ min: 1, max: 3 }),
      n: fc.integer({ min: 1, max: 200 }),
      heads: fc.integer({ min: 1, max: 4 }),
      headDim: quads,
      headDimV: quads,
      gate: fc.constantFrom(-0.01, -0.8, -20),
      continued: fc.boolean(),
    });
    const chunks = fc.integer({ min: 1, max: 8 }).map((count) => 16 * count);
    await fc.assert(
      fc.asyncProperty(problems, fc.integer({ min: 1, max: 1000 }), chunks, async (problem, seed, chunk) => {
        expect(await disagreement(session, problem, seed, { form: "chunk", chunk })).toBeLessThan(limit);
      }),
      { numRuns: 20 },
    );
  });
});
