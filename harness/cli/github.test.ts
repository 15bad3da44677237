import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { fakeDuet, plantedCost } from "../testDuet.ts";
import { allNew, amissIn } from "./github.ts";
import { attnbench, type Ended, emptyFolder } from "./testCommand.ts";

const yaml = `name: ci
title: Planted
phase: decode
mechanisms: [softmax, linear]
axes: { n: [256, 1024, 4096] }
fixed: { heads: 8, headDim: 64 }
measure: { maxTime: 4s, seed: 3 }
`;
const noise = { sample: 0.005, turn: 0.005, worker: 0.005, cell: 0 };
const costing = (times: number) => ({ costMs: plantedCost(times, ({ mechanism, n }) => mechanism === "softmax" && n === 1024), noise });

/** `compare --format github` in a step of a workflow, and the job's summary. */
const compared = async (
  base: string,
  head: string,
  ...flags: string[]
): Promise<Ended & { readonly summary: string | undefined; readonly annotations: readonly string[] }> => {
  const summary = join(emptyFolder(), "summary.md");
  vi.stubEnv("GITHUB_STEP_SUMMARY", summary);
  const ended = await attnbench(["compare", base, head, "--format", "github", ...flags], emptyFolder());
  return {
    ...ended,
    summary: existsSync(summary) ? readFileSync(summary, "utf8") : undefined,
    annotations: ended.stderr.split("\n").filter((line) => line.startsWith("::")),
  };
};

afterEach(() => vi.unstubAllEnvs());

describe("--format github", () => {
  it("annotates what became worse, and adds the comparison to the job summary", async () => {
    const { folder } = await fakeDuet(yaml, costing(1), costing(1.5));
    const { code, annotations, summary } = await compared(join(folder, "base"), folder);
    expect(code).toBe(3);
    expect(annotations[0]).toMatch(/^::error title=ci%3A became worse::SLOWER: softmax \(split\) at n = 1,024, time 1\.\d+ times \[.*\] base's/);
    expect(summary).toContain("## ci: ❌ failed");
    expect(summary).toContain("| softmax | split | 1,024 | time | SLOWER |");
  });

  it("annotates nothing that is as it was, and leaves --json's stdout alone", async () => {
    const { folder } = await fakeDuet(yaml, costing(1), costing(1));
    const { code, annotations, summary, stdout } = await compared(join(folder, "base"), folder, "--json");
    expect([code, annotations]).toEqual([0, []]);
    expect(summary).toContain("## ci: ✅ passed");
    expect(JSON.parse(stdout)).toMatchObject({ gate: "pass" });
  });

  it("says why nothing passed where nothing was measured in both", async () => {
    const broken = { ...costing(1), fault: () => "compileError" as const };
    const { folder } = await fakeDuet(yaml, broken, costing(1));
    const { code, annotations } = await compared(join(folder, "base"), folder);
    expect([code, annotations]).toEqual([5, ["::error title=ci%3A not passed::Nothing was measured in both, so nothing is known to be as it was."]]);
  });

  it("says why a command ended before its answer", async () => {
    const { code, annotations, summary } = await compared("nowhere", "nowhere");
    expect([code, annotations.length, summary]).toEqual([2, 1, undefined]);
    expect(annotations[0]).toMatch(/^::error title=attnbench ended with exit code 2::.*nowhere/);
  });

  it("of a duet tells what is wrong with head whatever base is: each cell once, and expectations", async () => {
    const failing = (n: number) => ({ ...costing(1), fault: (cell: { readonly n: number }) => (cell.n === n ? ("wrongOutput" as const) : undefined) });
    const expecting = `${yaml}expect: ["softmax.time is O(1)"]\n`;
    const isUnmet = ({ verdict }: { readonly verdict?: string }): boolean => verdict !== undefined && verdict !== "pass";
    const both = await fakeDuet(expecting, failing(256), failing(256));
    const [first, second, unmet, ...others] = amissIn(both.records.head, both.comparison, isUnmet);
    expect([first, second].map((one) => [one?.level, one?.message.split(":")[0]])).toEqual([
      ["error", "softmax-split-n256-h8-d64 (wrongOutput)"],
      ["error", "linear-recurrent-n256-h8-d64 (wrongOutput)"],
    ]);
    expect([unmet?.title, others]).toEqual(["ci: an expectation is not met", []]);
    // The comparison tells of this one.
    const head = await fakeDuet(yaml, costing(1), failing(256));
    expect(amissIn(head.records.head, head.comparison, isUnmet)).toEqual([]);
    const levels = (["ok", "fail"] as const).map((undecided) => allNew(head.comparison, "it is too old", undecided)[0]);
    expect(levels.map((one) => [one?.level, one?.message])).toEqual([
      ["warning", "Nothing was compared: it is too old"],
      ["error", "Nothing was compared: it is too old"],
    ]);
  });
});
