import { uniformStream } from "../../kernels/random.ts";
import { seedFor } from "../analysis/random.ts";
import { mechanismsOnce } from "../builtInMechanisms.ts";
import { describeEnvironment } from "../device/environment.ts";
import { parseExperiment } from "../experiment/parse.ts";
import { formatProblem } from "../experiment/problem.ts";
import { type FakeDevice, fakeWorkers } from "../measure/fakeWorker.ts";
import { measureDuet } from "../measure/measureDuet.ts";
import { turnOrder } from "../measure/schedule.ts";
import { createSession } from "../measure/workerSession.ts";
import type { DuetSide, RunRecord } from "../record/run.ts";
import { newRecord } from "../runExperiment.ts";
import { gateNames, slowerBy } from "./gateJudges.ts";
import twoCores from "./recordedNoise.json" with { type: "json" };
import type { RecordedNoise } from "./recordedNoise.ts";

/** A machine on which a duet of the grid is measured: its noise, as standard deviations of log time. */
export interface GateMachine extends Pick<FakeDevice, "noise" | "outliers"> {
  readonly name: string;
  /** how many times as slow the device is after so many ms */
  readonly slowness?: (ms: number) => number;
  /** was measured, and happens again to other cells in another order */
  readonly recorded?: RecordedNoise;
  /** what preparing a cell takes, ms */
  readonly prepareMs: number;
}

/** What one duet said: ours and others, on the same samples. */
export interface GateScore {
  /** cells called SLOWER that are not */
  readonly falseAlarms: Readonly<Record<string, number>>;
  /** the planted change was called SLOWER; undefined where none was planted */
  readonly found: Readonly<Record<string, boolean>> | undefined;
}

/** Twelve cells, three minutes, one of them changed. */
const yaml = (seed: number): string => `name: gate
title: Gate
phase: decode
mechanisms: [softmax, linear]
axes: { n: [64, 256, 512, 1024, 2048, 4096] }
fixed: { heads: 8, headDim: 64 }
measure: { maxTime: 180s, seed: ${seed} }
`;

/** What starting a worker takes, as on two busy cores (0.2 to 0.5 s). */
const startMs = 400;

const changed = "softmax-split-n1024-h8-d64";
/** A duet through the real schedule and verdicts: only the device and the disk are not there. `slower`: factor on one cell of head, 1 for an A/A run. */
export const runGate = async ({ slowness, recorded, prepareMs, name, ...machine }: GateMachine, slower: number, number: number): Promise<GateScore> => {
  const mechanisms = await mechanismsOnce();
  const seed = Math.abs(seedFor(number, `${name} ${slower}`)) % 1_000_000;
  const { experiment, cells, problems } = parseExperiment({ text: yaml(seed), file: "gate.yaml", sets: [] }, mechanisms);
  if (!experiment) throw new Error(problems.map(formatProblem).join("\n"));
  const ids = cells.map(({ cell }) => cell.id);
  let clock = (): number => 0;
  const device = (side: DuetSide, times: number): ReturnType<typeof fakeWorkers> =>
    fakeWorkers({
      ...machine,
      startMs,
      prepareMs,
      ...(slowness ? { slowness: () => slowness(clock()) } : {}),
      ...(recorded ? { visitFactor: replayed(recorded, ids, side, seed) } : {}),
      software: true,
      seed: 2 * seed + (side === "base" ? 0 : 1),
      costMs: (cell) => (cell.phase === "probe" ? 0.1 : (cell.mechanism === "softmax" ? 0.2 + 0.002 * cell.n : 0.3) * (cell.id === changed ? times : 1)),
    });
  const devices = { base: device("base", 1), head: device("head", slower) };
  clock = () => devices.base.now() + devices.head.now();
  const sessions = { base: createSession(devices.base.connect, 0), head: createSession(devices.head.connect, 0) };
  const { hello, choice } = await sessions.head.connection();
  const fresh = newRecord({ experiment, cells, mechanisms, command: "gate" }, describeEnvironment("fake", choice, hello));
  const recordOf = (side: DuetSide): RunRecord => ({ ...fresh, duet: { id: fresh.run, side } });
  const journal = { append: () => {}, close: () => {} };
  const { records } = await measureDuet({
    voices: { base: { record: recordOf("base"), session: sessions.base, journal }, head: { record: recordOf("head"), session: sessions.head, journal } },
    planned: cells,
    mechanisms,
    now: clock,
    signal: new AbortController().signal,
    onProgress: () => {},
  });
  return scoreOf(records, slower > 1);
};

/** What is said of a duet. `isChanged`: one cell of head was made slower. */
const scoreOf = (records: Readonly<Record<DuetSide, RunRecord>>, isChanged: boolean): GateScore => {
  const said = slowerBy(records);
  const isFalse = (id: string): boolean => !isChanged || id !== changed;
  return {
    falseAlarms: Object.fromEntries(gateNames.map((name) => [name, (said[name] ?? []).filter(isFalse).length])),
    found: isChanged ? Object.fromEntries(gateNames.map((name) => [name, (said[name] ?? []).includes(changed)])) : undefined,
  };
};

/**
 * Each pair of processes of a duet is one of those recorded, drawn by the duet's seed and its place, so that both sides draw the same; which cell was slowed by what is drawn once a duet. A process that
 * makes more turns than were recorded begins again.
 */
const replayed = ({ pairs }: RecordedNoise, ids: readonly string[], side: DuetSide, seed: number): NonNullable<FakeDevice["visitFactor"]> => {
  const order = turnOrder(
    ids.map((_, place) => place),
    1,
    seed,
  );
  return ({ id }, worker, visit) => {
    const pair = pairs[Math.floor(uniformStream(seed, `process ${worker}`)() * pairs.length)] ?? [];
    const visits = pair[(order[ids.indexOf(id)] ?? 0) % pair.length] ?? [];
    const [base, head] = visits[visit % visits.length] ?? [0, 0];
    return Math.exp((side === "base" ? base : head) / 100);
  };
};

/** Machines by what they do to times: one recorded, the others' noise assumed. */
const machines: readonly GateMachine[] = [
  { name: twoCores.machine, noise: { sample: twoCores.sample }, recorded: twoCores as unknown as RecordedNoise, prepareMs: twoCores.prepareMs },
  { name: "a quiet GPU", noise: { sample: 0.01, turn: 0.005, worker: 0.01, cell: 0.003 }, prepareMs: 300 },
  { name: "a busy two-core machine", noise: { sample: 0.06, turn: 0.04, worker: 0.05, cell: 0.015 }, outliers: { share: 0.05, factor: 2 }, prepareMs: 1000 },
  {
    name: "the same, slower and faster by turns",
    noise: { sample: 0.06, turn: 0.04, worker: 0.05, cell: 0.015 },
    outliers: { share: 0.05, factor: 2 },
    slowness: (ms) => 1 + 0.25 * Math.sin(ms / 7000) + (ms > 90_000 ? 0.3 : 0),
    prepareMs: 1000,
  },
];

export interface GateCase {
  readonly name: string;
  readonly machine: GateMachine;
  readonly slower: number;
}

/** Every machine with nothing changed, and with one cell of twelve slower. */
export const gateCases: readonly GateCase[] = machines.flatMap((machine) =>
  [1, 1.05, 1.1, 1.2].map((slower) => ({
    name: `${machine.name}, ${slower === 1 ? "nothing changed" : `one cell +${Math.round(100 * (slower - 1))} %`}`,
    machine,
    slower,
  })),
);

/** So many of all, and up to which share it may be (upperBound). */
export interface Counted {
  readonly count: number;
  readonly all: number;
  readonly upTo: number;
}

export const counted = (said: readonly boolean[]): Counted => {
  const count = said.filter(Boolean).length;
  return { count, all: said.length, upTo: upperBound(count, said.length) };
};

/** One row of the table, by judge: of all duets of a case, how many raised a false alarm, and how many missed the change; undefined where there was none. */
export const gateTally = (scores: readonly GateScore[]): readonly { readonly of: string; readonly alarms: Counted; readonly missed: Counted | undefined }[] =>
  gateNames.map((of) => ({
    of,
    alarms: counted(scores.map(({ falseAlarms }) => (falseAlarms[of] ?? 0) > 0)),
    missed: scores[0]?.found ? counted(scores.map(({ found }) => !found?.[of])) : undefined,
  }));

/** Upper end of the 95 % interval of a share of which `hits` of `all` were seen, one-sided (Clopper and Pearson 1934), by bisection of the binomial's tail. */
const upperBound = (hits: number, all: number): number => {
  if (hits >= all) return 1;
  let [low, high] = [hits / all, 1];
  for (let step = 0; step < 60; step++) {
    const p = (low + high) / 2;
    if (atMost(hits, all, p) > 0.05) low = p;
    else high = p;
  }
  return high;
};

/** By logs: (1 − p)^1000 is no number where p is large. */
const atMost = (hits: number, all: number, p: number): number => {
  let log = all * Math.log1p(-p);
  let sum = Math.exp(log);
  for (let k = 1; k <= hits; k++) {
    log += Math.log(((all - k + 1) / k) * (p / (1 - p)));
    sum += Math.exp(log);
  }
  return sum;
};
