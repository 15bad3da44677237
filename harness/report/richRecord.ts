import { claimsOf } from "../analysis/claims/claims.ts";
import { claimIds } from "../experiment/claims.ts";
import type { Messages } from "../messages/messages.ts";
import type { Estimate } from "../record/derived.ts";
import type { RunRecord } from "../record/run.ts";
import { fixtureRecord } from "./fixture.ts";

const around = (value: number): Estimate => ({ value, low: 0.9 * value, high: 1.1 * value });

/** For tests: a run that has something of every section that not every run has: stages, texts, texts at once, peers, variants and shards; what analysis says of it in the language of `t`. */
export const richRecord = (t: Messages): RunRecord => {
  const record = unjudgedRecord(t);
  return { ...record, claims: claimsOf(record, t) };
};

const unjudgedRecord = (t: Messages): RunRecord => {
  const base = fixtureRecord({ phase: "tokenLoop", ns: [64, 128, 256], deviceClass: "software" });
  const { startedAt, endedAt, run, environment, schedule, ceilings } = base;
  const [first, second] = [base.cells[0]?.id ?? "", base.cells.find(({ family }) => family === "linear")?.id ?? ""];
  const stages = {
    times: (["mix", "feedForward"] as const).map((stage) => ({ stage, ms: around(0.5), share: around(0.5) })),
    sumOverWhole: around(1),
  };
  const peer = { runtime: "ort", cells: [first, second], labels: ["softmax", "softmax (ort)"], phase: "decode", n: 64, series: {} } as const;
  const served = {
    label: "softmax",
    form: "split",
    series: {},
    n: 4096,
    fixedBytes: 1e6,
    textBytes: 1e5,
    exactBytes: false,
    batch: 99,
    from: "projected",
    largest: { n: 256, batch: 8 },
    room: { bytes: 7e6, memoryBatch: 120, limit: "maxBufferSize 100" },
  } as const;
  return {
    ...base,
    experiment: {
      ...base.experiment,
      layers: 4,
      claims: claimIds,
      model: {
        layers: 4,
        width: 64,
        vocab: 512,
        tied: true,
        rotary: true,
        feedForward: { kind: "experts", hidden: 128, experts: 8, active: 2 },
        preset: "qwen3-next",
        scale: 0.5,
      },
      serving: { memoryBytes: 2 ** 30, n: [4096] },
      text: { prompt: [5, 7], tokens: 3, stop: 2, temperature: 0.8 },
    },
    cells: base.cells.map((cell) => ({
      ...cell,
      form: cell.id === first ? "disk" : cell.form,
      summary: cell.summary && { ...cell.summary, stages, offload: { outMs: around(1), stepMs: around(1) } },
    })),
    tokenizer: [{ encoding: "cl100k_base", text: "ab", characters: 2, ids: [1], restores: true, msPerToken: around(0.01) }],
    writing: {
      prompt: [5, 7],
      texts: [
        { cell: first, outcome: { status: "ok" }, tokens: [1, 2], near: [], ended: "stop", words: "one of the words" },
        { cell: second, outcome: { status: "failed", code: "wrongOutput", reason: "error 3" }, tokens: [], near: [] },
      ],
    },
    sharpness: { cell: first, heads: 4, points: [{ times: 1, weight: 0.1, off: 0.2 }] },
    serving: [
      { ...served, stepMs: around(3), tokensPerSecond: around(340), note: undefined },
      { ...served, label: "linear", stepMs: undefined, tokensPerSecond: undefined, note: t.serving.note.wide(4) },
    ],
    peerRatios: [
      { ...peer, wallMs: [1, 2], ratio: around(0.5), note: undefined },
      { ...peer, wallMs: [1, undefined], ratio: undefined, note: t.peers.noTurn },
    ],
    tunings: [
      {
        cell: first,
        against: undefined,
        variants: [
          { tiles: { rows: 64 }, medianMs: 1, rounds: 5 },
          { tiles: { rows: 32 }, medianMs: 0.8, rounds: 5 },
        ],
        chosen: 1,
        cells: [first],
      },
    ],
    merged: {
      of: 3,
      missing: [3],
      parts: [1, 2].map((shard) => ({
        shard,
        run,
        state: "complete" as const,
        startedAt,
        endedAt,
        firstTurn: 0,
        firstWorker: 0,
        environment,
        schedule,
        ceilings,
        ceilingsFailure: undefined,
      })),
    },
  };
};
