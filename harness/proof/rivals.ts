import type { GrowthClass } from "../../kernels/mechanism.ts";

/** How others name the growth of a curve, run beside ours on the same values (harness/README.md). Shapes: x ascending, y above 0, as many of each. */
export type Rival = (xs: readonly number[], ys: readonly number[]) => GrowthClass | "O(2^n)";

/**
 * Google Benchmark (src/complexity.cc, MinimalLeastSq): least squares of one term through the origin, no intercept, all points alike; the class with the least root mean
 * square error wins, a later one only where it is less.
 */
export const googleBenchmark: Rival = (xs, ys) => {
  const candidates: readonly (readonly [GrowthClass, (x: number) => number])[] = [
    ["O(1)", () => 1],
    ["O(log n)", Math.log2],
    ["O(n)", (x) => x],
    ["O(n log n)", (x) => x * Math.log2(x)],
    ["O(n²)", (x) => x * x],
    ["O(n³)", (x) => x ** 3],
  ];
  const scored = candidates.map(([name, term]) => {
    const terms = xs.map(term);
    const coefficient = sum(terms.map((value, i) => value * (ys[i] ?? 0))) / sum(terms.map((value) => value * value));
    return { name, rms: Math.sqrt(sum(ys.map((y, i) => (y - coefficient * (terms[i] ?? 0)) ** 2)) / ys.length) };
  });
  return scored.reduce((best, one) => (one.rms < best.rms ? one : best)).name;
};

/**
 * atime (R/references.R): each class drawn through the point at the largest n, on logarithms; the one that then lies nearest to the point at the second largest n wins.
 * Points below m(M/m)^0.1, between the least m and the largest M, are left out.
 */
export const atime: Rival = (xs, ys) => {
  const [least, most] = [Math.min(...ys), Math.max(...ys)];
  const kept = xs.flatMap((x, i) => ((ys[i] ?? 0) >= least * (most / least) ** 0.1 ? [{ x, y: ys[i] ?? 1 }] : []));
  const candidates: readonly (readonly [GrowthClass | "O(2^n)", (x: number) => number])[] = [
    ["O(1)", () => 0],
    ["O(log n)", (x) => Math.log10(Math.log(x))],
    ["O(n)", Math.log10],
    ["O(n log n)", (x) => Math.log10(x) + Math.log10(Math.log(x))],
    ["O(n²)", (x) => 2 * Math.log10(x)],
    ["O(n³)", (x) => 3 * Math.log10(x)],
    ["O(2^n)", (x) => x * Math.log10(2)],
  ];
  const [second, last] = [kept.at(-2), kept.at(-1)];
  if (!second || !last) return "O(1)";
  const distance = (log: (x: number) => number): number => Math.abs(Math.log10(second.y) - (log(second.x) - log(last.x) + Math.log10(last.y)));
  return candidates.reduce((best, one) => (distance(one[1]) < distance(best[1]) ? one : best))[0];
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
