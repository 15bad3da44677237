import { describe, expect, it } from "vitest";
import { fixtureRecord } from "../report/fixture.ts";
import { unmeasured } from "./addedCell.ts";
import { foldJournal, type JournalLine } from "./journal.ts";
import type { Prepared, RunRecord } from "./run.ts";

const finished = fixtureRecord({ ns: [256, 512], dModels: [512] });
const planned: RunRecord = { ...finished, state: "running", ceilings: undefined, cells: finished.cells.map(unmeasured) };
const [one, other] = planned.cells;
if (!one || !other) throw new Error("the fixture has cells");
const prepared = finished.cells[0]?.prepared as Prepared;

const at = "2026-11-24T10:15:00.000Z";
const visit = (cell: string, turn: number, ms: number): JournalLine => ({
  type: "visit",
  cell,
  at,
  rssBytes: 1,
  worker: 0,
  turn,
  k: 1,
  gpuMs: [ms],
  wallMs: [ms],
});
const turn = (turn: number, discarded: boolean): JournalLine => ({
  type: "sentinel",
  at,
  turn,
  worker: 0,
  beforeMs: 1,
  afterMs: discarded ? 2 : 1,
  jumped: discarded,
  discarded,
});
const added = { id: "added", n: 300, like: one.id };
const ok = (cell: string): JournalLine => ({ type: "outcome", cell, at, outcome: { status: "ok" } });

/** Two cells; the first runs with another variant from after turn 0 on, a third is added in a turn that does not count, the second fails. */
const lines: readonly JournalLine[] = [
  { type: "ceilings", at, ceilings: undefined, ceilingsFailure: "compileError: none" },
  { type: "prepared", cell: one.id, at, worker: 0, prepared },
  visit(one.id, 0, 1),
  ok(one.id),
  visit(other.id, 0, 5),
  ok(other.id),
  {
    type: "tuned",
    at,
    tuning: { cell: one.id, against: undefined, variants: [1, 2].map((rows) => ({ tiles: { rows }, medianMs: 1, rounds: 4 })), chosen: 1, cells: [one.id] },
  },
  visit(one.id, 0, 2),
  ok(one.id),
  visit(one.id, 1, 2),
  visit(other.id, 1, 5),
  turn(1, true),
  { type: "added", at, ...added },
  visit(one.id, 2, 2),
  visit(other.id, 2, 5),
  visit(added.id, 2, 3),
  ok(added.id),
  turn(2, true),
  visit(added.id, 3, 3),
  visit(one.id, 3, 2),
  turn(3, false),
  { type: "outcome", cell: other.id, at, outcome: { status: "failed", code: "deviceLost", reason: "gone" } },
];

const told = ({ cells }: RunRecord): readonly string[] =>
  cells.flatMap(({ id, visits }) => visits.map(({ turn, gpuMs }) => `${id} turn ${turn}: ${gpuMs.join()} ms`));

describe("a journal", () => {
  it("takes back what was timed before tuning, what a discarded turn has beyond a cell's only visit, and what a failed cell had", () => {
    const { cells } = foldJournal(planned, lines);
    expect(told({ ...planned, cells })).toEqual([`${one.id} turn 0: 2 ms`, `${one.id} turn 3: 2 ms`, "added turn 2: 3 ms", "added turn 3: 3 ms"]);
    expect(cells.find(({ id }) => id === other.id)?.outcome).toMatchObject({ status: "failed", code: "deviceLost" });
  });

  it("tells the same wherever an earlier session had folded it into run.json", () => {
    const whole = foldJournal(planned, lines);
    for (let end = 0; end <= lines.length; end++) {
      const before = foldJournal(planned, lines.slice(0, end));
      expect(told(foldJournal(before, lines.slice(0, end))), `after ${end} lines`).toEqual(told(before));
      expect(foldJournal(before, lines), `after ${end} lines`).toEqual(whole);
    }
  });

  it("that lacks what run.json has adds to it", () => {
    const before = foldJournal(planned, lines.slice(0, 9));
    expect(told(foldJournal(before, lines.slice(9)))).toEqual(told(foldJournal(planned, lines)));
  });
});
