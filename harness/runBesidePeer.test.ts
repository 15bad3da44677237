import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Cell } from "./experiment/experiment.ts";
import { type FakeDevice, fakeWorkers } from "./measure/fakeWorker.ts";
import type { Progress } from "./measure/progress.ts";
import { readRun } from "./record/runFolder.ts";
import { renderMarkdown } from "./report/markdown.ts";
import { renderPage } from "./report/page.ts";
import { fakeRun, newFolder } from "./testExperiment.ts";

const yaml = (more = ""): string => `
name: beside
title: Beside a peer
phase: prefill
mechanisms: [softmax, { use: softmax, runtime: ort }, linear, { use: linear, runtime: ort }]
axes: { n: [1024, 2048] }
fixed: { heads: 8, headDim: 64 }
measure: { precision: 5%, maxTime: 120s, seed: 3 }
${more}`;

/** Ours: softmax 20 ms at n = 1024, linear 2 ms. The peer needs twice that for softmax, ten times for linear. */
const ownMs = ({ mechanism, phase, n }: Cell): number => (phase === "probe" ? 0.1 : mechanism === "softmax" ? 20 * (n / 1024) ** 2 : (2 * n) / 1024);
const peerMs = (cell: Cell): number => ownMs(cell) * (cell.mechanism === "softmax" ? 2 : 10);
const noise = { sample: 0.02, turn: 0.02, worker: 0.01 };

const besidePeer = async (peer: Partial<FakeDevice> = {}, own: Partial<FakeDevice> = {}, more: Parameters<typeof fakeRun>[2] = {}, text = yaml()) => {
  const ours = fakeWorkers({ costMs: ownMs, noise, passOverheadMs: 1, software: true, ...own });
  const peers = fakeWorkers({ costMs: peerMs, noise, clock: "wall", together: 3, software: true, seed: 9, ...peer });
  const run = await fakeRun(text, ours, { connectPeer: () => peers.connect(), now: () => ours.now() + peers.now(), ...more });
  return { ...run, ours, peers };
};

const ratiosOf = ({ peerRatios = [] }: Awaited<ReturnType<typeof besidePeer>>["record"]) =>
  peerRatios.map(({ labels, n, ratio }) => ({ arm: labels[0], n, low: ratio?.low ?? Number.NaN, high: ratio?.high ?? Number.NaN }));

describe("a run beside a peer", () => {
  it("finds the planted ratios and says them first", async () => {
    const { record } = await besidePeer({}, {}, {}, yaml('expect: ["ratio(softmax, \\"softmax (ort)\\") < 0.6", "ratio(\\"linear (ort)\\", linear) > 9"]'));
    expect(ratiosOf(record).map(({ arm, n }) => `${arm} ${n}`)).toEqual(["softmax 1024", "linear 1024", "softmax 2048", "linear 2048"]);
    for (const { arm, low, high } of ratiosOf(record)) {
      // A pass of ours is 100 ms or more here and takes 1 ms more by the wall clock.
      const planted = arm === "softmax" ? 0.5 : 0.1;
      expect(low).toBeLessThan(planted * 1.03);
      expect(high).toBeGreaterThan(planted * 0.97);
      expect(high - low).toBeLessThan(planted * 0.2);
    }
    expect(record.findings[0]?.text).toMatch(
      /^On this CPU emulation, by the wall clock and at 2,048 tokens, softmax attention is [\d.]+ times as fast in attnbench as in ONNX Runtime \(95 % interval [\d.]+ to [\d.]+\); linear attention is [\d.]+ times as fast \([\d.]+ to [\d.]+\); attnbench is faster in all 4 comparisons\.$/,
    );
    expect(record.findings.find(({ kind }) => kind === "peerRatio")?.text).toMatch(
      /^softmax prefill, n = 1,024: by the wall clock attnbench is [\d.]+ \[[\d.]+, [\d.]+\] times as fast as ONNX Runtime on this CPU emulation\.$/,
    );
    expect(record.findings.filter(({ verdict }) => verdict).map(({ verdict }) => verdict)).toEqual(["pass", "pass"]);
    expect(record.environment.peers).toEqual({ ort: { version: "fake", adapter: "planted costs" } });
  });

  it("at one n answers with ratios, times and bytes, and leaves open nothing that nobody asked", async () => {
    const { record } = await besidePeer({}, {}, {}, yaml('exclude: ["n < 2048 and mechanism = linear"]'));
    const answer = record.findings.filter(({ kind }) => kind !== "warning");
    expect(answer.map(({ kind }) => kind)).toEqual(["headline", "peerRatio", "peerRatio", "peerRatio", "time", "time", "memory"]);
    expect(answer.filter(({ kind }) => kind === "time").map(({ text }) => text.replaceAll(/[\d.]+ ms/g, "… ms"))).toEqual([
      "Reading a prompt of n = 1,024 tokens takes … ms [… ms, … ms] with softmax (tiled) on this CPU emulation.",
      "Reading a prompt of n = 2,048 tokens takes … ms [… ms, … ms] with softmax (tiled) and … ms [… ms, … ms] with linear (chunk) on this CPU emulation.",
    ]);
  });

  it("visits both in the same turns, in passes of ten times the length, whole graphs of the peer, and gives both fresh workers", async () => {
    const { record, folder } = await besidePeer();
    const [own, peer] = record.cells.filter(({ mechanism, n }) => mechanism === "linear" && n === 1024);
    expect(peer?.visits.map(({ turn }) => turn)).toEqual(own?.visits.map(({ turn }) => turn));
    expect(own?.visits.every(({ k, gpuMs, wallMs }) => k * 2 > 95 && gpuMs.length === wallMs.length)).toBe(true);
    expect(peer?.visits.every(({ k, gpuMs }) => k % 3 === 0 && gpuMs.length === 0)).toBe(true);
    expect([...new Set(peer?.visits.map(({ worker }) => worker))]).toEqual([...new Set(own?.visits.map(({ worker }) => worker))]);
    expect(record.schedule.workers).toBeGreaterThanOrEqual(3);
    const lines = readFileSync(join(folder, "journal.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string; cell?: string; runtime?: string });
    const ofPeers = lines.filter(({ type, cell }) => (type === "visit" || type === "prepared") && cell?.includes("-ort-"));
    expect(ofPeers.length).toBeGreaterThan(10);
    expect(new Set(ofPeers.map(({ runtime }) => runtime))).toEqual(new Set(["ort"]));
    expect(lines.filter(({ cell }) => cell && !cell.includes("-ort-")).some(({ runtime }) => runtime)).toBe(false);
  });

  it("spares fresh workers the choice that the first has made, and so affords them", async () => {
    const short = yaml().replace("120s", "60s");
    const workersOf = async (choosingMs: number) => (await besidePeer({ prepareMs: 8000, choosingMs }, {}, {}, short)).record.schedule.workers;
    expect(await workersOf(0)).toBe(1);
    expect(await workersOf(7500)).toBeGreaterThanOrEqual(3);
  });

  it("writes runtime as the last column, and bytes of a peer nowhere", async () => {
    const { folder, record, report } = await besidePeer({}, {}, { report: true });
    const [head = "", first = "", second = ""] = readFileSync(join(folder, "measurements.csv"), "utf8").trim().split("\n");
    expect(head.endsWith(",kernelHash,runtime")).toBe(true);
    expect(first.endsWith(",fake,")).toBe(true);
    expect(second.endsWith(",fake,ort")).toBe(true);
    expect(readRun(folder).record).toEqual(JSON.parse(JSON.stringify(record)));
    const page = readFileSync(report ?? "", "utf8");
    expect(page).toContain("Beside ONNX Runtime</h2>");
    expect(page).toContain("softmax (ort)");
    // Beside the answer: a line each with its interval, and no chart of ours alone.
    const [, beside = ""] = /<figure id="beside-peers"[^>]*>(.*?)<\/figure>/s.exec(page) ?? [];
    expect(beside.match(/<svg class="peer faster"/g)).toHaveLength(2);
    expect(beside.replace(/<[^>]*>/g, "")).toMatch(/softmax, n\s=\s2,048 2× as fast \[2, 2\]/u);
    expect(page.indexOf('id="beside-peers"')).toBeLessThan(page.indexOf('class="boxes"'));
    expect(renderMarkdown(record)).toContain("| our arm | beside | at | n | ours, wall | its, wall | ours is | not compared because |");
  });

  it("shows a wrong peer as wrong and compares it with nothing", async () => {
    const { record } = await besidePeer({ fault: ({ mechanism }, _, at) => (mechanism === "softmax" && at === "prepare" ? "wrongOutput" : undefined) });
    expect(record.cells.filter(({ outcome }) => outcome.status === "failed").map(({ id }) => id)).toEqual([
      "softmax-ort-n1024-h8-d64",
      "softmax-ort-n2048-h8-d64",
    ]);
    expect(record.peerRatios?.filter(({ labels }) => labels[0] === "softmax").map(({ ratio, note }) => [ratio, note])).toEqual(
      Array(2).fill([undefined, "ONNX Runtime's output is wrong: planted wrongOutput"]),
    );
    expect(ratiosOf(record).filter(({ arm, low }) => arm === "linear" && low > 0)).toHaveLength(2);
    expect((await renderPage(record)).replace(/.*<figure id="beside-peers"/s, "")).toMatch(
      /softmax, n\s=\s2,048.*?not compared.*?ONNX Runtime&#39;s output is wrong/s,
    );
  });

  it("goes on without a peer that is not there, and looks for it once", async () => {
    const absent = fakeWorkers({ costMs: peerMs, refusal: "noFeature" });
    let looked = 0;
    const connectPeer = () => {
      looked++;
      return absent.connect();
    };
    const { record } = await besidePeer({}, {}, { connectPeer });
    expect(looked).toBe(1);
    expect(record.state).toBe("complete");
    expect(record.cells.map(({ outcome }) => outcome.status)).toEqual(["ok", "skipped", "ok", "skipped", "ok", "skipped", "ok", "skipped"]);
    expect(record.findings[0]?.text).toBe(
      "Nothing could be compared with ONNX Runtime: softmax attention and linear attention (ONNX Runtime cannot compute it here).",
    );
    expect(record.findings[1]?.text).toMatch(/^Not compared with ONNX Runtime: softmax prefill, n = 1,024 and 2,048; linear prefill/);
  });

  it("loses the peer's cells, not the run, where its workers die", async () => {
    const { record, brokeOff } = await besidePeer({ fault: (_, __, at) => (at === "visit" ? "deviceLost" : undefined) });
    expect(brokeOff).toBeUndefined();
    expect(record.state).toBe("complete");
    expect(record.cells.filter(({ runtime }) => runtime).map(({ outcome }) => "code" in outcome && outcome.code)).toEqual(Array(4).fill("deviceLost"));
    expect(record.cells.filter(({ runtime }) => !runtime).every(({ outcome }) => outcome.status === "ok")).toBe(true);
  });

  it("needs to be given a way to start it", async () => {
    const { record } = await fakeRun(yaml(), fakeWorkers({ costMs: ownMs }));
    expect(record.cells[1]?.outcome).toMatchObject({ status: "skipped", reason: "this run was given no way to start ort" });
  });

  it("is gone on with: each counts its own workers", async () => {
    const controller = new AbortController();
    const outFolder = newFolder();
    let turns = 0;
    const onProgress = ({ type }: Progress) => {
      if (type === "turn" && ++turns === 5) controller.abort();
    };
    const first = await besidePeer({}, {}, { outFolder, signal: controller.signal, onProgress });
    expect(first.record.state).toBe("interrupted");
    const rest = await besidePeer({}, {}, { outFolder, resume: true });
    expect(rest).toMatchObject({ resumed: true, folder: first.folder, record: { state: "complete" } });
    for (const cell of rest.record.cells) {
      const turnsMade = cell.visits.map(({ turn }) => turn);
      expect(new Set(turnsMade).size).toBe(turnsMade.length);
      expect(Math.max(...cell.visits.slice(0, 6).map(({ worker }) => worker))).toBeLessThan(Math.min(...cell.visits.slice(6).map(({ worker }) => worker)));
    }
  });
});
