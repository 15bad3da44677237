import { describe, expect, it } from "vitest";
import { fitCurves } from "../analysis/curves.ts";
import { atime, googleBenchmark } from "./rivals.ts";

const xs = Array.from({ length: 8 }, (_, i) => 128 * 2 ** i);

/** µs of n, without noise: what a launch costs, and what comes on top. */
const overhead = [
  { law: (n: number) => 50 + 0.003 * n, truth: "O(n)", googleBenchmark: "O(log n)", atime: "O(log n)" },
  { law: (n: number) => 50 + 0.01 * n, truth: "O(n)", googleBenchmark: "O(log n)", atime: "O(n)" },
  { law: (n: number) => 200 + 0.01 * n, truth: "O(n)", googleBenchmark: "O(log n)", atime: "O(log n)" },
  { law: (n: number) => 50 + 4e-7 * n * n, truth: "O(n²)", googleBenchmark: "O(log n)", atime: "O(n)" },
  { law: (n: number) => 50 + 0.02 * n + 1e-6 * n * n, truth: "O(n²)", googleBenchmark: "O(n)", atime: "O(n log n)" },
] as const;

describe("five curves above an overhead", () => {
  for (const { law, truth, ...rivals } of overhead) {
    it(`${law.toString().replace(/.*=> /, "")} is ${truth}: ours says so, Google Benchmark ${rivals.googleBenchmark}, atime ${rivals.atime}`, () => {
      const ys = xs.map(law);
      const [ours] = fitCurves(xs.map((x, i) => ({ group: "curve", x, y: ys[i] ?? 1 }))).groups;
      expect([googleBenchmark(xs, ys), atime(xs, ys)]).toEqual([rivals.googleBenchmark, rivals.atime]);
      expect(ours?.class === truth || (ours?.class === "undecided" && ours.candidates.includes(truth) && (ours.measureUpTo ?? 0) > 16384)).toBe(true);
    });
  }
});
