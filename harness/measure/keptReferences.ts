import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import type { ExpectedRow, Shape } from "../../kernels/mechanism.ts";
import { discard } from "../record/leftovers.ts";
import { halfName } from "../record/wholeFile.ts";

/** Float64 rows that one worker of a run computed, for the next one and for other forms and variants: the same inputs give the same rows, and computing them is most of what verifying takes. */
export interface KeptReferences {
  /** The rows that `make` gives for this problem. */
  rows(problem: ReferenceProblem, make: () => readonly ExpectedRow[]): KeptRows;
}

/** All that expected rows depend on: a mechanism's reference knows no form. */
export interface ReferenceProblem {
  readonly mechanism: string;
  readonly seed: number;
  readonly shape: Shape;
}

export interface KeptRows {
  readonly rows: readonly ExpectedRow[];
  /** wall ms of computing them that the next one is spared: 0 where they were kept before, or are not kept */
  readonly sparedMs: number;
}

/** A reference larger than this is computed anew each time. */
const mostBytesOfOne = 2 ** 25;
/** Of all in one folder: it may lie in memory. */
const mostBytes = 2 ** 28;

/**
 * In a folder of the run's own, which goes when the run ends; without one nothing is kept. Rows that are copies of inputs are not: they are as long as a cache, and cost nothing. Whatever is wrong with a file,
 * or with the disk, the rows are computed.
 */
export const keptReferencesIn = (parent: string | undefined): KeptReferences => {
  if (parent === undefined) return { rows: (_, make) => ({ rows: make(), sparedMs: 0 }) };
  const folder = join(parent, "references");
  return {
    rows(problem, make) {
      const file = join(folder, nameOf(problem));
      const kept = readRows(file);
      if (kept) return { rows: kept, sparedMs: 0 };
      const from = performance.now();
      const rows = make();
      const tookMs = performance.now() - from;
      return { rows, sparedMs: keep(folder, file, rows) ? tookMs : 0 };
    },
  };
};

/** Every field of a shape, so that none is left out. */
const shapeFields: Readonly<Record<keyof Shape, true>> = {
  phase: true,
  n: true,
  batch: true,
  heads: true,
  kvHeads: true,
  headDim: true,
  headDimV: true,
  dModel: true,
  dtype: true,
  kvDtype: true,
  stateDtype: true,
  scale: true,
  parameters: true,
  stream: true,
  model: true,
};

/** Cells have more than a shape: ids and labels, which change no number. */
const nameOf = ({ mechanism, seed, shape }: ReferenceProblem): string => {
  const fields = (Object.keys(shapeFields) as (keyof Shape)[]).map((field) => shape[field] ?? null);
  return createHash("sha256")
    .update(JSON.stringify([mechanism, seed, fields]))
    .digest("hex")
    .slice(0, 32);
};

const readRows = (file: string): readonly ExpectedRow[] | undefined => {
  try {
    return deserialize(readFileSync(file)) as readonly ExpectedRow[];
  } catch {
    return undefined;
  }
};

const keep = (folder: string, file: string, rows: readonly ExpectedRow[]): boolean => {
  const bytes = rows.reduce((sum, { values }) => sum + values.byteLength, 0);
  if (bytes > mostBytesOfOne || rows.some(({ values }) => !(values instanceof Float64Array))) return false;
  const half = halfName(file);
  try {
    mkdirSync(folder, { recursive: true });
    if (bytes + bytesIn(folder) > mostBytes) return false;
    writeFileSync(half, serialize(rows));
    renameSync(half, file);
    return true;
  } catch {
    discard(half);
    return false;
  }
};

const bytesIn = (folder: string): number =>
  readdirSync(folder).reduce((sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0);
