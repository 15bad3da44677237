import type { GrowthClass } from "../../kernels/mechanism.ts";
import type { FakeDevice } from "../measure/fakeWorker.ts";

/** A planted cost of one repetition, ms, of n, and what a right answer says of it. */
export interface PlantedArm {
  readonly ms: (n: number) => number;
  readonly class: GrowthClass;
}

/** One planted experiment: two arms and the device that disturbs their times. */
export interface Truth {
  readonly name: string;
  readonly ns: readonly number[];
  readonly softmax: PlantedArm;
  readonly linear: PlantedArm;
  /** laws of the kind that is fitted: exponent and n* have a truth that intervals must cover */
  readonly smooth: boolean;
  readonly device: Omit<FakeDevice, "costMs" | "seed">;
}

const powers = (from: number, to: number): readonly number[] => {
  const values: number[] = [];
  for (let n = from; n <= to; n *= 2) values.push(n);
  return values;
};

/** ms = t0 + a·n + b·n² + c·n·log₂ n */
const curve =
  (t0: number, a = 0, b = 0, c = 0) =>
  (n: number): number =>
    t0 + a * n + b * n * n + c * n * Math.log2(n);

const decades = powers(32, 8192);
/** softmax and linear as they grow in prefill: n* ≈ 400, launches cost 20 µs */
const prefill = {
  ns: decades,
  softmax: { ms: curve(0.02, 2e-5, 4e-7), class: "O(n²)" },
  linear: { ms: curve(0.03, 1.55e-4), class: "O(n)" },
} as const satisfies Partial<Truth>;
/** decode: one arm grows, the other does not */
const decode = {
  ns: decades,
  softmax: { ms: curve(0.01, 1e-4), class: "O(n)" },
  linear: { ms: curve(0.06), class: "O(1)" },
} as const satisfies Partial<Truth>;

const noise = (scale: number): NonNullable<FakeDevice["noise"]> => ({ sample: scale, turn: scale / 2, worker: scale, cell: scale / 4 });

/** Tiles: time steps up where a new tile of 64 rows begins. */
const stairs =
  (ms: (n: number) => number) =>
  (n: number): number =>
    ms(64 * Math.ceil(n / 64));

/** A GPU that is not full yet takes the same time for any small n. */
const filling =
  (leastMs: number, ms: (n: number) => number) =>
  (n: number): number =>
    (leastMs ** 8 + ms(n) ** 8) ** (1 / 8);
/** as on an H200, 8 heads × 64 */
const halfEmpty = {
  softmax: { ms: filling(0.006, curve(0, 3e-5, 3.8e-8)), class: "O(n²)" },
  linear: { ms: filling(0.0145, curve(0.008, 1.3e-5)), class: "O(n)" },
  smooth: false,
  device: { noise: noise(0.01) },
} as const satisfies Partial<Truth>;

export const truths: readonly Truth[] = [
  { name: "prefill, 2 %", ...prefill, smooth: true, device: { noise: noise(0.02) } },
  { name: "prefill, 5 %", ...prefill, smooth: true, device: { noise: noise(0.05) } },
  { name: "prefill, 10 %", ...prefill, smooth: true, device: { noise: noise(0.1) } },
  { name: "prefill, 20 %", ...prefill, smooth: true, device: { noise: noise(0.2) } },
  { name: "decode, 5 %", ...decode, smooth: true, device: { noise: noise(0.05) } },
  { name: "decode, 5 %, outliers", ...decode, smooth: true, device: { noise: noise(0.05), outliers: { share: 0.1, factor: 3 } } },
  {
    name: "prefill, 5 %, drift",
    ...prefill,
    smooth: true,
    device: { noise: noise(0.05), slowness: (ms) => 1 + 0.2 * Math.sin(ms / 4000) },
  },
  { name: "prefill, 5 %, clock of 65.5 µs", ...prefill, smooth: true, device: { noise: noise(0.05), stepNs: 65_536 } },
  {
    name: "processes differ by 10 % a cell",
    ...prefill,
    smooth: true,
    device: { noise: { sample: 0.02, turn: 0.02, worker: 0.1, cell: 0.1 } },
  },
  {
    name: "n log n against n²",
    ns: decades,
    softmax: { ms: curve(0.02, 0, 4e-7), class: "O(n²)" },
    linear: { ms: curve(0.03, 0, 0, 2e-5), class: "O(n log n)" },
    smooth: true,
    device: { noise: noise(0.05) },
  },
  {
    name: "stairs of 64",
    ns: powers(24, 12288),
    softmax: { ms: stairs(prefill.softmax.ms), class: "O(n²)" },
    linear: { ms: stairs(prefill.linear.ms), class: "O(n)" },
    smooth: false,
    device: { noise: noise(0.05) },
  },
  {
    name: "cache knee",
    ...decode,
    softmax: { ms: (n) => curve(0.01, 1e-4)(n) * (n > 2000 ? 1.5 : 1), class: "O(n)" },
    smooth: false,
    device: { noise: noise(0.05) },
  },
  { name: "throttling", ...prefill, smooth: false, device: { noise: noise(0.05), slowness: (ms) => (ms > 8000 ? 1.5 : 1) } },
  { name: "a device that fills up at the end of the range", ns: powers(16, 2048), ...halfEmpty },
  { name: "a device that fills up within the range", ns: powers(16, 32768), ...halfEmpty },
  {
    name: "two crossings",
    ...prefill,
    linear: { ms: (n) => curve(0.01, 1.55e-4)(n) + 0.05 / (1 + (n / 100) ** -4), class: "O(n)" },
    smooth: false,
    device: { noise: noise(0.05) },
  },
];

/** Local slope of log ms over log n of a planted law. */
export const exponentOf = ({ ms }: PlantedArm, n: number): number => (Math.log(ms(n * 1.0001)) - Math.log(ms(n / 1.0001))) / (2 * Math.log(1.0001));

/** Every n at which softmax goes from not slower to slower or back, ascending, within the range, by bisection on a fine grid. */
export const crossingsOf = ({ ns, softmax, linear }: Truth): readonly number[] => {
  const ahead = (n: number): boolean => softmax.ms(n) > linear.ms(n);
  const [first = 1, last = 1] = [ns[0], ns.at(-1)];
  const steps = 2000;
  const at = (i: number): number => first * (last / first) ** (i / steps);
  return Array.from({ length: steps }, (_, i) => i).flatMap((i) => {
    let [low, high] = [at(i), at(i + 1)];
    if (ahead(low) === ahead(high)) return [];
    const from = ahead(low);
    for (let step = 0; step < 60; step++) {
      const middle = (low + high) / 2;
      if (ahead(middle) === from) low = middle;
      else high = middle;
    }
    return [low];
  });
};
