import { cellField } from "../experiment/expression/predicate.ts";
import { type Runtime, type RuntimeName, runtimes } from "../experiment/runtimes.ts";
import { dtypeFields, type SizeName, sizeNames } from "../experiment/sizes.ts";
import { en } from "../messages/en.ts";
import type { Messages } from "../messages/messages.ts";
import type { PeerRatio, SeriesKey } from "../record/derived.ts";
import type { CellRecord, Outcome, Visit } from "../record/run.ts";
import { type Draws, resample } from "./resampling.ts";
import { median, percentileInterval } from "./statistics.ts";

/**
 * Every cell of another runtime with each of ours that computes the same: equal mechanism, phase, sizes, types and parameters but those that say how.
 * A peer has wall times alone, so ours stand there with theirs.
 */
export const peerRatiosOf = (cells: readonly CellRecord[], drawsOfCell: (cell: CellRecord) => Draws, t: Messages = en): readonly PeerRatio[] => {
  const peers = cells.flatMap((cell) => (cell.runtime === undefined ? [] : [{ cell, runtime: cell.runtime }]));
  const varying = sizeNames.filter((name) => name !== "n" && new Set(peers.map(({ cell }) => cell[name])).size > 1);
  return peers.flatMap(({ cell, runtime }) =>
    cells
      .filter((own) => own.runtime === undefined && computesSame(own, cell, runtime))
      .map((own) => peerRatio(own, cell, runtime, varying, drawsOfCell(cell), t)),
  );
};

const shapeNames = ["mechanism", "phase", ...sizeNames, ...Object.keys(dtypeFields)];

const computesSame = (own: CellRecord, peer: CellRecord, runtime: RuntimeName): boolean => {
  const { ignores }: Runtime = runtimes[runtime];
  const names = [...shapeNames, ...Object.keys(own.parameters).filter((name) => !ignores.includes(name))];
  return names.every((name) => cellField(own, name) === cellField(peer, name));
};

const peerRatio = (own: CellRecord, peer: CellRecord, runtime: RuntimeName, varying: readonly SizeName[], draws: Draws, t: Messages): PeerRatio => {
  const missing = missingOf("attnbench", own.outcome, t) ?? missingOf(runtimes[runtime].title, peer.outcome, t);
  const turns = missing === undefined ? sharedTurns(own, peer) : [];
  const series: SeriesKey = Object.fromEntries(varying.map((name) => [name, peer[name]]));
  const ratio = turns.length > 0 ? resample(turns, drawsFor(turns, draws), `${own.id} over ${peer.id}`) : undefined;
  return {
    runtime,
    cells: [own.id, peer.id],
    labels: [own.label, peer.label],
    phase: peer.phase,
    n: peer.n,
    series,
    wallMs: [wallOf(own), wallOf(peer)],
    ratio: ratio && percentileInterval(ratio.estimate, ratio.replicates),
    note: ratio ? undefined : (missing ?? t.peers.noTurn),
  };
};

/** Why a cell has no times that count, naming whose it is. */
const missingOf = (whose: string, outcome: Outcome, { peers }: Messages): string | undefined => {
  if (outcome.status === "ok") return undefined;
  if (outcome.status === "pending") return peers.notReached(whose);
  return outcome.code === "wrongOutput" ? peers.wrong(whose, outcome.reason) : peers.unmeasured(whose, outcome.reason);
};

const wallOf = ({ outcome, visits }: CellRecord): number | undefined => {
  const times = outcome.status === "ok" ? visits.flatMap(({ wallMs }) => wallMs) : [];
  return times.length > 0 ? median(times) : undefined;
};

/**
 * The turns that visited both, each as a visit whose one time is the ratio of the two medians: what slows the machine for a while slows both, so a turn's
 * ratio is free of it. A unit above is the pair of processes that the two were timed in.
 */
const sharedTurns = (own: CellRecord, peer: CellRecord): readonly Visit[] => {
  const pairs: string[] = [];
  return own.visits.flatMap((visit): Visit[] => {
    const other = peer.visits.find(({ turn }) => turn === visit.turn);
    const ratio = other ? median(visit.wallMs) / median(other.wallMs) : Number.NaN;
    if (!other || !(ratio > 0 && Number.isFinite(ratio))) return [];
    const pair = `${visit.worker} ${other.worker}`;
    if (!pairs.includes(pair)) pairs.push(pair);
    return [{ worker: pairs.indexOf(pair), turn: visit.turn, k: 1, gpuMs: [], wallMs: [ratio] }];
  });
};

/** Draws of the run's seed with room for these visits. */
const drawsFor = (visits: readonly Visit[], draws: Draws): Draws => ({ ...draws, source: "wall", stepMs: 0, slots: [visits.length, visits.length] });
