import { stringify } from "csv-stringify/sync";
import { adapterName } from "./adapterName.ts";
import { partOf } from "./merged.ts";
import type { CellRecord, RunRecord, Visit } from "./run.ts";

type Value = string | number | undefined;

/** measurements.csv: one row a cell. Column names are promises (DESIGN §5). Empty: does not apply or was not measured. */
const measurementColumns: Readonly<Record<string, (cell: CellRecord, record: RunRecord) => Value>> = {
  experiment: (_, record) => record.experiment.name,
  // Of a merged run, the run that measured this row.
  run: (cell, record) => partOf(record, cell)?.run ?? record.run,
  deviceClass: (_, record) => record.environment.deviceClass,
  adapter: (_, record) => adapterName(record.environment.adapter, record.environment.deviceClass === "software"),
  mechanism: (cell) => cell.mechanism,
  label: (cell) => cell.label,
  form: (cell) => cell.form,
  phase: (cell) => cell.phase,
  n: (cell) => cell.n,
  dModel: (cell) => cell.dModel,
  heads: (cell) => cell.heads,
  kvHeads: (cell) => cell.kvHeads,
  headDim: (cell) => cell.headDim,
  headDimV: (cell) => cell.headDimV,
  batch: (cell) => cell.batch,
  dtype: (cell) => cell.dtype,
  kvDtype: (cell) => cell.kvDtype,
  stateDtype: (cell) => cell.stateDtype,
  // Nobody measured it: its time is the mean of its layers'.
  status: (cell) => (cell.composedOf ? "composed" : cell.outcome.status),
  code: (cell) => ("code" in cell.outcome ? cell.outcome.code : undefined),
  reason: (cell) => ("reason" in cell.outcome ? cell.outcome.reason : undefined),
  medianMs: (cell) => cell.summary?.medianMs,
  lowMs: (cell) => cell.summary?.lowMs,
  highMs: (cell) => cell.summary?.highMs,
  samples: (cell) => (cell.composedOf ? undefined : cell.summary?.samples),
  wallMs: (cell) => (cell.composedOf ? undefined : cell.summary?.wallMs),
  compileMs: (cell) => cell.prepared?.compileMs,
  tokensPerSecond: (cell) => cell.summary?.tokensPerSecond,
  gflops: (cell) => (cell.composedOf ? undefined : cell.summary?.gflops),
  gbps: (cell) => (cell.composedOf ? undefined : cell.summary?.gbps),
  ceilingShare: (cell) => cell.summary?.ceilingShare,
  stateBytes: (cell) => cell.stateBytes,
  peakBytes: (cell) => cell.peakBytes,
  maxError: (cell) => cell.prepared?.maxError,
  kernelHash: (cell) => cell.prepared?.kernelHash,
  runtime: (cell) => cell.runtime,
};

/** Text that a spreadsheet would take for a formula gets an apostrophe in front. */
const harmless = (value: Value): Value => (typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value);

export const measurementsCsv = (record: RunRecord): string =>
  stringify(
    record.cells.map((cell) => Object.values(measurementColumns).map((column) => harmless(column(cell, record)))),
    { header: true, columns: Object.keys(measurementColumns) },
  );

const sampleColumns = ["cell", "label", "form", "phase", "n", "dModel", "worker", "turn", "sample", "k", "gpuMs", "wallMs"];

/** samples.csv, a part at a time, as a run has hundreds of thousands of samples: one row a sample, times per repetition. wallMs is the visit's where one wait covers all of its samples. */
export function* samplesCsv(record: RunRecord): Generator<string> {
  yield stringify([], { header: true, columns: sampleColumns });
  for (const cell of record.cells) yield stringify(cell.visits.flatMap((visit) => sampleRows(cell, visit)));
}

const sampleRows = (cell: CellRecord, visit: Visit): readonly Value[][] =>
  Array.from({ length: Math.max(visit.gpuMs.length, visit.wallMs.length) }, (_, i) =>
    [
      cell.id,
      cell.label,
      cell.form,
      cell.phase,
      cell.n,
      cell.dModel,
      visit.worker,
      visit.turn,
      i,
      visit.k,
      visit.gpuMs[i],
      visit.wallMs[i] ?? visit.wallMs[0],
    ].map(harmless),
  );
