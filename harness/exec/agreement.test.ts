import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testAdapter } from "../testAdapter.ts";
import { disagreement, type Problem } from "./agreement.ts";
import { type ExecSession, openExec } from "./exec.ts";

/** Forms of one recurrence agree: a few odd shapes. Every member, and shapes at random, are in agreement.matrix.test.ts. */
let session: ExecSession;
beforeAll(async () => {
  session = await openExec({ adapter: testAdapter });
});
afterAll(() => session?.close());

/** Some hundred roundings of an element, each of 2⁻²⁴, add up to less; a wrong term is about as large as the output. */
const limit = 1e-4;
const odd: Problem = { mechanism: "", batch: 2, n: 70, heads: 3, headDim: 36, headDimV: 20, gate: -0.8, continued: true };

describe("forms agree", () => {
  it.each(["gated", "gatedDeltaNet", "kda"])("%s by chunks of 16 from a state", async (mechanism) => {
    expect(await disagreement(session, { ...odd, mechanism }, 5, { form: "chunk", chunk: 16 })).toBeLessThan(limit);
  });

  it.each(["gated", "kda"])("%s stays finite and agrees where gates of a chunk sum up to thousands", async (mechanism) => {
    expect(await disagreement(session, { ...odd, mechanism, gate: -60 }, 5, { form: "chunk", chunk: 16 })).toBeLessThan(limit);
  });

  it.each(["gated", "gla", "kda"])("%s agrees as closely where gates of thousands stand among gates near none", async (mechanism) => {
    expect(await disagreement(session, { ...odd, mechanism, fall: -1000 }, 5, { form: "chunk", chunk: 16 })).toBeLessThan(limit / 10);
  });
});
