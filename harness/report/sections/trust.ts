import { askedCrossovers, askedFits } from "../../analysis/asked.ts";
import { aboveCeiling, type CeilingShare, ceilingShareOf } from "../../analysis/ceilingShare.ts";
import { formatShare } from "../../analysis/format.ts";
import { groupBy } from "../../analysis/grouping.ts";
import { mainPair, spokenExtremes } from "../../analysis/headline.ts";
import { isWhole, measuredModel, modelBeside } from "../../analysis/measuredModel.ts";
import { otherPrograms } from "../../analysis/otherPrograms.ts";
import { failedSentences } from "../../analysis/outcomeSentences.ts";
import { areUnequal, pairSharesOf } from "../../analysis/pairShares.ts";
import { reachOfProjected, servedTogether } from "../../analysis/servingHeadline.ts";
import { shapePlaces } from "../../analysis/shapePlaces.ts";
import { speedUpOf } from "../../analysis/speedUp.ts";
import { spokenArm } from "../../analysis/spokenArm.ts";
import { unsteadyOf } from "../../analysis/warnings.ts";
import { runtimes } from "../../experiment/runtimes.ts";
import type { KnownFrom, Sides } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import { adapterName } from "../../record/adapterName.ts";
import { isChanged } from "../../record/code.ts";
import type { Crossover, Estimate, Summary } from "../../record/derived.ts";
import { kernelsText } from "../../record/kernelFolder.ts";
import type { RunRecord } from "../../record/run.ts";
import { driftOf } from "../charts/driftChart.ts";
import { type Html, html, shortened } from "../html.ts";
import { reasonsOf, tallyOf } from "../outcome.ts";
import { directed, said } from "../said.ts";
import { expectationTally, leadOf, warningsOf } from "./answer.ts";
import { longestQuestion, partedInSight, roomFor } from "./sight.ts";
import { verifiedTexts } from "./verified.ts";
import { warningSign } from "./warningSign.ts";

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

/** How far intervals reach from their medians: by their larger sides half of all reach no further than the first; none reaches further to either side than the second. Undefined without any. */
const widthsOf = (record: RunRecord): readonly [middle: number, worst: Sides] | undefined => {
  const sides = summariesOf(record)
    .map(({ medianMs, lowMs, highMs }): Sides => ({ below: 1 - lowMs / medianMs, above: highMs / medianMs - 1 }))
    .sort((one, other) => largerOf(one) - largerOf(other));
  const middle = sides[Math.floor(sides.length / 2)];
  const furthest = (side: keyof Sides): number => sides.reduce((most, one) => Math.max(most, one[side]), 0);
  return middle && [largerOf(middle), { below: furthest("below"), above: furthest("above") }];
};

const largerOf = ({ below, above }: Sides): number => Math.max(below, above);

const summariesOf = ({ cells }: RunRecord): readonly Summary[] =>
  cells.flatMap((cell) => (cell.summary === undefined || cell.composedOf ? [] : [cell.summary]));

const suresOf = (record: RunRecord, { sure }: Messages): readonly string[] => {
  const { measure } = record.experiment;
  const { schedule, environment } = record;
  const summaries = summariesOf(record);
  if (summaries.length === 0) return [sure.nothing];
  const shortest = Math.min(...summaries.map(({ medianMs }) => medianMs));
  const fits = askedFits(record);
  const undecided = fits.filter((fit) => fit.verdict === "undecided").length;
  return [
    sure.intervals(measure.precision),
    ...(environment.clock.stepNs > 0 ? [sure.shortest(shortest, (shortest * 1e6) / environment.clock.stepNs)] : []),
    ...(schedule.unmet.length > 0 ? [sure.wide(schedule.unmet.length, schedule.stopped === "maxTime")] : []),
    sure.covers,
    ...(undecided > 0 ? [sure.undecided(undecided, fits.length)] : []),
  ];
};

/** From the lowest end to the highest, of estimates of several shapes; undefined where a shape has none. */
const widestOf = (estimates: readonly (Estimate | undefined)[]): Estimate | undefined => {
  const known = estimates.flatMap((estimate) => estimate ?? []);
  const [first] = known;
  if (!first || known.length < estimates.length) return undefined;
  return { value: first.value, low: Math.min(...known.map(({ low }) => low)), high: Math.max(...known.map(({ high }) => high)) };
};

/** The same of how many times as fast, where the answer says that it is faster at all. */
const fasterOf = (speeds: readonly (Estimate | undefined)[]): Estimate | undefined =>
  speeds.length > 0 && speeds.every((speed) => speed && speed.value >= 1.05) ? widestOf(speeds) : undefined;

const inverseOf = (speed: Estimate | undefined): Estimate | undefined => speed && { value: 1 / speed.value, low: 1 / speed.high, high: 1 / speed.low };

/** How narrowly the answer's tokens a second are known, at the length that it ends with, and where they are projected that nobody knows. */
const servingSures = (record: RunRecord, pair: readonly string[], t: Messages): readonly string[] => {
  const served = servedTogether(record, pair);
  const reach = reachOfProjected(served);
  const rates = served.flatMap(({ label, n, from, tokensPerSecond }) =>
    tokensPerSecond && from === "measured" ? [{ n, arm: spokenArm(record, label, t), rate: tokensPerSecond }] : [],
  );
  return [...(rates[0] ? [t.sure.serving(rates[0].n, rates)] : []), ...(reach ? [t.sure.projected(reach)] : [])];
};

/** How narrowly it is known how much sooner states come back than they are computed anew, where the answer says that they all do. */
const broughtBackSures = (record: RunRecord, t: Messages): readonly string[] => {
  const ends = spokenExtremes(record, t);
  return ends ? [t.sure.broughtBack(ends.n, ends.least.arm === ends.most.arm ? [ends.least] : [ends.least, ends.most])] : [];
};

/** How narrowly the answer's n* and its factor are known, the widest of several shapes, and whether its arms use the device equally well; nothing where the answer has no pair. */
const answerSures = (record: RunRecord, t: Messages): readonly string[] => {
  const { experiment, cells } = record;
  const pair = mainPair({ ...record, crossovers: askedCrossovers(record) });
  const [first] = pair;
  if (experiment.serving) return servingSures(record, first ? [first.between[1], first.between[0]] : [], t);
  if (experiment.phase === "offload") return broughtBackSures(record, t);
  // The answer is of these two arms only where it is of attention alone.
  if (!first || experiment.text || cells.some(({ runtime }) => runtime !== undefined)) return [];
  const told = pair.filter(({ outcome, atLatest }) => outcome !== "undecided" || atLatest !== undefined);
  const faster = fasterOf(told.map((crossover) => speedUpOf(record.fits, crossover)?.times));
  const crossed = told.filter(({ n }) => n !== undefined);
  const below = fasterOf(crossed.map((crossover) => inverseOf(speedUpOf(record.fits, crossover, "smallest")?.times)));
  const sharesOf = pairSharesOf(record);
  const unequal = pair.flatMap((crossover) => {
    const near = sharesOf(crossover);
    return near && areUnequal(near) ? [near] : [];
  })[0];
  const froms = knownFroms(record, told);
  const programs = otherPrograms({ ...record, crossovers: askedCrossovers(record) }, pair).flatMap(({ label, crossovers }): readonly KnownFrom[] => {
    const n = widestOf(crossovers.map((crossover) => crossover.n));
    return n ? [{ place: label, n }] : [];
  });
  const [upper, lower] = first.between.map((label) => spokenArm(record, label, t));
  return [
    ...(froms.length > 0 || faster ? [t.sure.answer(froms, faster, below, told.length, froms.length > 0 ? programs : [])] : []),
    ...(unequal && told.length > 0 && upper !== undefined && lower !== undefined
      ? [
          t.sure.unequal(unequal.n, [
            { arm: upper, share: unequal.shares[0] },
            { arm: lower, share: unequal.shares[1] },
          ]),
        ]
      : []),
  ];
};

/** More shapes than these are told together. */
const mostShapes = 3;

/** n* of the shapes that have one, each by its place where these are few, else the widest of them all. */
const knownFroms = (record: RunRecord, crossovers: readonly Crossover[]): readonly KnownFrom[] => {
  const { places } = shapePlaces(
    record,
    crossovers.map(({ series }) => series),
  );
  const known = crossovers.flatMap(({ n }, i): readonly KnownFrom[] => (n ? [{ place: places[i] ?? "", n }] : []));
  const widest = widestOf(known.map(({ n }) => n));
  return known.length <= mostShapes || !widest ? known : [{ place: "", n: widest }];
};

/** A sentence that was cut, without the piece of a word or number at its end, and the words that lead to it. */
const atWord = (text: string): string => text.replace(/(?:[ ,:;(]+(?:at|and|for|of|in|n|=|[^ ]*…))+$/, " …");

interface Bullet {
  /** its words, by which its height is told */
  readonly text: string;
  readonly markup: Html;
  /** never folded away */
  readonly stays: boolean;
}

const bullet = (text: string, markup: Html | string = text, stays = false): Bullet => ({ text, markup: html`<li>${markup}</li>`, stays });

/** What failed, arm by arm, in words that need no table; another program's is named by that. */
const failuresOf = (record: RunRecord, t: Messages): readonly { readonly text: string; readonly isPeer: boolean }[] => {
  const failed = record.cells.filter(({ outcome }) => outcome.status === "failed");
  return [...groupBy(failed, ({ label, runtime }) => JSON.stringify([label, runtime]))].flatMap(([, alike]) => {
    const [first] = alike;
    if (!first) return [];
    const { label, runtime } = first;
    const own = (record.peerRatios ?? []).find(({ labels: [, peer] }) => peer === label)?.labels[0] ?? label;
    const arm = spokenArm(record, runtime === undefined ? label : own, t);
    const places = [...groupBy(alike, ({ outcome }) => ("code" in outcome ? outcome.code : ""))].map(([code, same]) => ({
      code,
      ns: [...new Set(same.map(({ n }) => n))],
    }));
    return [{ text: t.sure.failed(runtime === undefined ? arm : t.sure.within(arm, runtimes[runtime].title), places), isPeer: runtime !== undefined }];
  });
};

/**
 * What decides at a glance whether to believe the answer, the most important first: that a run is not whole or an arm of ours failed, that a CPU did it, what was expected and did not come, what another
 * program failed at, how narrowly the answer and all times are known; then that all is as expected, and a lesser warning.
 */
const glanceOf = (record: RunRecord, t: Messages): readonly Bullet[] => {
  const failures = failuresOf(record, t);
  const [ours, peers] = [failures.filter(({ isPeer }) => !isPeer), failures.filter(({ isPeer }) => isPeer)];
  const failed = new Set(failedSentences(record.cells, t));
  const outcomes = record.findings.filter(({ kind }) => kind === "outcome").map(({ text }) => text);
  const found = record.findings.filter(({ kind }) => kind === "warning").map(({ text }) => text);
  const all = warningsOf(record, t);
  const software = all.filter((text) => text === t.warning.software).map(() => t.page.emulationCaveat);
  const others = all.filter((text) => !found.includes(text) && text !== t.warning.software);
  const worst = [...outcomes.filter((text) => !failed.has(text)), ...ours.map(({ text }) => text)].slice(0, 1);
  const serious = [...worst, ...software, ...(worst.length + software.length > 0 ? [] : others.slice(0, 1))];
  const peer = peers.slice(0, 1).map(({ text }) => text);
  const lesser = serious.length > 0 ? [] : found.slice(0, 1);
  const hidden = outcomes.length + all.length - serious.length - peer.length - lesser.length;
  const warned = (text: string, i: number, mostCharacters: number): Bullet => {
    const shown = atWord(shortened(text, mostCharacters));
    const more = i === 0 && hidden > 0 ? t.sure.more(hidden) : "";
    return bullet(`\u26a0 ${shown} ${more}`, html`${warningSign}${said(shown, t)}${more !== "" && html` <a href="#found">${more}</a>`}`, true);
  };
  const widths = widthsOf(record);
  const unsteady = unsteadyOf(record);
  const noise = widths ? [t.sure.widths(...widths, unsteady)] : unsteady ? [t.sure.unsteady(unsteady.jumped, unsteady.pairs)] : [];
  const expected = expectationTally(record, t);
  const isMet = expected !== undefined && record.findings.every(({ kind, verdict }) => kind !== "expectation" || verdict === "pass");
  return [
    ...serious.map((text, i) => warned(text, i, 180)),
    ...(expected === undefined || isMet ? [] : [bullet(expected, expected, true)]),
    ...peer.map((text) => bullet(text, html`${warningSign}${said(text, t)}`)),
    ...[...answerSures(record, t), ...noise].map((text) => bullet(text, said(text, t))),
    ...(expected !== undefined && isMet ? [bullet(expected)] : []),
    ...lesser.map((text, i) => warned(text, i, 110)),
  ];
};

interface Limit {
  readonly what: string;
  /** in few words */
  readonly brief: string;
  readonly meaning: string;
}

/** Of a whole model that it is none of those that are in use: another than that whose plan it has, or one of random weights. */
const modelLimit = (record: RunRecord, { limits, measuredModel, joinSentences }: Messages): Limit => {
  const { meaning, moved, ...trained } = limits.model;
  const besides = record.experiment.phase === "offload" ? moved : meaning;
  const beside = modelBeside(record);
  if (beside === undefined || isWhole(beside)) return { ...trained, meaning: besides };
  return {
    what: measuredModel.itself(beside.title),
    brief: measuredModel.brief(beside),
    meaning: joinSentences([measuredModel.meaning(beside), besides]),
  };
};

/** What is left out. */
export const limitsOf = (record: RunRecord, t: Messages): readonly Limit[] => {
  const { experiment, environment, cells } = record;
  const { phase, model } = experiment;
  const { limits, joinSentences } = t;
  const { chunks, ...kernels } = limits.kernels;
  const forms = new Set(cells.filter((cell) => cell.phase === "prefill" && cell.family === "linear").map(({ form }) => form));
  const byChunksAlone = environment.deviceClass === "software" && forms.has("chunk") && forms.size === 1;
  const layer = model ? undefined : limits.layer[phase];
  return [
    layer === undefined ? modelLimit(record, t) : { what: limits.rest, brief: layer, meaning: limits.around(phase === "offload") },
    limits.quality,
    environment.deviceClass === "software" ? limits.gpu : limits.devices,
    byChunksAlone ? { ...kernels, meaning: joinSentences([kernels.meaning, chunks]) } : kernels,
  ];
};

/** The two boxes under the answer: how sure it is, of which the least is folded where all would not be seen without scrolling, and what it leaves out. */
export const limitsSection = (record: RunRecord, t: Messages): Html => {
  const { question, title } = record.experiment;
  const room = roomFor({ question: shortened(question ?? title, longestQuestion), hasModel: measuredModel(record, t) !== undefined, leads: leadOf(record, t) });
  const { seen, folded } = partedInSight(glanceOf(record, t), room);
  return html`
<section class="boxes">
<div><h2 id="sure">${t.sure.heading}</h2><ul>${seen.map(({ markup }) => markup)}</ul>
<details><summary>${t.sure.restsOn}</summary><ul>${folded.map(({ markup }) => markup)}${suresOf(record, t).map((text) => html`<li>${text}</li>`)}</ul></details></div>
<div><h2>${t.limits.heading}</h2><ul>${limitsOf(record, t).map(({ what, brief }) => html`<li><strong>${what}</strong> ${brief}</li>`)}</ul>
<details><summary>${t.limits.meaning}</summary><ul>${limitsOf(record, t).map(({ what, meaning }) => html`<li><strong>${what}</strong> ${meaning}</li>`)}</ul></details></div>
</section>`;
};
