import type { GrowthClass } from "../../kernels/mechanism.ts";
import { slug } from "../experiment/cellId.ts";
import type { Hybrid } from "../experiment/experiment.ts";
import { composed, hybridLook } from "../experiment/hybrids.ts";
import { unmeasured } from "../record/addedCell.ts";
import type { Summary } from "../record/derived.ts";
import type { CellRecord } from "../record/run.ts";
import type { SpreadOf } from "./drift.ts";
import { groupBy } from "./grouping.ts";
import { orders } from "./laws.ts";
import type { Spread } from "./resampling.ts";
import { percentileInterval } from "./statistics.ts";

/**
 * Hybrids: models of several layers of unlike mechanisms, as production models are (Kimi Linear, arXiv 2510.26692, three to one; MiniMax-01, arXiv 2501.08313, seven to one), put together from layers that were measured. A hybrid's time and
 * state are the mean of one layer, so that they stand beside those of its parts: with r linear layers to one of softmax it is never more than r + 1 times as fast as
 * softmax alone.
 */

/** Sizes that the layers of one model share. */
const shapeOf = ({ phase, n, dModel, heads, headDim, headDimV, batch, dtype }: CellRecord): string =>
  JSON.stringify([phase, n, dModel, heads, headDim, headDimV, batch, dtype]);

/** A cell of each hybrid at every shape that all of its parts were measured at; of a part with several cells there (kvHeads, chunk), none, as it is not said which is meant. */
const composedCells = (cells: readonly CellRecord[], hybrids: readonly Hybrid[]): readonly CellRecord[] => {
  const taken = new Set(cells.map(({ id }) => id));
  return hybrids.flatMap(({ label, layers }, index) => {
    const parts = Object.entries(layers);
    const measured = cells.filter((cell) => cell.label in layers && cell.outcome.status === "ok" && cell.composedOf === undefined);
    return [...groupBy(measured, shapeOf).values()].flatMap((alike): readonly CellRecord[] => {
      const chosen = parts.map(([part, count]) => ({ own: alike.filter((cell) => cell.label === part), count }));
      const [first] = alike;
      if (!first || chosen.some(({ own }) => own.length !== 1)) return [];
      const of = chosen.flatMap(({ own: [cell], count }) => (cell ? [{ cell, count }] : []));
      const mean = (read: (cell: CellRecord) => number | undefined): number | undefined => meanOf(of.map(({ cell, count }) => ({ value: read(cell), count })));
      return [
        {
          ...unmeasured(first),
          id: idOf(label, index, first, taken),
          label,
          mechanism: composed,
          form: composed,
          family: "linear",
          look: hybridLook,
          parameters: {},
          outcome: first.outcome,
          stateBytes: mean(({ stateBytes }) => stateBytes),
          claim: { time: largest(of.map(({ cell }) => cell.claim.time)), stateBytes: largest(of.map(({ cell }) => cell.claim.stateBytes)) },
          composedOf: Object.fromEntries(of.map(({ cell, count }) => [cell.id, count])),
        },
      ];
    });
  });
};

/** As a planned cell's, but that no measured cell and no other hybrid has it: labels may be alike in letters and digits, or have none. */
const idOf = (label: string, index: number, { id, n }: CellRecord, taken: Set<string>): string => {
  const sizes = id.slice(id.indexOf(`-n${n}-`) + 1);
  const candidates = [`${slug(label)}-${sizes}`, `composed${index + 1}-${sizes}`].filter((candidate) => !candidate.startsWith("-") && !taken.has(candidate));
  const chosen = candidates[0] ?? `composed${index + 1}-${taken.size}-${sizes}`;
  taken.add(chosen);
  return chosen;
};

const meanOf = (parts: readonly { readonly value: number | undefined; readonly count: number }[]): number | undefined => {
  const layers = parts.reduce((sum, { count }) => sum + count, 0);
  return parts.every(({ value }) => value !== undefined) ? parts.reduce((sum, { value = 0, count }) => sum + value * count, 0) / layers : undefined;
};

const largest = (classes: readonly GrowthClass[]): GrowthClass => classes.reduce((one, other) => (orders[other] > orders[one] ? other : one), "O(1)");

/** The spread of a composed cell's time, from those of its parts: replicates stay paired. Undefined where one of them has none. */
const composedSpread = ({ composedOf = {} }: CellRecord, spreadOf: (id: string) => Spread | undefined): Spread | undefined => {
  const parts = Object.entries(composedOf).map(([id, count]) => ({ spread: spreadOf(id), count }));
  const mean = (read: (spread: Spread) => number | undefined): number =>
    meanOf(parts.map(({ spread, count }) => ({ value: spread && read(spread), count }))) ?? Number.NaN;
  const [first] = parts;
  if (!first?.spread || parts.some(({ spread }) => spread === undefined)) return undefined;
  return { estimate: mean(({ estimate }) => estimate), replicates: first.spread.replicates.map((_, r) => mean(({ replicates }) => replicates[r])) };
};

/** What a composed cell's time says: rates of work are its parts' affair. */
const composedSummary = (cell: CellRecord, spread: Spread): Summary => {
  const { value: medianMs, low: lowMs, high: highMs } = percentileInterval(spread.estimate, spread.replicates);
  return {
    medianMs,
    lowMs,
    highMs,
    samples: 0,
    wallMs: medianMs,
    tokensPerSecond: ((cell.phase === "decode" || cell.phase === "tokenLoop" ? cell.batch : cell.n * cell.batch) / medianMs) * 1000,
    gflops: 0,
    executedGflops: undefined,
    gbps: 0,
    ceilingShare: undefined,
    binding: undefined,
  };
};

/** The cells of all hybrids that have a time, of measured cells and the spread of each. */
export const hybridCells = (
  cells: readonly CellRecord[],
  hybrids: readonly Hybrid[],
  spreadOf: (cell: CellRecord) => Spread | undefined,
): readonly CellRecord[] => {
  const byId = new Map(cells.map((cell) => [cell.id, cell]));
  const spreadOfPart = (id: string): Spread | undefined => {
    const part = byId.get(id);
    return part && spreadOf(part);
  };
  return composedCells(cells, hybrids).flatMap((cell) => {
    const spread = composedSpread(cell, spreadOfPart);
    return spread ? [{ ...cell, summary: composedSummary(cell, spread) }] : [];
  });
};

/** Spreads of measured cells, and with them those of hybrids. */
export const withHybrids = (hybrids: readonly CellRecord[], ofMeasured: SpreadOf): SpreadOf => {
  const made = new Map(hybrids.map((cell) => [cell.id, composedSpread(cell, ofMeasured)]));
  return (id) => (made.has(id) ? made.get(id) : ofMeasured(id));
};
