import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { UnloadableKernels } from "../kernels/registry.ts";
import { notPassed } from "./cli/github.ts";
import { type Connect, connector } from "./measure/connection.ts";
import { fakeWorkers } from "./measure/fakeWorker.ts";
import { zh } from "./messages/zh.ts";
import { readRun } from "./record/runFolder.ts";
import { UnlikeSides } from "./runDuet.ts";
import { fakeDuet, plantedCost } from "./testDuet.ts";
import { newFolder } from "./testExperiment.ts";

const yaml = `name: ci
title: Planted
phase: decode
mechanisms: [softmax, linear]
axes: { n: [256, 1024, 4096] }
fixed: { heads: 8, headDim: 64 }
measure: { maxTime: 12s, seed: 3 }
`;
const noise = { sample: 0.03, turn: 0.02, worker: 0.03, cell: 0.005 };
const same = { costMs: plantedCost(), noise };

describe("a duet on planted costs", () => {
  it("of one code with itself finds nothing, and ends when all is the same", async () => {
    const { comparison, records } = await fakeDuet(yaml, same, same);
    expect(comparison.gate).toBe("pass");
    expect(comparison.paired).toBe(true);
    expect(comparison.cells.map(({ metrics }) => metrics.time.verdict)).toEqual(Array(6).fill("SAME"));
    expect(records.head.schedule.stopped).toBe("precision");
    expect(records.head.schedule.workers).toBeGreaterThanOrEqual(3);
  });

  it("ends early only where all is the same by the threshold that was asked for", async () => {
    const [usual, fine] = [await fakeDuet(yaml, same, same), await fakeDuet(yaml, same, same, 1, { options: { threshold: 0.02 } })];
    expect(usual.records.head.schedule.stopped).toBe("precision");
    expect([fine.comparison.gate, fine.records.head.schedule.stopped]).toEqual(["undecided", "maxTime"]);
    expect(fine.records.head.schedule.turns).toBeGreaterThan(usual.records.head.schedule.turns);
  });

  it("finds the one cell that takes a tenth longer, whatever the machine does meanwhile", async () => {
    const slowness = (ms: number): number => 1 + 0.3 * Math.sin(ms / 900) + (ms > 6000 ? 0.5 : 0);
    const slow = { ...same, slowness, costMs: plantedCost(1.1, ({ mechanism, n }) => mechanism === "softmax" && n === 1024) };
    const { comparison, records } = await fakeDuet(yaml, { ...same, slowness }, slow);
    expect(comparison.gate).toBe("fail");
    expect(comparison.cells.filter(({ metrics }) => metrics.time.verdict === "SLOWER").map(({ cell }) => cell)).toEqual(["softmax-split-n1024-h8-d64"]);
    // What is told to be slower is not a reason to stop looking.
    expect(records.head.schedule.stopped).toBe("maxTime");
  });

  it("visits both in every turn, base first in every second, with the same repetitions", async () => {
    const order: string[] = [];
    const listening = (side: string, device: typeof same) => ({
      ...device,
      fault: ({ id }: { readonly id: string }, _worker: number, message: string) => {
        if (message === "visit" && id === "softmax-split-n256-h8-d64") order.push(side);
        return undefined;
      },
    });
    const { records } = await fakeDuet(yaml, listening("base", same), listening("head", { ...same, costMs: plantedCost(3) }));
    for (const [i, { id, visits }] of records.head.cells.entries()) {
      const other = records.base.cells[i];
      expect(other?.id).toBe(id);
      const of = (turns: typeof visits | undefined): unknown => turns?.filter(({ turn }) => turn > 0).map(({ turn, k, worker }) => [turn, k, worker]);
      expect(of(other?.visits)).toEqual(of(visits));
      expect(visits.length).toBeGreaterThan(10);
    }
    // Turn 0 calibrates head, then base.
    expect(order.slice(0, 8)).toEqual(["head", "base", "base", "head", "head", "base", "base", "head"]);
  });

  it("leaves two runs that can be read, base's within head's folder, and the comparison beside them", async () => {
    const { folder, comparison, records } = await fakeDuet(yaml, same, same);
    expect(readRun(folder).record).toEqual(JSON.parse(JSON.stringify(records.head)));
    expect(readRun(join(folder, "base")).record).toEqual(JSON.parse(JSON.stringify(records.base)));
    expect(records.base.environment.attnbench).toMatchObject({ commit: "b".repeat(40), dirty: false });
    expect(records.head.environment.attnbench).toMatchObject({ commit: "a".repeat(40), dirty: true });
    expect(JSON.parse(readFileSync(join(folder, "comparison.json"), "utf8"))).toEqual(JSON.parse(JSON.stringify(comparison)));
    expect(readFileSync(join(folder, "comparison.md"), "utf8")).toContain("## ci: ✅ passed");
    expect(readdirSync(folder)).not.toContain("lock");
    expect(readdirSync(folder).filter((file) => file.includes(".zh."))).toEqual([]);
  });

  it("leaves its answer in Chinese beside the English one where asked to, and JSON as it is", async () => {
    const { folder, comparison, told } = await fakeDuet(yaml, same, same, 1, { language: "zh", options: { notes: [(t) => t.comparison.oneRun] } });
    const [json, md, page, chinese, chinesePage] = ["comparison.json", "comparison.md", "comparison.html", "comparison.zh.md", "comparison.zh.html"].map(
      (file) => readFileSync(join(folder, file), "utf8"),
    );
    expect(JSON.parse(json ?? "")).toEqual(JSON.parse(JSON.stringify(comparison)));
    for (const text of [json, md, page]) expect(text).not.toMatch(/\p{Script=Han}/u);
    expect(chinese).toContain("## ci：✅ 通过");
    expect(chinesePage).toContain('<html lang="zh">');
    expect(told.notes).toEqual([zh.comparison.oneRun]);
  });

  it.each(["base", "head"] as const)("a worker of %s that is killed once costs nothing: its visit is made again, beside the other's", async (side) => {
    const victim = "softmax-split-n1024-h8-d64";
    let visits = 0;
    const struck = {
      ...same,
      fault: ({ id }: { readonly id: string }, _: number, at: string) =>
        id === victim && at === "visit" && ++visits === 4 ? ("deviceLost" as const) : undefined,
    };
    const { comparison, records } = await fakeDuet(yaml, side === "base" ? struck : same, side === "head" ? struck : same);
    expect([comparison.gate, comparison.cells.map(({ metrics }) => metrics.time.verdict)]).toEqual(["pass", Array(6).fill("SAME")]);
    expect(records[side].cells.find(({ id }) => id === victim)?.losses).toHaveLength(1);
    expect(comparison.findings).toContain(`A worker of ${side} was lost under a visit, and another made it again: ${victim} (planted deviceLost).`);
    for (const [i, { id, visits }] of records.head.cells.entries()) {
      const other = records.base.cells[i];
      expect([other?.id, other?.visits.map(({ turn }) => turn)]).toEqual([id, visits.map(({ turn }) => turn)]);
    }
  });

  it.each([
    ["in memory", "{ memory: 4MiB }", "memoryCap"],
    ["in time", "{ cell: 2ms }", "timeCap"],
  ])("of one code with itself passes too where an open axis ends %s: base is not asked for what lies beyond", async (_, until, code) => {
    const open = yaml.replace("n: [256, 1024, 4096]", `n: { from: 256, factor: 2, to: 16384, until: ${until} }`);
    const { comparison, records } = await fakeDuet(open, same, same);
    const ended = records.head.cells.filter(({ outcome }) => outcome.status === "censored");
    expect(ended.map(({ outcome }) => "code" in outcome && outcome.code)).toEqual([code]);
    expect(records.base.cells.length).toBeGreaterThan(7);
    expect(records.base.cells.every(({ outcome }) => outcome.status === "ok")).toBe(true);
    expect([comparison.gate, comparison.cells.filter(({ metrics: { time } }) => time.verdict !== "SAME")]).toEqual(["pass", []]);
  });

  it("of a cell whose workers are lost twice does not say that another measured it", async () => {
    const lost = {
      ...same,
      fault: ({ mechanism, n }: { readonly mechanism: string; readonly n: number }) =>
        mechanism === "linear" && n === 1024 ? ("deviceLost" as const) : undefined,
    };
    const { comparison } = await fakeDuet(yaml, lost, same);
    expect(comparison.gate).toBe("undecided");
    expect(comparison.findings.filter((text) => text.includes("linear (recurrent)"))).toEqual([
      "NEW: linear (recurrent) at n = 1,024 (base: deviceLost: planted deviceLost). What helps: the same once more, with a longer --budget where it had no time.",
    ]);
    expect(notPassed(comparison, "fail")[0]?.message).toContain("NEW: linear (recurrent) at n = 1,024");
    const both = await fakeDuet(yaml, lost, lost);
    expect(both.comparison.findings.filter((text) => text.includes("made it again"))).toEqual([]);
    expect(notPassed(both.comparison, "fail")[0]?.message).toContain("FAILED in both: linear (recurrent) at n = 1,024");
  });

  it("that is interrupted keeps the cells that it had not come to in both its records", async () => {
    const controller = new AbortController();
    const onProgress = ({ type }: { readonly type: string }): void => {
      if (type === "cell") controller.abort();
    };
    const { comparison, records } = await fakeDuet(yaml, same, same, 1, { signal: controller.signal, onProgress });
    expect([records.base, records.head].map(({ cells }) => cells.length)).toEqual([6, 6]);
    expect([comparison.differences, comparison.gate]).toEqual([[], "nothing"]);
    expect(comparison.findings[1]).toBe("This duet was interrupted: what follows is of the visits until then.");
  });

  it("a base that cannot be had makes everything new, and is no crash", async () => {
    const { comparison, baseRefused, records } = await fakeDuet(yaml, { ...same, refusal: "workerError" }, same);
    expect(baseRefused).toContain("workerError");
    expect(comparison.gate).toBe("nothing");
    expect(comparison.cells.map(({ metrics }) => metrics.time.verdict)).toEqual(Array(6).fill("NEW"));
    expect(comparison.cells[0]?.metrics.time.note).toBe("base: no worker could be had");
    expect(comparison.findings.some((text) => text.includes("once more"))).toBe(false);
    expect(records.base.schedule.stopped).toBe("noWorker");
    expect(records.head.cells.every(({ outcome }) => outcome.status === "ok")).toBe(true);
  });

  it("a base whose worker speaks an older protocol makes everything new, and says so", async () => {
    const script = join(newFolder(), "oldWorker.mjs");
    writeFileSync(
      script,
      'process.on("message", ({ id }) => process.send({ id, ok: true, reply: { protocol: 0 } }));\nprocess.on("disconnect", () => process.exit());\n',
    );
    const connect = connector("embedded", { mode: "timing", kernels: [], memoryBudgetBytes: 2 ** 30 }, script);
    const { comparison, baseRefused, records } = await fakeDuet(yaml, { ...same, connect }, same);
    expect(baseRefused).toContain("the worker speaks protocol 0, this command 1: rebuild");
    expect(comparison.cells.map(({ metrics }) => metrics.time.verdict)).toEqual(Array(6).fill("NEW"));
    expect(records.head.cells.every(({ outcome }) => outcome.status === "ok")).toBe(true);
  });

  it("a base whose --kernels cannot be loaded makes everything new, and the comparison says why; each side records its own", async () => {
    const connect = () => Promise.reject(new UnloadableKernels("mine: no such folder"));
    const [ofBase, ofHead] = [[{ name: "mine", hash: "3fa9c1b2aaaaaaaa" }], [{ name: "mine", hash: "77ab01c2aaaaaaaa" }]];
    const { comparison, baseRefused, records } = await fakeDuet(yaml, { ...same, connect, kernels: ofBase }, { ...same, kernels: ofHead });
    expect(baseRefused).toBe("mine: no such folder");
    expect(comparison.findings[1]).toBe("Base cannot be measured, so everything is NEW: mine: no such folder");
    expect(comparison.cells.map(({ metrics }) => metrics.time.verdict)).toEqual(Array(6).fill("NEW"));
    expect([records.base, records.head].map(({ environment }) => environment.kernels)).toEqual([ofBase, ofHead]);
  });

  it("of two that open unlike devices is refused before anything is measured: it would gate nothing", async () => {
    const connect: Connect = async (clock) => {
      const { hello, ...opened } = await fakeWorkers({ ...same, seed: 2 }).connect(clock);
      return { ...opened, hello: { ...hello, facts: { ...hello.facts, device: "another device" } } };
    };
    const outFolder = newFolder();
    const refused = await fakeDuet(yaml, { ...same, connect }, same, 1, { outFolder }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UnlikeSides);
    expect(String(refused)).toMatch(/device: .*another device against /);
    expect(readdirSync(outFolder)).toEqual([]);
  });

  it("a base without the experiment's mechanisms makes everything new", async () => {
    const { comparison, records } = await fakeDuet(yaml, { ...same, fault: () => "noFeature" as const }, same);
    expect(comparison.gate).toBe("nothing");
    expect(comparison.cells.map(({ metrics }) => metrics.time.verdict)).toEqual(Array(6).fill("NEW"));
    expect(records.head.cells.every(({ outcome }) => outcome.status === "ok")).toBe(true);
  });

  it("a cell that base has not got is new, one that head breaks fails the gate, and the rest is measured", async () => {
    const isThat = (mechanism: string, n: number) => (cell: { readonly mechanism: string; readonly n: number }) => cell.mechanism === mechanism && cell.n === n;
    const base = { ...same, fault: (cell: { mechanism: string; n: number }) => (isThat("linear", 256)(cell) ? ("noFeature" as const) : undefined) };
    const head = { ...same, fault: (cell: { mechanism: string; n: number }) => (isThat("softmax", 256)(cell) ? ("wrongOutput" as const) : undefined) };
    const { comparison } = await fakeDuet(yaml, base, head);
    const verdicts = Object.fromEntries(comparison.cells.map(({ cell, metrics }) => [cell, metrics.time.verdict]));
    expect(verdicts).toMatchObject({ "linear-recurrent-n256-h8-d64": "NEW", "softmax-split-n256-h8-d64": "GONE", "softmax-split-n4096-h8-d64": "SAME" });
    expect(comparison.gate).toBe("fail");
  });

  it("that is interrupted keeps and compares what it has", async () => {
    const controller = new AbortController();
    let turns = 0;
    const { records, folder, comparison } = await fakeDuet(yaml, same, same, 1, {
      signal: controller.signal,
      onProgress: (step) => step.type === "turn" && ++turns === 5 && controller.abort(),
    });
    expect([records.head.state, records.head.schedule.stopped, records.head.schedule.turns]).toEqual(["interrupted", "interrupted", 6]);
    expect(existsSync(join(folder, "comparison.json"))).toBe(true);
    expect(comparison.cells).toHaveLength(6);
  });
});
