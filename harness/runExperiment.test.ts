import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { NoAdapter } from "./device/adapterFacts.ts";
import type { Cell } from "./experiment/experiment.ts";
import { fakeWorkers } from "./measure/fakeWorker.ts";
import type { Progress } from "./measure/progress.ts";
import { foldJournal, openJournal, readJournal } from "./record/journal.ts";
import type { RunRecord } from "./record/run.ts";
import { readRun } from "./record/runFolder.ts";
import { RunInUse } from "./runExperiment.ts";
import { experimentOf, fakeRun, newFolder } from "./testExperiment.ts";

const yaml = (more = "", n = "[256, 512, 1024, 2048, 4096, 8192, 16384]"): string => `
name: planted
title: Planted costs
phase: decode
mechanisms: [softmax, linear]
axes: { n: ${n} }
fixed: { heads: 8, headDim: 64 }
measure: { precision: 5%, maxTime: 60s, seed: 3 }
${more}`;

/** Softmax 0.1 ms + 1 µs a token, linear 0.9 ms flat: they cross at n = 800. */
const planted = (cell: Cell): number => (cell.mechanism === "softmax" ? 0.1 + 0.001 * cell.n : 0.9);
const noise = { sample: 0.03, turn: 0.01, worker: 0.01 };

describe("a run on planted costs", () => {
  it("finds the laws and the crossover that were planted, and says so", async () => {
    const workers = fakeWorkers({ costMs: planted, noise });
    const { record } = await fakeRun(yaml('expect: ["linear.time is O(1)", "softmax.time is O(n)", "crossover(softmax, linear) < 1024"]'), workers);
    expect(record.state).toBe("complete");
    expect(record.schedule).toMatchObject({ stopped: "precision", unmet: [] });
    expect(record.schedule.workers).toBeGreaterThanOrEqual(3);
    expect(record.schedule.turns).toBeGreaterThanOrEqual(10);
    expect(record.cells.map(({ outcome }) => outcome.status)).toEqual(Array(14).fill("ok"));
    const classes = Object.fromEntries(record.fits.filter(({ metric }) => metric === "time").map((fit) => [fit.mechanism, fit.class]));
    expect(classes).toEqual({ softmax: "O(n)", linear: "O(1)" });
    const time = record.crossovers.find(({ metric }) => metric === "time");
    expect(time?.outcome).toBe("crosses");
    expect(time?.n?.low).toBeLessThan(800);
    expect(time?.n?.high).toBeGreaterThan(800);
    expect(record.findings.filter(({ verdict }) => verdict).map(({ verdict }) => verdict)).toEqual(["pass", "pass", "pass"]);
  });

  it("writes a folder that tells the same as the record, and a report", async () => {
    const { record, folder, report } = await fakeRun(yaml(), fakeWorkers({ costMs: planted, noise }), { report: true });
    expect(readRun(folder).record).toEqual(JSON.parse(JSON.stringify(record)));
    const rows = readFileSync(join(folder, "measurements.csv"), "utf8").trim().split("\n");
    expect(rows[0]).toBe(
      "experiment,run,deviceClass,adapter,mechanism,label,form,phase,n,dModel,heads,kvHeads,headDim,headDimV,batch,dtype,kvDtype,stateDtype,status,code,reason,medianMs,lowMs,highMs,samples,wallMs,compileMs,tokensPerSecond,gflops,gbps,ceilingShare,stateBytes,peakBytes,maxError,kernelHash,runtime",
    );
    expect(rows).toHaveLength(15);
    const samples = record.cells.flatMap(({ visits }) => visits.flatMap(({ gpuMs }) => gpuMs)).length;
    expect(readFileSync(join(folder, "samples.csv"), "utf8").trim().split("\n")).toHaveLength(samples + 1);
    expect(readFileSync(report ?? "", "utf8")).toContain("Planted costs");
  });

  it("makes the same run of the same seed", async () => {
    const run = async () => (await fakeRun(yaml(), fakeWorkers({ costMs: planted, noise }))).record;
    const [one, other] = [await run(), await run()];
    expect(one.findings).toEqual(other.findings);
    expect(one.cells).toEqual(other.cells);
  });

  it("keeps a wall clock apart: no GPU times, and the record says which clock", async () => {
    const { record } = await fakeRun(yaml(), fakeWorkers({ costMs: planted, clock: "wall" }));
    expect(record.environment.clock.source).toBe("wall");
    expect(record.cells.every(({ visits }) => visits.every(({ gpuMs }) => gpuMs.length === 0))).toBe(true);
    expect(record.cells[0]?.summary?.medianMs).toBeCloseTo(0.356, 2);
  });

  it("stops at maxTime and names what was not reached", async () => {
    const { record } = await fakeRun(yaml().replace("60s", "2s").replace("5%", "0.1%"), fakeWorkers({ costMs: planted, noise }));
    expect(record.schedule.stopped).toBe("maxTime");
    expect(record.schedule.unmet.length).toBeGreaterThan(0);
  });
});

describe("turns", () => {
  it("go through n ascending first, then shuffled, every cell once a turn", async () => {
    const workers = fakeWorkers({ costMs: planted });
    const { record } = await fakeRun(yaml("", "[256, 512, 1024]").replace("60s", "6s"), workers);
    const visits = workers.log.filter((line) => line.startsWith("visit ") && !line.includes("probe"));
    const turns = Array.from({ length: record.schedule.turns }, (_, turn) => visits.slice(turn * 6, turn * 6 + 6));
    expect(turns[0]).toEqual(record.cells.map(({ id }) => `visit ${id}`));
    for (const turn of turns) expect(new Set(turn).size).toBe(6);
    expect(turns.slice(1).some((turn) => turn.join() !== turns[0]?.join())).toBe(true);
  });

  it("keep K and take a new worker now and then", async () => {
    const { record } = await fakeRun(yaml(), fakeWorkers({ costMs: planted, noise }));
    for (const { visits } of record.cells) {
      expect(new Set(visits.slice(1).map(({ k }) => k)).size).toBe(1);
      expect([...new Set(visits.map(({ worker }) => worker))].slice(0, 3)).toEqual([0, 1, 2]);
    }
  });
});

describe("an open axis", () => {
  const open = "{ from: 256, factor: 2, until: { cell: 10ms } }";
  it("ends each curve where one repetition gets too long, marked censored", async () => {
    const { record } = await fakeRun(yaml("", open), fakeWorkers({ costMs: (cell) => (cell.mechanism === "softmax" ? 0.001 * cell.n : 0.5) }));
    const softmax = record.cells.filter(({ mechanism }) => mechanism === "softmax");
    expect(softmax.filter(({ outcome }) => outcome.status === "ok").map(({ n }) => n)).toEqual([256, 512, 1024, 2048, 4096, 8192]);
    expect(softmax.at(-1)).toMatchObject({ n: 16384, outcome: { status: "censored", code: "timeCap" }, visits: [] });
    expect(record.cells.some(({ outcome }) => outcome.status === "pending")).toBe(false);
  });

  it("ends a curve whose buffers outgrow until.memory, marked censored, and no other", async () => {
    const axis = "{ from: 256, to: 4096, factor: 2, until: { memory: 5 MiB } }";
    const controller = new AbortController();
    // Where curves end is known before the first turn.
    const onProgress = ({ type }: Progress): void => (type === "turn" ? controller.abort() : undefined);
    const { record } = await fakeRun(yaml("", axis), fakeWorkers({ costMs: planted }), { signal: controller.signal, onProgress });
    const told = record.cells.map(({ mechanism, n, outcome }) => [mechanism, n, "code" in outcome ? outcome.code : outcome.status]);
    const lengths = [256, 512, 1024, 2048, 4096];
    expect(told.filter(([mechanism]) => mechanism === "linear")).toEqual(lengths.map((n) => ["linear", n, "ok"]));
    // 4 KiB of keys and values a token.
    expect(told.filter(([mechanism]) => mechanism === "softmax")).toEqual([
      ...[256, 512, 1024].map((n) => ["softmax", n, "ok"]),
      ["softmax", 2048, "memoryCap"],
    ]);
    const end = record.cells.find(({ outcome }) => "code" in outcome);
    expect(end).toMatchObject({
      outcome: { status: "censored", reason: expect.stringMatching(/^its buffers need 8\d{6} bytes, until\.memory allows 5242880$/) },
      visits: [],
    });
  });

  it("goes on behind a cell that failed", async () => {
    const fault = (cell: Cell) => (cell.id === "softmax-split-n512-h8-d64" ? "wrongOutput" : undefined);
    const { record } = await fakeRun(yaml("", open), fakeWorkers({ costMs: (cell) => (cell.mechanism === "softmax" ? 0.001 * cell.n : 0.5), fault }));
    const softmax = record.cells.filter(({ mechanism }) => mechanism === "softmax");
    expect(softmax.map(({ n, outcome }) => [n, outcome.status])).toEqual([
      [256, "ok"],
      [512, "failed"],
      [1024, "ok"],
      [2048, "ok"],
      [4096, "ok"],
      [8192, "ok"],
      [16384, "censored"],
    ]);
  });

  it("ends each curve where preparing would eat the time for measuring", async () => {
    const { record } = await fakeRun(yaml("", open), fakeWorkers({ costMs: () => 0.5, fillMs: ({ n }) => n }));
    const softmax = record.cells.filter(({ mechanism }) => mechanism === "softmax");
    // maxTime 60 s, two curves, visits of 0.5 ms: 60 s / 2 / 6 = 5 s
    expect(softmax.filter(({ outcome }) => outcome.status === "ok").map(({ n }) => n)).toEqual([256, 512, 1024, 2048, 4096]);
    expect(softmax.at(-1)).toMatchObject({ n: 8192, outcome: { status: "censored", code: "timeCap", reason: expect.stringContaining("verifying") } });
  });

  it("keeps a quarter of maxTime for turns where lengths are named, and says which were not begun", async () => {
    // 7 cells of an arm and 5 s each: 60 s have room for 9 of the 14 before a quarter is left.
    const { record } = await fakeRun(yaml(), fakeWorkers({ costMs: () => 100, prepareMs: 5000 }));
    const begun = record.cells.filter(({ outcome }) => outcome.status === "ok");
    expect(begun.length).toBeGreaterThan(7);
    expect(begun.length).toBeLessThan(11);
    expect(begun.every(({ visits }) => visits.length > 3)).toBe(true);
    expect(record.cells.filter(({ outcome }) => "code" in outcome && outcome.code === "timeCap")).toHaveLength(record.cells.length - begun.length);
  });
});

describe("a worker that", () => {
  const victim = "softmax-split-n1024-h8-d64";
  for (const [code, message] of [
    ["deviceLost", "visit"],
    ["timeout", "visit"],
    ["wrongOutput", "prepare"],
    ["outOfMemory", "prepare"],
    ["compileError", "prepare"],
  ] as const) {
    it(`fails a ${message} with ${code} costs one cell`, async () => {
      const { record } = await fakeRun(
        yaml(),
        fakeWorkers({ costMs: planted, fault: (cell, _, at) => (cell.id === victim && at === message ? code : undefined) }),
      );
      const failed = record.cells.filter(({ outcome }) => outcome.status !== "ok");
      expect(failed).toMatchObject([{ id: victim, outcome: { status: "failed", code, reason: `planted ${code}` }, visits: [] }]);
      expect(failed[0]?.summary).toBeUndefined();
      expect(record.state).toBe("complete");
    });
  }

  for (const [message, turn] of [
    ["prepare", 0],
    ["visit", 0],
    ["visit", 2],
  ] as const) {
    it(`is lost under a ${message} of turn ${turn} costs nothing: another makes that visit again, and the run says so`, async () => {
      let struck = false;
      const fault = (cell: Cell, _: number, at: string) => {
        const visits = workers.log.filter((line) => line === `visit ${victim}`).length;
        if (struck || cell.id !== victim || at !== message || visits < turn + (at === "visit" ? 1 : 0)) return undefined;
        struck = true;
        return "deviceLost" as const;
      };
      const workers = fakeWorkers({ costMs: planted, noise, fault });
      const told: Progress[] = [];
      const { record, folder } = await fakeRun(yaml(), workers, { onProgress: (step) => told.push(step) });
      const cell = record.cells.find(({ id }) => id === victim);
      expect([record.state, ...record.cells.map(({ outcome }) => outcome.status)]).toEqual(["complete", ...record.cells.map(() => "ok")]);
      expect(cell?.losses).toEqual([{ worker: 0, turn, reason: "planted deviceLost" }]);
      // Every turn once, that one among them, and by other workers from there on.
      const turns = cell?.visits.map((visit) => visit.turn) ?? [];
      expect(turns).toEqual([...new Set(turns)]);
      expect(cell?.visits.find((visit) => visit.turn === turn)?.worker).toBeGreaterThan(0);
      const visitsOf = (of: RunRecord) => of.cells.map(({ id, losses, visits }) => ({ id, losses, visits }));
      const folded = foldJournal({ ...record, state: "running" }, readJournal(join(folder, "journal.jsonl")));
      expect(visitsOf(folded)).toEqual(JSON.parse(JSON.stringify(visitsOf(record))));
      expect(told.filter(({ type }) => type === "lost")).toEqual([{ type: "lost", id: victim, reason: "planted deviceLost" }]);
      expect(record.findings.map(({ text }) => text)).toContain(
        `A worker was lost while it measured ${victim} (planted deviceLost): another made this visit again.`,
      );
    });
  }

  it("is lost twice under one cell fails that cell, and no third is tried", async () => {
    const workers = fakeWorkers({ costMs: planted, fault: (cell, _, at) => (cell.id === victim && at === "visit" ? "deviceLost" : undefined) });
    const { record } = await fakeRun(yaml(), workers);
    expect(workers.log.filter((line) => line === `visit ${victim}`)).toHaveLength(2);
    expect(record.findings.map(({ text }) => text)).toContain(
      `A worker was lost while it measured ${victim} (planted deviceLost): others made this visit again, and in 1 cell that failed too.`,
    );
  });

  it("cannot be started at once is tried again, and no cell is to blame", async () => {
    const workers = fakeWorkers({
      costMs: planted,
      noise,
      fault: (cell, worker, at) => (cell.id === victim && worker === 0 && at === "visit" ? "deviceLost" : undefined),
    });
    let refusals = 1;
    const connect = async () => {
      if (workers.log.includes(`visit ${victim}`) && refusals-- > 0) throw new NoAdapter("the GPU is away");
      return workers.connect();
    };
    const { record } = await fakeRun(yaml(), workers, { connect });
    expect(record.cells.filter(({ outcome }) => outcome.status !== "ok")).toEqual([]);
    expect(record.state).toBe("complete");
  });

  it("cannot be had any more ends the run with what was measured, and --resume goes on", async () => {
    const workers = fakeWorkers({ costMs: planted, noise });
    let gone = false;
    const connect = async () => {
      if (gone) throw new NoAdapter("the GPU is gone");
      return workers.connect();
    };
    const outFolder = newFolder();
    const onProgress = ({ type }: Progress) => {
      if (type === "turn") gone = true;
    };
    const broken = await fakeRun(yaml(), workers, { connect, outFolder, onProgress, report: true });
    expect(broken.brokeOff?.message).toBe("the GPU is gone");
    expect(broken.record).toMatchObject({ state: "failed", schedule: { stopped: "noWorker" } });
    expect(broken.record.cells.every(({ summary }) => summary)).toBe(true);
    expect(readFileSync(broken.report ?? "", "utf8")).toContain("Planted costs");
    const rest = await fakeRun(yaml(), fakeWorkers({ costMs: planted, noise }), { outFolder, resume: true });
    expect(rest).toMatchObject({ resumed: true, folder: broken.folder, record: { state: "complete" } });
  }, 30_000);

  it("comes back on another device is not taken", async () => {
    const [first, other] = [fakeWorkers({ costMs: planted, noise }), fakeWorkers({ costMs: planted, noise, name: "another device" })];
    let opened = 0;
    const { record, brokeOff } = await fakeRun(yaml(), first, { connect: () => (opened++ === 0 ? first : other).connect() });
    expect(brokeOff?.message).toContain("the run began on planted costs, now only planted (another device) answers");
    expect(new Set(record.cells.flatMap(({ visits }) => visits.map(({ worker }) => worker)))).toEqual(new Set([0]));
  }, 30_000);

  it("has measured its last visit has ended before the analysis begins", async () => {
    const workers = fakeWorkers({ costMs: planted });
    let open = 0;
    let lastClosedAt = 0;
    const connect: typeof workers.connect = async (clock) => {
      const connection = await workers.connect(clock);
      const { worker } = connection;
      open++;
      const close = async (): Promise<void> => {
        const wasAlive = worker.alive;
        await worker.close();
        if (!wasAlive) return;
        await setTimeout(20);
        open--;
        lastClosedAt = Date.now();
      };
      return { ...connection, worker: new Proxy(worker, { get: (target, key) => (key === "close" ? close : Reflect.get(target, key)) }) };
    };
    const { record } = await fakeRun(yaml("", "[256, 512, 1024]").replace("60s", "4s"), { ...workers, connect });
    expect(record.schedule.workers).toBeGreaterThan(1);
    expect(open).toBe(0);
    // It says when the analysis began.
    expect(Date.parse(record.endedAt ?? "")).toBeGreaterThanOrEqual(lastClosedAt);
  });

  it("is below the clock's resolution gives an outcome, not an average", async () => {
    const { record } = await fakeRun(yaml(), fakeWorkers({ costMs: () => 1e-6, stepNs: 65_536 }));
    expect(record.cells[0]?.outcome).toMatchObject({ status: "failed", code: "belowResolution" });
  });
});

describe("an interrupted run", () => {
  it("keeps the cells that it has not reached, also on an open axis", async () => {
    const controller = new AbortController();
    const onProgress = ({ type }: Progress) => {
      if (type === "cell") controller.abort();
    };
    const open = yaml("", "{ from: 256, factor: 2, until: { cell: 10ms } }");
    const { record } = await fakeRun(open, fakeWorkers({ costMs: planted }), { signal: controller.signal, onProgress });
    expect(record.cells[0]?.outcome.status).toBe("ok");
    expect(record.cells.slice(1).every(({ outcome }) => outcome.status === "pending")).toBe(true);
    expect(record.cells.length).toBeGreaterThan(10);
  });

  it("is not gone on with by another process at the same time, nor with another --filter", async () => {
    const controller = new AbortController();
    controller.abort();
    const outFolder = newFolder();
    const workers = () => fakeWorkers({ costMs: planted });
    const { folder } = await fakeRun(yaml(), workers(), { outFolder, signal: controller.signal });
    const filtered = await experimentOf(yaml(), "n < 1000");
    const other = await fakeRun(yaml(), workers(), { ...filtered, outFolder, resume: true });
    expect(other.resumed).toBe(false);
    writeFileSync(join(folder, "lock"), String(process.ppid));
    await expect(fakeRun(yaml(), workers(), { outFolder, resume: true })).rejects.toBeInstanceOf(RunInUse);
    writeFileSync(join(folder, "lock"), "999999999");
    const rest = await fakeRun(yaml(), workers(), { outFolder, resume: true });
    expect(rest).toMatchObject({ resumed: true, folder });
    expect(existsSync(join(folder, "lock"))).toBe(false);
  });

  it("is kept as far as it came, and --resume repeats no visit", async () => {
    const controller = new AbortController();
    const outFolder = newFolder();
    const first = fakeWorkers({ costMs: planted, noise });
    let turns = 0;
    const stop = await fakeRun(yaml(), first, {
      outFolder,
      signal: controller.signal,
      onProgress: ({ type }) => {
        if (type === "turn" && ++turns === 3) controller.abort();
      },
    });
    expect(stop.record.state).toBe("interrupted");
    const made = stop.record.cells.flatMap(({ id, visits }) => visits.map(({ turn }) => `${id} ${turn}`));
    expect(made.length).toBe(14 * 4);

    const second = fakeWorkers({ costMs: planted, noise, seed: 2 });
    const rest = await fakeRun(yaml(), second, { outFolder, resume: true });
    expect(rest.resumed).toBe(true);
    expect(rest.folder).toBe(stop.folder);
    expect(rest.record.state).toBe("complete");
    const all = rest.record.cells.flatMap(({ id, visits }) => visits.map(({ turn }) => `${id} ${turn}`));
    expect(new Set(all).size).toBe(all.length);
    for (const cell of rest.record.cells) expect(cell.visits.slice(0, 4)).toEqual(stop.record.cells.find(({ id }) => id === cell.id)?.visits);
    const visits = second.log.filter((line) => line.startsWith("visit ") && !line.includes("probe"));
    expect(visits.length).toBe(all.length - made.length);
  });

  it("is readable from its journal after a kill, a cut last line included", async () => {
    const { folder, record } = await fakeRun(yaml(), fakeWorkers({ costMs: planted, noise }));
    const started = {
      ...record,
      state: "running",
      findings: [],
      fits: [],
      crossovers: [],
      ceilings: undefined,
      cells: record.cells.map((cell) => ({ ...cell, outcome: { status: "pending" }, visits: [], prepared: undefined })),
    };
    writeFileSync(join(folder, "run.json"), JSON.stringify(started));
    const journal = readFileSync(join(folder, "journal.jsonl"), "utf8");
    writeFileSync(join(folder, "journal.jsonl"), journal.slice(0, journal.indexOf("\n", journal.lastIndexOf('{"type":"visit"')) - 40));
    const read = readRun(folder).record;
    expect(read.state).toBe("interrupted");
    const visits = (cells: typeof read.cells) => cells.flatMap((cell) => cell.visits).length;
    expect(visits(read.cells)).toBe(visits(record.cells) - 1);

    // The line that was cut does not take the next one with it.
    const again = openJournal(join(folder, "journal.jsonl"));
    again.append({ type: "visit", cell: record.cells[0]?.id ?? "", at: "", rssBytes: 0, worker: 9, turn: 999, k: 1, gpuMs: [1], wallMs: [1] });
    again.close();
    expect(visits(readRun(folder).record.cells)).toBe(visits(record.cells));
  });

  it("has measured a cell whose visit was the last thing written in turn 0", async () => {
    const { folder, record } = await fakeRun(yaml(), fakeWorkers({ costMs: planted }));
    const { id } = record.cells[0] ?? { id: "" };
    const lines = readFileSync(join(folder, "journal.jsonl"), "utf8").split("\n");
    writeFileSync(join(folder, "journal.jsonl"), `${lines.slice(0, lines.findIndex((line) => line.includes('"visit"')) + 1).join("\n")}\n`);
    const blank = record.cells.map((cell) => ({ ...cell, outcome: { status: "pending" }, visits: [], prepared: undefined }));
    writeFileSync(join(folder, "run.json"), JSON.stringify({ ...record, state: "running", cells: blank }));
    const read = readRun(folder).record.cells;
    expect(read.find((cell) => cell.id === id)).toMatchObject({ outcome: { status: "ok" }, visits: [{ turn: 0 }] });
    expect(read.filter(({ outcome }) => outcome.status !== "pending")).toHaveLength(1);
  });
});
