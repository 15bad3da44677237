import { expect, it } from "vitest";
import { analyse } from "../analysis/analysis.ts";
import { plantedRun } from "../analysis/planted.ts";
import { repeated } from "./repeated.ts";

const runOf = (seed: number) =>
  analyse(
    plantedRun({
      ns: [128, 256, 512, 1024, 2048, 4096, 8192],
      arms: [
        { label: "softmax", family: "softmax", ms: (n) => 0.02 + 1e-4 * n, bytes: (n) => n },
        { label: "linear", family: "linear", ms: () => 0.1, bytes: () => 1 },
      ],
      noise: [0.02, 0.02, 0.02],
      workers: 4,
      turns: 4,
      seed,
    }),
  );

it("finds the n* of one run in the interval of another about 5 times in 6", () => {
  const told = repeated(Array.from({ length: 20 }, (_, i) => runOf(i + 1)));
  const crossing = told.find(({ of }) => of.startsWith("n* of softmax and linear"));
  expect(crossing).toMatchObject({ runs: 20, pairs: 380 });
  expect(crossing && crossing.inside / crossing.pairs).toBeGreaterThan(0.72);
  expect(crossing && crossing.inside / crossing.pairs).toBeLessThan(0.95);
  expect(told.map(({ of }) => of.split(" ")[0])).toEqual(["n*", "exponent", "exponent"]);
});

it("counts a run that lies elsewhere as outside, from both sides", () => {
  const [one, two] = [runOf(1), runOf(2)];
  const moved = {
    ...two,
    crossovers: two.crossovers.map((crossover) => ({ ...crossover, n: crossover.n && { value: 9000, low: 8900, high: 9100 } })),
    fits: [],
  };
  expect(repeated([one, moved]).find(({ of }) => of.startsWith("n*"))).toMatchObject({ runs: 2, pairs: 2, inside: 0, most: 9000 });
});
