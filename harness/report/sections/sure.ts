import { askedCrossovers, askedFits } from "../../analysis/asked.ts";
import { groupBy } from "../../analysis/grouping.ts";
import { mainPair, spokenExtremes } from "../../analysis/headline.ts";
import { otherPrograms } from "../../analysis/otherPrograms.ts";
import { failedSentences } from "../../analysis/outcomeSentences.ts";
import { areUnequal, pairSharesOf } from "../../analysis/pairShares.ts";
import { reachOfProjected, servedTogether } from "../../analysis/servingHeadline.ts";
import { shapePlaces } from "../../analysis/shapePlaces.ts";
import { speedUpOf } from "../../analysis/speedUp.ts";
import { spokenArm } from "../../analysis/spokenArm.ts";
import { unsteadyOf } from "../../analysis/warnings.ts";
import { runtimes } from "../../experiment/runtimes.ts";
import type { KnownFrom } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { Crossover, Estimate } from "../../record/derived.ts";
import type { RunRecord } from "../../record/run.ts";
import { type Html, html, shortened } from "../html.ts";
import { said } from "../said.ts";
import { summariesOf, widthsOf } from "../widths.ts";
import { expectationTally, warningsOf } from "./answer.ts";
import { warningSign } from "./warningSign.ts";

/** What an answer rests on, for who opens it. */
export const suresOf = (record: RunRecord, { sure }: Messages): readonly string[] => {
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

export interface Bullet {
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
export const glanceOf = (record: RunRecord, t: Messages): readonly Bullet[] => {
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
