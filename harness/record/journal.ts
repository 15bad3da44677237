import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, readSync, statSync, writeFileSync } from "node:fs";
import type { RuntimeName } from "../experiment/runtimes.ts";
import { addedTo, unmeasured, visitsWithout } from "./addedCell.ts";
import { isJournalLine } from "./journalSchema.ts";
import type { AddedCell, CellRecord, Loss, Outcome, Prepared, RunRecord, SentinelTurn, Tuning, Visit, WrittenText } from "./run.ts";

/** Workers are numbered by runtime: a line of a peer's worker names it. */
interface ByWorker {
  readonly cell: string;
  readonly at: string;
  readonly runtime?: RuntimeName;
}

/** journal.jsonl: one fsynced line for each thing that happened, so that kill -9 loses one visit at most. */
export type JournalLine =
  | ({ readonly type: "visit"; readonly rssBytes: number } & ByWorker & Visit)
  | ({ readonly type: "prepared"; readonly worker: number; readonly prepared: Prepared } & ByWorker)
  /** a worker was lost under a visit of this cell, which another makes again */
  | ({ readonly type: "lost" } & ByWorker & Loss)
  | { readonly type: "outcome"; readonly cell: string; readonly at: string; readonly outcome: Outcome }
  /** a cell that was not planned: another one at an n of its own */
  | ({ readonly type: "added"; readonly at: string } & AddedCell)
  /** how a turn went; where it is discarded, its visits do not count */
  | ({ readonly type: "sentinel"; readonly at: string } & SentinelTurn)
  /** an arm's text is there */
  | { readonly type: "written"; readonly at: string; readonly text: WrittenText }
  /** cells that run with another variant from here on: what was measured of them before does not count */
  | { readonly type: "tuned"; readonly at: string; readonly tuning: Tuning }
  | { readonly type: "ceilings"; readonly at: string; readonly ceilings: RunRecord["ceilings"]; readonly ceilingsFailure: RunRecord["ceilingsFailure"] };

export interface Journal {
  append(line: JournalLine): void;
  close(): void;
}

/** A line could not be written, on a full disk say: every line before it stands. */
export class UnwritableJournal extends Error {}

/** Opens a journal for appending. Throws the file system's error where the folder cannot be written; append throws UnwritableJournal. */
export const openJournal = (file: string): Journal => {
  const descriptor = openSync(file, "a+");
  // A line that a crash cut short must not swallow the next.
  let separator = endsInNewline(descriptor) ? "" : "\n";
  return {
    append(line) {
      try {
        // Not writeSync: on a disk that is all but full it writes a part and says nothing.
        writeFileSync(descriptor, `${separator}${JSON.stringify(line)}\n`);
        fsyncSync(descriptor);
      } catch (error) {
        throw new UnwritableJournal(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      }
      separator = "";
    },
    close: () => closeSync(descriptor),
  };
};

const endsInNewline = (descriptor: number): boolean => {
  const { size } = fstatSync(descriptor);
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  readSync(descriptor, last, 0, 1, size - 1);
  return last.toString() === "\n";
};

/** Lines of a journal, none where there is no such file; a last line cut short by a crash is left out, and so is any that is no line of a journal. Throws the file system's error. */
export const readJournal = (file: string): JournalLine[] => {
  const kind = statSync(file, { throwIfNoEntry: false });
  if (!kind) return [];
  // A pipe nobody writes to, or a device that has no end, would keep the command for ever.
  if (kind.isFIFO() || kind.isCharacterDevice() || kind.isBlockDevice()) throw new Error("it is no file");
  const text = readFileSync(file, "utf8");
  return text.split("\n").flatMap((line) => {
    try {
      const parsed: unknown = JSON.parse(line);
      return isJournalLine(parsed) ? [parsed] : [];
    } catch {
      return [];
    }
  });
};

/** A record with everything that its journal tells. A visit that is there twice counts once; a failed cell keeps no times. */
export const foldJournal = (stored: RunRecord, lines: readonly JournalLine[]): RunRecord => {
  const record = isWhole(stored, lines) ? asPlanned(stored) : stored;
  const cells = new Map(record.cells.map((cell) => [cell.id, { ...cell, visits: [...cell.visits] as Visit[] } as CellRecord & { visits: Visit[] }]));
  const seen = new Set(record.cells.flatMap((cell) => cell.visits.map((visit) => `${cell.id} ${visit.turn}`)));
  let { ceilings, ceilingsFailure } = record;
  const sentinel = new Map((record.sentinel ?? []).map((reading) => [reading.turn, reading]));
  const added = new Map((record.added ?? []).map((cell) => [cell.id, cell]));
  const written = new Map((record.writing?.texts ?? []).map((text) => [text.cell, text]));
  const tunings = new Map((record.tunings ?? []).map((tuning) => [tuning.cell, tuning]));
  /** cells as they were before they were given another variant, which some do not take */
  const byDefault = new Map<string, CellRecord & { visits: Visit[] }>();
  const replace = (id: string, cell: CellRecord & { visits: Visit[] }): void => {
    cells.set(id, cell);
    for (const key of [...seen]) if (key.startsWith(`${id} `)) seen.delete(key);
    for (const { turn } of cell.visits) seen.add(`${id} ${turn}`);
  };
  for (const line of lines) {
    if (line.type === "ceilings") {
      ({ ceilings, ceilingsFailure } = line);
      continue;
    }
    if (line.type === "tuned") {
      const { tuning } = line;
      const { begun, left } = retiled(tunings.get(tuning.cell), tuning);
      for (const id of begun) {
        const before = cells.get(id);
        if (!before) continue;
        byDefault.set(id, before);
        replace(id, { ...before, outcome: { status: "pending" }, prepared: undefined, visits: [] });
      }
      for (const id of left) {
        const before = byDefault.get(id);
        if (before) replace(id, before);
      }
      tunings.set(tuning.cell, tuning);
      continue;
    }
    if (line.type === "written") {
      written.set(line.text.cell, line.text);
      continue;
    }
    if (line.type === "added") {
      const { id, n, like } = line;
      const model = cells.get(like);
      if (!model || cells.has(id)) continue;
      cells.set(id, { ...addedTo(model, { id, n, like }), visits: [] });
      added.set(id, { id, n, like });
      continue;
    }
    if (line.type === "sentinel") {
      const { type: _, at: __, ...reading } = line;
      sentinel.set(reading.turn, reading);
      if (reading.discarded) for (const cell of cells.values()) forget(cell, reading.turn, seen);
      continue;
    }
    const cell = cells.get(line.cell);
    if (!cell) continue;
    if (line.type === "outcome") cells.set(line.cell, { ...cell, outcome: line.outcome });
    else if (line.type === "lost") cells.set(line.cell, withLoss(cell, line));
    else if (line.type === "prepared") cells.set(line.cell, withPrepared(cell, line.prepared));
    else if (!seen.has(`${line.cell} ${line.turn}`)) {
      seen.add(`${line.cell} ${line.turn}`);
      const { worker, turn, k, gpuMs, wallMs, stages, offload } = line;
      cell.visits.push({ worker, turn, k, gpuMs, wallMs, ...(stages ? { stages } : {}), ...(offload ? { offload } : {}) });
    }
  }
  const later = {
    ...(tunings.size > 0 ? { tunings: [...tunings.values()] } : {}),
    ...(added.size > 0 ? { added: [...added.values()] } : {}),
    ...(record.writing ? { writing: { ...record.writing, texts: [...written.values()] } } : {}),
    ...(sentinel.size > 0 ? { sentinel: [...sentinel.values()] } : {}),
  };
  return { ...record, ...later, ceilings, ceilingsFailure, cells: [...cells.values()].map(settled) };
};

/** Does the journal have every visit of the record? Not where the folder was deleted under a run that went on. */
const isWhole = ({ cells }: RunRecord, lines: readonly JournalLine[]): boolean => {
  const told = new Set(lines.flatMap((line) => (line.type === "visit" ? [`${line.cell} ${line.turn}`] : [])));
  return cells.every(({ id, visits }) => visits.every(({ turn }) => told.has(`${id} ${turn}`)));
};

/**
 * The record before its first line. A record that an earlier session wrote has folded a part of the lines already, and what a line does depends on those before it: told twice, one that
 * takes back what did not count would take back what does.
 */
const asPlanned = ({ added = [], sentinel: _, tunings: __, ...record }: RunRecord): RunRecord => ({
  ...record,
  cells: record.cells.flatMap((cell) => (added.some(({ id }) => id === cell.id) ? [] : [unmeasured(cell)])),
});

const forget = (cell: CellRecord & { visits: Visit[] }, turn: number, seen: Set<string>): void => {
  cell.visits = [...visitsWithout(cell.visits, turn)];
  if (!cell.visits.some((visit) => visit.turn === turn)) seen.delete(`${cell.id} ${turn}`);
};

/** Ids of the cells whose variant changes from one tuning of their arm to the next. */
const retiled = (before: Tuning | undefined, after: Tuning): { readonly begun: readonly string[]; readonly left: readonly string[] } => {
  const [old, now] = [before?.cells ?? [], after.cells];
  return { begun: now.filter((id) => !old.includes(id)), left: old.filter((id) => !now.includes(id)) };
};

/** Only a cell that is ok keeps times; one whose visit was the last thing written before a kill has been measured. */
const settled = (cell: CellRecord): CellRecord => {
  const { status } = cell.outcome;
  if (status === "pending") return cell.visits.length > 0 ? { ...cell, outcome: { status: "ok" } } : cell;
  return status === "ok" ? cell : { ...cell, visits: [] };
};

/** A loss that an earlier session has folded is there already. */
const withLoss = <T extends CellRecord>(cell: T, { worker, turn, reason }: Loss): T => {
  const { losses = [] } = cell;
  return losses.some((loss) => loss.turn === turn && loss.worker === worker) ? cell : { ...cell, losses: [...losses, { worker, turn, reason }] };
};

/** The first worker's preparation stands: its compile time is that of a cold shader cache. */
export const withPrepared = <T extends CellRecord>(cell: T, prepared: Prepared): T => {
  const kept = cell.prepared ? { ...cell.prepared, maxError: Math.max(cell.prepared.maxError, prepared.maxError) } : prepared;
  const { bytesByRole } = kept;
  const own = bytesByRole && bytesByRole.input + bytesByRole.output + bytesByRole.state + bytesByRole.scratch;
  return { ...cell, prepared: kept, stateBytes: bytesByRole?.state, peakBytes: own };
};
