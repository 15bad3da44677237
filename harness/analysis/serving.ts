import { en } from "../messages/en.ts";
import type { Messages } from "../messages/messages.ts";
import type { Estimate, SeriesKey, Served } from "../record/derived.ts";
import type { CellRecord, Room, RunRecord } from "../record/run.ts";
import { type BatchPoint, bytesLaw, type Order, timeLaw } from "./batchLaw.ts";
import type { SpreadOf } from "./drift.ts";
import { groupBy } from "./grouping.ts";
import type { Spread } from "./resampling.ts";
import type { Series } from "./series.ts";
import { percentileInterval } from "./statistics.ts";

/** Two values of batch would be followed by any line, so nothing would show whether time is one. */
const leastBatches = 3;
/** The same of n, by the highest power of it. */
const leastLengths = (order: Order): number => order + 2;
/** A time that is not known within this factor is not told. */
const widest = 4;

interface Measured extends BatchPoint {
  readonly bytes: number;
  readonly spread: Spread;
}

/** One arm at sizes that stay, over n and batch. */
interface Swept {
  readonly label: string;
  readonly form: string;
  readonly series: SeriesKey;
  /** power of n that a step grows with, by its claim */
  readonly order: Order;
  readonly points: readonly Measured[];
  /** what was counted beforehand, an n each; none in runs of before */
  readonly rooms: readonly Room[];
}

/**
 * How many texts of n tokens each arm serves at once in so much memory, and how fast: one entry an arm and n. How many is what the run counted beforehand; of runs of before, which did not, a line through the bytes of
 * what was measured. A composed hybrid has no bytes of its own. Arms that were measured in several shards have no law, as no interval holds how much two machines differ.
 */
export const servingOf = (
  { experiment: { serving }, room = [] }: Pick<RunRecord, "room"> & { readonly experiment: Pick<RunRecord["experiment"], "serving"> },
  series: readonly Series[],
  spreadOf: SpreadOf,
  t: Messages = en,
): readonly Served[] =>
  serving === undefined ? [] : sweptOf(series, spreadOf, room).flatMap((swept) => serving.n.map((n) => served(swept, n, serving.memoryBytes, t)));

/** Of a step: what is kept for each token is read again, and what is not kept is computed again. */
const orderOf = ({ claim }: CellRecord): Order => (claim.time === "O(n²)" ? 2 : claim.time === "O(1)" && claim.stateBytes === "O(1)" ? 0 : 1);

const sweptOf = (series: readonly Series[], spreadOf: SpreadOf, room: readonly Room[]): readonly Swept[] =>
  [...groupBy(series, ({ label, form, key }) => JSON.stringify([label, form, withoutBatch(key)])).values()].flatMap((curves) => {
    const cells = curves.flatMap((curve) => curve.cells).filter(({ composedOf }) => composedOf === undefined);
    const points = cells.flatMap((cell): readonly Measured[] => {
      const spread = spreadOf(cell.id);
      return spread && cell.peakBytes ? [{ n: cell.n, batch: cell.batch, bytes: cell.peakBytes, spread }] : [];
    });
    const [curve, [cell]] = [curves[0], cells];
    if (!curve || !cell || points.length === 0 || new Set(cells.map(({ shard }) => shard)).size > 1) return [];
    const ids = new Set(cells.map(({ id }) => id));
    return [
      {
        label: curve.label,
        form: curve.form,
        series: withoutBatch(curve.key),
        order: orderOf(cell),
        points,
        rooms: room.filter(({ like }) => ids.has(like)),
      },
    ];
  });

const withoutBatch = (key: SeriesKey): SeriesKey => Object.fromEntries(Object.entries(key).filter(([name]) => name !== "batch"));

/** Points that a law for this n rests on, and the power of n that it has: all of a state of one size; of a step that grows with n those at this n where batches suffice, else all. */
const restingOn = (
  { points, order }: Swept,
  n: number,
  { serving: { note } }: Messages,
): { readonly points: readonly Measured[]; readonly order: Order } | string => {
  if (distinct(points, "batch") < leastBatches) return note.fewBatches(leastBatches, distinct(points, "batch"));
  if (order === 0) return { points, order };
  const here = points.filter((point) => point.n === n);
  if (distinct(here, "batch") >= leastBatches) return { points: here, order: 0 };
  const least = leastLengths(order);
  return distinct(points, "n") < least ? note.fewLengths(least, distinct(points, "n")) : { points, order };
};

const distinct = (points: readonly Measured[], name: "n" | "batch"): number => new Set(points.map((point) => point[name])).size;

const served = (swept: Swept, n: number, memoryBytes: number, t: Messages): Served => {
  const { label, form, series, points, rooms } = swept;
  const largest = { n: Math.max(...points.map((point) => point.n)), batch: Math.max(...points.map(({ batch }) => batch)) };
  const none = { label, form, series, n, fixedBytes: 0, textBytes: 0, exactBytes: false, batch: 0, from: "projected", largest } as const;
  const resting = restingOn(swept, n, t);
  const bytes = bytesAt(
    rooms.find((room) => room.n === n),
    resting,
    n,
    memoryBytes,
    t,
  );
  if (typeof bytes === "string") return { ...none, stepMs: undefined, tokensPerSecond: undefined, note: bytes };
  const counted = { ...none, ...bytes };
  const { batch } = counted;
  const untimed = (note: string): Served => ({ ...counted, stepMs: undefined, tokensPerSecond: undefined, note });
  if (batch === 0) return untimed(counted.room && counted.room.memoryBatch > 0 ? t.serving.note.noKernel : t.serving.note.noRoom);
  const own = points.find((point) => point.n === n && point.batch === batch);
  if (own) return timed({ ...counted, from: "measured" }, percentileInterval(own.spread.estimate, own.spread.replicates));
  if (typeof resting === "string") return untimed(resting);
  const law = timeLaw(resting.points, resting.order, t);
  if (typeof law === "string") return untimed(law);
  const stepMs = law.at({ n, batch });
  // A time that hardly grows over what was measured says little of many more texts.
  return stepMs.high > widest * stepMs.low ? untimed(t.serving.note.wide(widest)) : timed(counted, stepMs);
};

/** How many have room, and of what: as it was counted, or else by the line that counted bytes follow; or why neither tells. */
const bytesAt = (
  room: Room | undefined,
  resting: ReturnType<typeof restingOn>,
  n: number,
  memoryBytes: number,
  t: Messages,
): Pick<Served, "fixedBytes" | "textBytes" | "exactBytes" | "batch" | "room"> | string => {
  if (room) {
    const { fixedBytes, textBytes, exactBytes, batch, bytes, memoryBatch, limit } = room;
    return { fixedBytes, textBytes, exactBytes, batch, room: { bytes, memoryBatch, ...(limit === undefined ? {} : { limit }) } };
  }
  if (typeof resting === "string") return resting;
  const bytes = bytesLaw(resting.points, resting.order);
  if (!bytes) return t.serving.note.oddBytes;
  const { fixed: fixedBytes, each: textBytes } = bytes.lineAt(n);
  const batch = textBytes > 0 ? Math.max(0, Math.floor((memoryBytes - fixedBytes) / textBytes)) : 0;
  return { fixedBytes, textBytes, exactBytes: bytes.exact, batch };
};

const timed = (counted: Omit<Served, "stepMs" | "tokensPerSecond" | "note">, stepMs: Estimate): Served => {
  const rate = (ms: number): number => (1000 * counted.batch) / ms;
  return { ...counted, stepMs, tokensPerSecond: { value: rate(stepMs.value), low: rate(stepMs.high), high: rate(stepMs.low) }, note: undefined };
};
