import { describe, expect, it } from "vitest";
import type { RunRecord } from "../record/run.ts";
import { analyse } from "./analysis.ts";
import { plantedPrepared, plantedRun } from "./planted.ts";

const arms = [
  { label: "softmax", family: "softmax", ms: (n: number) => 0.02 + 1e-4 * n, bytes: (n: number) => 2048 * n },
  { label: "linear", family: "linear", ms: () => 0.1, bytes: () => 131072, claim: { time: "O(1)", stateBytes: "O(1)" } },
] as const;
const planted = plantedRun({ ns: [32, 128, 512, 1024, 2048, 8192, 16384], arms });

const said = (record: RunRecord): string[] => analyse(record).findings.map(({ kind, text }) => `${kind}: ${text}`);

describe("the answer", () => {
  it("leads with growth and memory, then says from which n on", () => {
    expect(said(planted)).toMatchInlineSnapshot(`
      [
        "headline: On this GPU (d), from 800 tokens on, the next token is made faster with linear attention than with softmax attention: 17 times as fast at 16,384 tokens; below that, with softmax attention: 4.3 times as fast at 32.",
        "headline: With softmax attention the next token takes longer, the more came before (at the longest lengths measured, twice as many tokens take 2.0 times as long); with linear attention it takes the same time, however much came before; linear attention keeps 128 KiB in memory at any length, 256 times less than softmax attention at 16,384 tokens (32 MiB).",
        "growth: The time of the next token after n (decode) is O(n) with softmax (split) and O(1) with linear (recurrent) (n = 32 to 16,384).",
        "memory: The KV cache of softmax (split) grows O(n), to 32 MiB at n = 16,384; the recurrent state of linear (recurrent) takes 128 KiB at any n.",
        "crossover: From n = 65 on, the state of linear is smaller than the state of softmax.",
        "crossover: From n = 800 (95 % interval 800 to 800) on, linear is faster than softmax.",
      ]
    `);
  });

  it("says of a software adapter that times are of an emulation", () => {
    const emulated = { ...planted, environment: { ...planted.environment, deviceClass: "software" } as const };
    const sentences = said(emulated);
    expect(sentences[0]).toMatch(/^headline: With softmax attention the next token takes longer, the more came before/);
    expect(sentences[1]).toMatch(/^headline: On this CPU emulation, from /);
    const [bytes, time] = sentences.filter((text) => text.startsWith("crossover"));
    expect(bytes).not.toContain("emulation");
    expect(time).toContain("on this CPU emulation");
  });

  it("says what is undecided and what to measure, once for all arms that lack it", () => {
    expect(said(plantedRun({ ns: [128, 256, 512], arms }))).toMatchInlineSnapshot(`
      [
        "headline: On this GPU (d), the next token is made no faster with linear attention than with softmax attention at any length measured, 128 to 512 tokens: it takes 1.4 times as long at 512 tokens.",
        "headline: With softmax attention the next token takes longer, the more came before (at the longest lengths measured, twice as many tokens take 1.6 times as long); with linear attention no growth was seen up to 512 tokens, but that is not proven; linear attention keeps 128 KiB in memory at any length, 8 times less than softmax attention at 512 tokens (1 MiB).",
        "growth: How time grows with softmax (split) and linear (recurrent) is not decided: a growth law needs at least 7 values of n over a range of 8 times or more; 3 were measured, from 128 to 512.",
        "memory: The KV cache of softmax (split) grows O(n), to 1 MiB at n = 512; the recurrent state of linear (recurrent) takes 128 KiB at any n.",
        "crossover: The state of linear is smaller than the state of softmax at every n measured (n = 128 to 512).",
        "crossover: linear is not faster than softmax at any n measured (n = 128 to 512).",
      ]
    `);
  });

  it("tells growth at the longest lengths, where no half of theirs was measured by what was", () => {
    const headline = (ns: readonly number[]): string | undefined =>
      said(plantedRun({ ns, arms, phase: "prefill" })).find((text) => text.includes("At the longest"));
    expect(headline([16, 32, 64, 512, 4096])).toMatch(
      /8 times the length takes 6\.0 times as long with softmax attention and the same time with linear attention/,
    );
    expect(headline([150, 225, 337])).toMatch(/2\.2 times the length takes 1\.5 times as long/);
    // A length that was added near n* is no reason to leave out what was measured in halves.
    expect(headline([512, 900, 1024, 2048, 4096])).toMatch(/twice the length takes 1\.9 times as long/);
  });

  it("at one n is times and bytes: neither a law nor n* is asked, and none is said to be open", () => {
    expect(said(plantedRun({ ns: [2048], arms }))).toMatchInlineSnapshot(`
      [
        "headline: On this GPU (d), at 2,048 tokens the next token is made fastest with linear attention, 2.2 times as fast as with softmax attention (95 % interval 2.2 to 2.2).",
        "time: The next token after n = 2,048 takes 225 µs [225 µs, 225 µs] with softmax (split) and 100 µs [100 µs, 100 µs] with linear (recurrent).",
        "memory: The KV cache of softmax (split) takes 4 MiB at n = 2,048; the recurrent state of linear (recurrent) takes 128 KiB at n = 2,048.",
      ]
    `);
    expect(said(plantedRun({ ns: [2048], arms, dModels: [256, 512], phase: "prefill" }))).toMatchInlineSnapshot(`
      [
        "headline: On this GPU (d), at 2,048 tokens and dModel 256 a prompt is read fastest with linear attention, 2.2 times as fast as with softmax attention (95 % interval 2.2 to 2.2); at 2,048 tokens and dModel 512 linear attention, 2.2 times as fast as with softmax attention (2.2 to 2.2).",
        "time: Reading a prompt of n = 2,048 tokens takes 225 µs [225 µs, 225 µs] with softmax (split) and 100 µs [100 µs, 100 µs] with linear (recurrent) at dModel 256.",
        "time: Reading a prompt of n = 2,048 tokens takes 450 µs [450 µs, 450 µs] with softmax (split) and 200 µs [200 µs, 200 µs] with linear (recurrent) at dModel 512.",
        "memory: The KV cache of softmax (split) takes 4 MiB at n = 2,048; the recurrent state of linear (recurrent) takes 128 KiB at n = 2,048.",
      ]
    `);
  });

  it("at two n has no law, but says which arm is ahead", () => {
    expect(said(plantedRun({ ns: [2048, 4096], arms }))).toMatchInlineSnapshot(`
      [
        "headline: On this GPU (d), the next token is made faster with linear attention than with softmax attention at every length measured, 2,048 to 4,096 tokens: 4.3 times as fast at 4,096 tokens.",
        "time: The next token after n = 2,048 takes 225 µs [225 µs, 225 µs] with softmax (split) and 100 µs [100 µs, 100 µs] with linear (recurrent).",
        "time: The next token after n = 4,096 takes 430 µs [430 µs, 430 µs] with softmax (split) and 100 µs [100 µs, 100 µs] with linear (recurrent).",
        "memory: The KV cache of softmax (split) takes 8 MiB at n = 4,096; the recurrent state of linear (recurrent) takes 128 KiB at any n.",
        "crossover: The state of linear is smaller than the state of softmax at every n measured (n = 2,048 to 4,096).",
        "crossover: linear is faster than softmax at every n measured (n = 2,048 to 4,096).",
      ]
    `);
  });

  it("says that a law is open where the plan has the n for it and the run has not", () => {
    const stopped = {
      ...planted,
      cells: planted.cells.map((cell) =>
        cell.n === 32 ? cell : { ...cell, visits: [], outcome: { status: "censored", code: "timeCap", reason: "slow" } as const },
      ),
    };
    expect(said(stopped).filter((text) => text.includes("not decided"))).toMatchInlineSnapshot(`
      [
        "headline: On this GPU (d), it is not decided from which length on the next token is made faster with linear attention than with softmax attention.",
        "growth: How time grows with softmax (split) and linear (recurrent) is not decided: a growth law needs at least 7 values of n over a range of 8 times or more; only 32 was measured.",
        "crossover: From which n on the state of linear is smaller than the state of softmax is not decided: the arms share fewer than two n.",
        "crossover: From which n on linear is faster than softmax is not decided: the two share only n = 32.",
      ]
    `);
    expect(said(stopped).some((text) => text.startsWith("time: "))).toBe(false);
  });

  it("tells shapes apart where they differ", () => {
    expect(said(plantedRun({ ns: [32, 128, 512, 1024, 2048, 8192, 16384], arms, dModels: [256, 512] }))).toMatchInlineSnapshot(`
      [
        "headline: On this GPU (d), from 800 tokens on, the next token is made faster with linear attention than with softmax attention: 17 times as fast at 16,384 tokens; below that, with softmax attention: 4.3 times as fast at 32.",
        "headline: With softmax attention the next token takes longer, the more came before (at the longest lengths measured, twice as many tokens take 2.0 times as long); with linear attention it takes the same time, however much came before; linear attention keeps 128 KiB in memory at any length, 256 times less than softmax attention at 16,384 tokens (32 MiB).",
        "growth: The time of the next token after n (decode) is O(n) with softmax (split) and O(1) with linear (recurrent) (n = 32 to 16,384).",
        "memory: The KV cache of softmax (split) grows O(n), to 32 MiB at n = 16,384; the recurrent state of linear (recurrent) takes 128 KiB at any n.",
        "crossover: From n = 65 on, the state of linear is smaller than the state of softmax at dModel 256 and dModel 512.",
        "crossover: From n = 800 (95 % interval 800 to 800) on, linear is faster than softmax at dModel 256 and dModel 512.",
      ]
    `);
  });

  it("says that arms are unequal near n*", () => {
    const ceilings = { readGbps: 100, copyGbps: 50, fmaGflops: 1000, emptyDispatchMs: 0.01, cacheKneeBytes: undefined };
    const run = {
      ...planted,
      ceilings,
      cells: planted.cells.map((cell) => ({ ...cell, prepared: plantedPrepared(1, cell.family === "softmax" ? cell.n * 4000 : 1e6) })),
    };
    expect(said(run).find((text) => text.includes("unequal"))).toContain("The two are unequal there: softmax runs at 33 % of its ceiling, linear at 10 %.");
  });

  it("says that whole models are unequal, n* or none, at the largest n that all have", () => {
    const ceilings = { readGbps: 100, copyGbps: 50, fmaGflops: 1000, emptyDispatchMs: 0.01, cacheKneeBytes: undefined };
    const three = [
      { label: "no cache", form: "recompute", family: "softmax", ms: (n: number) => 1 + 0.1 * n, bytes: () => 0 },
      { label: "KV cache", form: "cached", family: "softmax", ms: () => 1, bytes: (n: number) => 2048 * n },
      { label: "linear", form: "recurrent", family: "linear", ms: () => 0.5, bytes: () => 131072 },
    ] as const;
    const runOf = (share: number) => {
      const { cells, ...rest } = plantedRun({ ns: [64, 128, 256, 512], arms: three });
      const shareOf = (label: string): number => (label === "no cache" ? share : 0.6);
      return {
        ...rest,
        ceilings,
        cells: cells
          .filter(({ label, n }) => label !== "no cache" || n <= 256)
          .map((cell) => {
            const { form = "", ms = () => 0 } = three.find(({ label }) => label === cell.label) ?? {};
            return { ...cell, form, phase: "tokenLoop" as const, prepared: plantedPrepared(shareOf(cell.label) * ms(cell.n) * 1e9, 1) };
          }),
      };
    };
    const unequal = (run: RunRecord): string[] => said(run).filter((text) => text.includes("unequal"));
    expect(unequal(runOf(0.2))).toEqual([
      "crossover: The arms are unequal at n = 256: no cache (recompute) runs at 20 % of its ceiling, KV cache (cached) at 60 % and linear (recurrent) at 60 %. So far as these differ, a ratio of their times there is the kernels', and not the mechanisms'.",
    ]);
    expect(unequal(runOf(0.45))).toEqual([]);
    const { cells, ...rest } = runOf(0.2);
    expect(unequal({ ...rest, cells: cells.map((cell) => ({ ...cell, phase: "decode" as const })) }).filter((text) => text.includes("The arms are"))).toEqual(
      [],
    );
  });
});

describe("warnings", () => {
  it("count what is missing, with codes and names", () => {
    const cells = planted.cells.map((cell, i) =>
      i < 4
        ? { ...cell, outcome: { status: "skipped", code: "overLimit", reason: "too big" } as const }
        : i === 4
          ? { ...cell, outcome: { status: "failed", code: "wrongOutput", reason: "off" } as const }
          : cell,
    );
    const schedule = { ...planted.schedule, workers: 1, turns: 2, unmet: [cells[5]?.id ?? ""], stopped: "maxTime" } as const;
    expect(said({ ...planted, cells, schedule, state: "interrupted" }).slice(0, 2)).toEqual([
      "outcome: softmax (split) failed at n = 512 (wrong output), and has no times there.",
      "outcome: The run was interrupted: this is of what had been measured by then.",
    ]);
    expect(said({ ...planted, cells, schedule }).filter((text) => text.startsWith("warning"))).toMatchInlineSnapshot(`
      [
        "warning: 4 of 14 points were skipped: too large for this device: softmax (split) at n = 32, linear (recurrent) at n = 32 and 2 more.",
        "warning: 1 cell has an interval wider than the ±5.0 % asked for; the time for measuring ran out.",
        "warning: All times come from one process; how much they differ from process to process is not in the intervals.",
        "warning: Only 2 turns were made: intervals are wide and drift is not seen.",
      ]
    `);
  });
});
