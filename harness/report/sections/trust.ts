import { aboveCeiling, type CeilingShare, ceilingShareOf } from "../../analysis/ceilingShare.ts";
import { formatShare } from "../../analysis/format.ts";
import type { Messages } from "../../messages/messages.ts";
import { adapterName } from "../../record/adapterName.ts";
import { isChanged } from "../../record/code.ts";
import { kernelsText } from "../../record/kernelFolder.ts";
import type { RunRecord } from "../../record/run.ts";
import { driftOf } from "../charts/driftChart.ts";
import { type Html, html, shortened } from "../html.ts";
import { reasonsOf, tallyOf } from "../outcome.ts";
import { directed } from "../said.ts";
import { widthsOf } from "../widths.ts";
import { verifiedTexts } from "./verified.ts";

interface Fact {
  readonly name: string;
  readonly value: string;
  readonly detail?: string | undefined;
}

/** Of what this run is a part, or of how many it is put together. */
const partText = ({ shard, merged }: RunRecord, { trust }: Messages): string => {
  if (shard) return trust.shardOf(shard.index, shard.of);
  return merged ? trust.mergedOf(merged.parts.length, merged.parts.length + merged.missing.length) : "";
};

/** What was asked of the device itself, and how its pace went; nothing where neither a sentinel nor enough turns show it. */
const driftFact = (record: RunRecord, { trust }: Messages): readonly Fact[] => {
  const drift = driftOf(record);
  const bySentinel = drift.some(({ sentinel }) => sentinel !== undefined);
  const factors = drift.filter(({ discarded }) => !discarded).flatMap(({ sentinel, cells }) => (bySentinel ? sentinel : cells) ?? []);
  if (factors.length < 2) return [];
  const written = (factor: number): string => `${factor.toFixed(2)}×`;
  const { sentinel = [] } = record;
  const told = { turns: sentinel.length, jumped: sentinel.filter(({ jumped }) => jumped).length, again: sentinel.filter(({ discarded }) => discarded).length };
  return [
    {
      name: trust.drift,
      value: trust.pace(written(factors.reduce((one, other) => Math.min(one, other))), written(factors.reduce((one, other) => Math.max(one, other)))),
      detail: trust.steadiness(bySentinel, told),
    },
  ];
};

/** More arms than these do not fit. */
const mostShares = 4;

/** The largest share of its ceiling that each arm reached; nothing without ceilings. */
const sharesFact = ({ cells }: RunRecord, { trust }: Messages): readonly Fact[] => {
  const best = new Map<string, CeilingShare>();
  for (const cell of cells) {
    const share = cell.runtime === undefined ? ceilingShareOf(cell) : undefined;
    if (share && share.value > (best.get(cell.label)?.value ?? 0)) best.set(cell.label, share);
  }
  const arms = [...best].map(([arm, share]) => ({ arm: shortened(arm, 40), share: share.value }));
  if (arms.length === 0) return [];
  const kinds = new Set([...best.values()].map(aboveCeiling));
  const above = (["surely", "perhaps"] as const).filter((kind) => kinds.has(kind)).map((kind) => trust.above[kind]);
  const detail = [trust.atBest, ...above.slice(0, 1)].join("; ");
  return [{ name: trust.ceiling, value: trust.shares(arms.slice(0, mostShares), Math.max(0, arms.length - mostShares)), detail }];
};

/** Of what stands between the code and the device. */
const versionsFact = ({ environment: { packages, node, adapter } }: RunRecord, { trust }: Messages): Fact => {
  const dawn = packages.webgpu === undefined ? [] : [trust.dawn(packages.webgpu)];
  const driver = adapter.description === "" ? [] : [trust.driver(adapter.description)];
  const [first = "", ...others] = [...dawn, `Node ${node}`, ...driver];
  return { name: trust.versions, value: first, detail: others.length === 0 ? undefined : others.join(", ") };
};

/** By which code the numbers follow from what was measured, where another measured. */
const analystFact = ({ analysedBy }: RunRecord, { trust }: Messages): readonly Fact[] =>
  analysedBy === undefined
    ? []
    : [
        {
          name: trust.analysedBy,
          value: commitText(analysedBy, trust),
          detail: `${codeDetail(analysedBy, trust)}; ${analysedBy.tables === "earlier" ? trust.apart : trust.together}`,
        },
      ];

type Code = RunRecord["environment"]["attnbench"];

const commitText = ({ commit }: Code, trust: Messages["trust"]): string => (commit === undefined ? trust.noCommit : commit.slice(0, 12));

const codeDetail = (code: Code, trust: Messages["trust"]): string => `attnbench ${code.version}${isChanged(code) ? trust.dirty : ""}`;

const noiseFact = (record: RunRecord, { trust }: Messages): readonly Fact[] => {
  const widths = widthsOf(record);
  return widths === undefined ? [] : [{ name: trust.noise, value: trust.typically(widths[0]), detail: trust.atWorst(widths[1]) }];
};

const factsOf = (record: RunRecord, t: Messages): readonly Fact[] => {
  const { trust } = t;
  const { environment, schedule } = record;
  const { adapter, attnbench, clock, kernels = [] } = environment;
  const tally = tallyOf(record.cells);
  const samples = record.cells.flatMap((cell) => (cell.summary === undefined || cell.composedOf ? [] : [cell.summary.samples]));
  const [verified, errors] = verifiedTexts(record.cells, t);
  return [
    {
      name: trust.device,
      value: adapterName(adapter, environment.deviceClass === "software") || adapter.choice,
      detail: environment.deviceClass === "hardware" ? trust.realGpu(adapter.backend) : trust.emulated(adapter.choice, adapter.backend),
    },
    {
      name: trust.clock,
      value: clock.source === "gpu" ? trust.gpuClock : trust.wallClock,
      // A peer has no GPU times, so what is told beside it is by another clock than all else.
      detail:
        [
          ...(clock.stepNs > 0 ? [trust.steps(clock.stepNs / 1e6)] : []),
          ...(clock.source === "gpu" && record.cells.some(({ runtime }) => runtime !== undefined) ? [trust.peersByWall] : []),
        ].join("; ") || undefined,
    },
    {
      name: trust.samples,
      value: samples.length === 0 ? trust.noSamples : trust.aPoint(Math.min(...samples), Math.max(...samples)),
      detail: trust.turns(schedule.turns, schedule.workers, record.merged !== undefined),
    },
    ...noiseFact(record, t),
    ...driftFact(record, t),
    ...sharesFact(record, t),
    { name: trust.verified, value: verified, detail: errors || undefined },
    {
      name: trust.outcomes,
      value: tally.ok === tally.all ? trust.allMeasured(tally.all) : t.tally(tally),
      detail: reasonsOf(record.cells, t) || undefined,
    },
    {
      name: trust.efficiency,
      value: schedule.efficiency === undefined ? "–" : formatShare(schedule.efficiency),
      detail: trust.ofMeasuring(schedule.wall.measureMs),
    },
    {
      name: record.analysedBy ? trust.measuredBy : trust.code,
      value: commitText(attnbench, trust),
      detail: `${codeDetail(attnbench, trust)}${kernels.length > 0 ? `, --kernels ${kernelsText(kernels)}` : ""}`,
    },
    ...analystFact(record, t),
    versionsFact(record, t),
    { name: trust.run, value: record.run, detail: `${trust.experiment(record.experiment.hash)}${partText(record, t)}` },
  ];
};

/** What the numbers rest on, at a glance. */
export const trustSection = (record: RunRecord, t: Messages): Html => html`
<section aria-label="${t.trust.label}"><dl class="trust">${factsOf(record, t).map(
  ({ name, value, detail }) =>
    html`<div><dt>${name}</dt><dd>${html`<bdi>${directed(value)}</bdi>`}${detail !== undefined && html`<small>${html`<bdi>${directed(detail)}</bdi>`}</small>`}</dd></div>`,
)}</dl></section>`;
