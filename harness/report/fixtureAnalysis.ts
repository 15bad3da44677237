import type { Crossover, Estimate, Finding, Fit } from "../record/derived.ts";
import type { CellRecord } from "../record/run.ts";
import { coefficientsOf, type FixtureArm, type FixtureOptions, growthOf, stateBytesOf, timeMs } from "./fixtureArms.ts";

const estimate = (value: number, spread = 0.02): Estimate => ({ value, low: value * (1 - spread), high: value * (1 + spread) });

export const fitsOf = (options: FixtureOptions, arm: FixtureArm, dModel: number, cells: readonly CellRecord[]): readonly Fit[] => {
  const phase = options.phase ?? "prefill";
  const own = cells.filter((cell) => cell.label === arm.label && cell.dModel === dModel && cell.summary !== undefined).sort((one, other) => one.n - other.n);
  if (own.length === 0) return [];
  const coefficients = coefficientsOf(arm, phase, dModel, options.deviceClass === "software");
  const last = own.at(-1)?.n ?? 1;
  const slope = (coefficients.a * last + 2 * coefficients.b * last * last) / timeMs(coefficients, last);
  const decided = own.length >= 4;
  const base = {
    label: arm.label,
    mechanism: arm.mechanism,
    form: own[0]?.form ?? "",
    variable: "n",
    series: { dModel, heads: dModel / 64, headDim: 64 },
  } as const;
  const time: Fit = {
    ...base,
    metric: "time",
    points: own.map(({ n, summary }) => ({ x: n, y: summary?.medianMs ?? 0, low: summary?.lowMs ?? 0, high: summary?.highMs ?? 0 })),
    coefficients: own.length < 3 ? undefined : { t0: estimate(coefficients.t0), a: estimate(coefficients.a), b: estimate(coefficients.b) },
    exponent: own.length < 3 ? undefined : estimate(slope),
    class: decided ? growthOf(arm, phase, "time") : "undecided",
    candidates: decided ? [growthOf(arm, phase, "time")] : [],
    note: decided ? undefined : "Too few sizes to tell a line from a curve; measure at least four, three doublings apart.",
    measureUpTo: decided ? undefined : last * 8,
    claim: growthOf(arm, phase, "time"),
    verdict: decided ? "agrees" : "undecided",
  };
  const perN = arm.family === "softmax" ? stateBytesOf(arm, 1, dModel) : 0;
  const bytes: Fit = {
    ...base,
    metric: "stateBytes",
    points: own.map(({ n, stateBytes }) => ({ x: n, y: stateBytes ?? 0, low: stateBytes ?? 0, high: stateBytes ?? 0 })),
    coefficients:
      own.length < 3 ? undefined : { t0: estimate(arm.family === "softmax" ? 0 : stateBytesOf(arm, 1, dModel), 0), a: estimate(perN, 0), b: estimate(0, 0) },
    exponent: own.length < 3 ? undefined : estimate(arm.family === "softmax" ? 1 : 0, 0),
    class: decided ? growthOf(arm, phase, "stateBytes") : "undecided",
    candidates: decided ? [growthOf(arm, phase, "stateBytes")] : [],
    note: undefined,
    measureUpTo: undefined,
    claim: growthOf(arm, phase, "stateBytes"),
    verdict: decided ? "agrees" : "undecided",
  };
  return [time, bytes];
};

/** n at which the linear arm overtakes the softmax arm, by bisection on the formulas; undefined if it does not within [least, most]. */
const crossingOf = (above: (n: number) => number, below: (n: number) => number, least: number, most: number): number | undefined => {
  if (above(least) >= below(least) || above(most) <= below(most)) return undefined;
  let [low, high] = [least, most];
  for (let i = 0; i < 60; i++) {
    const middle = Math.sqrt(low * high);
    if (above(middle) < below(middle)) low = middle;
    else high = middle;
  }
  return high;
};

export const crossoversOf = (options: FixtureOptions, arms: readonly FixtureArm[], dModel: number, cells: readonly CellRecord[]): readonly Crossover[] =>
  arms
    .filter((arm) => arm.family === "softmax")
    .flatMap((above) =>
      arms
        .filter((arm) => arm.family === "linear")
        .flatMap((below) =>
          (["time", "stateBytes"] as const).map((metric): Crossover => {
            const ns = cells.filter((cell) => cell.label === above.label && cell.dModel === dModel && cell.summary !== undefined).map((cell) => cell.n);
            const phase = options.phase ?? "prefill";
            const software = options.deviceClass === "software";
            const value = (arm: FixtureArm) => (n: number) =>
              metric === "time" ? timeMs(coefficientsOf(arm, phase, dModel, software), n) : stateBytesOf(arm, n, dModel);
            const [least, most] = [Math.min(...ns), Math.max(...ns)];
            const n = ns.length < 3 ? undefined : crossingOf(value(above), value(below), least, most);
            const already = ns.length >= 3 && value(above)(least) >= value(below)(least);
            return {
              between: [above.label, below.label],
              metric,
              series: { dModel, heads: dModel / 64, headDim: 64 },
              outcome: n !== undefined ? "crosses" : ns.length < 3 ? "undecided" : already ? "already" : "none",
              n: n === undefined ? undefined : estimate(n, 0.11),
              atLatest: undefined,
              crossings: [],
              range: ns.length === 0 ? undefined : [least, most],
              note: ns.length < 3 ? "Fewer than three lengths in common." : undefined,
            };
          }),
        ),
    );

export const findingsOf = (options: FixtureOptions, crossovers: readonly Crossover[], fits: readonly Fit[]): readonly Finding[] => {
  const crossing = crossovers.find((crossover) => crossover.metric === "time" && crossover.n !== undefined);
  const where = options.deviceClass === "software" ? ", on this CPU emulation" : "";
  return [
    ...fits.slice(0, 1).map(
      (fit): Finding => ({
        kind: "growth",
        text: `The time of ${fit.label} grows as ${fit.class}: at the longest text measured, its slope is ${fit.exponent?.value.toFixed(2) ?? "undecided"}.`,
      }),
    ),
    ...(crossing?.n === undefined
      ? []
      : [
          {
            kind: "crossover",
            text: `From n = ${Math.round(crossing.n.value)} (95 % interval ${Math.round(crossing.n.low)} to ${Math.round(crossing.n.high)}) on, ${crossing.between[1]} is faster than ${crossing.between[0]}${where}.`,
          } as const,
        ]),
    { kind: "memory", text: "At n = 16,384 softmax carries 64 MiB of state, linear 128 KiB: 512 times less." },
    { kind: "warning", text: "Near n* softmax runs at 55 % of its ceiling and linear at 17 %: the arms are unequal." },
    { kind: "expectation", text: "linear.time is O(n)", verdict: "pass" },
    { kind: "expectation", text: "crossover(softmax, linear) < 1024", verdict: "fail" },
    { kind: "expectation", text: "softmax.time is O(n²)", verdict: "undecided" },
  ];
};
