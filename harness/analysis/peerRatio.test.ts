import { describe, expect, it } from "vitest";
import type { CellRecord, RunRecord, Visit } from "../record/run.ts";
import { analyse } from "./analysis.ts";
import { plantedRun } from "./planted.ts";

/** Ours takes half of the peer's wall time at each n; its GPU time is a tenth less than that, and drift is the same for both. */
const ours = { label: "softmax", family: "softmax", ms: (n: number) => 0.01 * n, bytes: (n: number) => n } as const;
const planted = (noise: readonly [number, number, number], drift: number, arms = [ours]): RunRecord =>
  plantedRun({ ns: [512, 1024], arms, noise, drift, phase: "prefill", workers: 3, turns: 5 });

/** The run with a peer of each cell, which takes `times` as long by the wall clock and has no GPU time. */
const withPeers = (record: RunRecord, times: number, change: (cell: CellRecord) => Partial<CellRecord> = () => ({})): RunRecord => {
  const peerOf = (cell: CellRecord): CellRecord => ({
    ...cell,
    id: cell.id.replace("softmax", "softmax-ort"),
    label: "softmax (ort)",
    form: "ort",
    runtime: "ort",
    stateBytes: undefined,
    peakBytes: undefined,
    visits: cell.visits.map((visit): Visit => ({ ...visit, gpuMs: [], wallMs: visit.wallMs.map((ms) => ms * times) })),
    ...change(cell),
  });
  return { ...record, cells: record.cells.flatMap((cell) => [cell, peerOf(cell)]) };
};

describe("beside a peer", () => {
  it("wall time stands against wall time, with an interval around the planted ratio that drift does not widen", () => {
    const { peerRatios = [] } = analyse(withPeers(planted([0, 0, 0.05], 0.5), 2));
    expect(peerRatios.map(({ n, labels }) => ({ n, labels }))).toEqual([
      { n: 512, labels: ["softmax", "softmax (ort)"] },
      { n: 1024, labels: ["softmax", "softmax (ort)"] },
    ]);
    for (const { ratio, note } of peerRatios) {
      expect(note).toBeUndefined();
      expect(ratio?.value).toBeCloseTo(0.5, 6);
      expect((ratio?.high ?? 1) - (ratio?.low ?? 0)).toBeLessThan(0.001);
    }
  });

  it("the interval holds what differs from turn to turn in one of them", () => {
    const noisy = planted([0, 0.1, 0], 0);
    const other = planted([0, 0.1, 0], 0, [{ ...ours, label: "softmax", ms: (n) => 0.02 * n }]);
    const record = withPeers({ ...noisy, experiment: { ...noisy.experiment } }, 1, (cell) => ({
      // Another stream of noise: that of another n.
      visits: (other.cells.find(({ n }) => n !== cell.n)?.visits ?? []).map((visit) => ({ ...visit, gpuMs: [], wallMs: visit.wallMs })),
    }));
    const [first] = analyse(record).peerRatios ?? [];
    const { value = 0, low = 0, high = 0 } = first?.ratio ?? {};
    expect(low).toBeLessThan(0.25);
    expect(high).toBeGreaterThan(0.25);
    expect((high - low) / value).toBeGreaterThan(0.05);
    expect((high - low) / value).toBeLessThan(0.5);
  });

  it("the answer says it first, and the record keeps no fit, crossover or share of a ceiling of a peer", () => {
    const record = analyse(withPeers(planted([0, 0, 0], 0), 2));
    expect(record.findings[0]).toEqual({
      kind: "headline",
      text: "On this GPU (d), by the wall clock, softmax attention at 1,024 tokens is 2 times as fast in attnbench as in ONNX Runtime (95 % interval 2 to 2); attnbench is faster in all 2 comparisons.",
    });
    expect(record.findings.find(({ kind }) => kind === "peerRatio")).toEqual({
      kind: "peerRatio",
      text: "softmax prefill, n = 512: by the wall clock attnbench is 2.00 [2.00, 2.00] times as fast as ONNX Runtime.",
    });
    expect(record.fits.map(({ label }) => label)).not.toContain("softmax (ort)");
    const [, peer] = record.cells;
    expect(peer?.summary?.medianMs).toBeCloseTo(512 * 0.01 * 1.1 * 2, 6);
    expect(peer?.summary?.ceilingShare).toBeUndefined();
  });

  it("what is wrong or missing is compared with nothing, and said, once for each reason", () => {
    const outcome = { status: "failed", code: "wrongOutput", reason: "o[token 8] is 1, the float64 reference 2" } as const;
    const wrong = analyse(withPeers(planted([0, 0, 0], 0), 2, () => ({ outcome, visits: [] })));
    expect(wrong.peerRatios?.map(({ ratio, wallMs: [, its] }) => [ratio, its])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
    expect(wrong.findings.filter(({ kind }) => kind === "peerRatio").map(({ text }) => text)).toEqual([
      "Not compared with ONNX Runtime: softmax prefill, n = 512 and 1,024 (ONNX Runtime's output is wrong: o[token 8] is 1, the float64 reference 2).",
    ]);
    const skipped = analyse(
      withPeers(planted([0, 0, 0], 0), 2, () => ({ outcome: { status: "skipped", code: "noFeature", reason: "not installed" }, visits: [] })),
    );
    expect(skipped.findings.find(({ kind }) => kind === "peerRatio")?.text).toContain("(ONNX Runtime: not installed)");
  });

  it("only what computes the same is compared", () => {
    const other = analyse(withPeers(planted([0, 0, 0], 0), 2, () => ({ kvHeads: 1 })));
    expect(other.peerRatios).toBeUndefined();
    expect(other.findings.map(({ text }) => text)).toContainEqual(expect.stringMatching(/^softmax \(ort\): no arm of ours computes the same/));
    expect(analyse(planted([0, 0, 0], 0))).not.toHaveProperty("peerRatios");
  });
});
