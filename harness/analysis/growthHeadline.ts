import { mixing } from "../../kernels/model/stageNames.ts";
import type { Factor, Kept, KeptOf, Less, ShareEnd, Span } from "../messages/en.ts";
import type { Messages } from "../messages/messages.ts";
import type { Fit } from "../record/derived.ts";
import type { Analysed } from "./answer.ts";
import { formatBytes, formatShare } from "./format.ts";
import { groupBy } from "./grouping.ts";
import { laterTokens } from "./laterTokens.ts";
import { sameShape } from "./series.ts";
import { shapePlaces } from "./shapePlaces.ts";
import { spanOf } from "./span.ts";
import { spokenArm } from "./spokenArm.ts";
import { textsAtOnce } from "./textsAtOnce.ts";

type Point = Fit["points"][number];

/** Growth that nobody would notice. */
const noticed = 1.05;

/** Of the next token whether it takes longer the more came before, else what twice the length, or what else was measured, takes each arm at the longest ones, or of a whole model what part of it attention takes, and what each keeps; nothing where none of these is known. `spoken`: arms by their names in a sentence. */
export const growthHeadline = (
  record: Analysed,
  labels: readonly string[],
  t: Messages,
  spoken: (label: string) => string = (label) => spokenArm(record, label, t),
): readonly string[] => {
  const emulated = record.environment.deviceClass === "software";
  const times = sharedFits(record, labels, "time");
  const bytes = sharedFits(record, labels, "stateBytes");
  const arms = labels.map((label, i) => ({ arm: spoken(label), fits: times[i] ?? [], kept: keptOf(bytes[i] ?? []) }));
  const step = stepOf(arms.flatMap(({ fits }) => fits));
  const longer = arms.flatMap(({ arm, fits }) => {
    const known = step === undefined ? undefined : factorOf(fits, step);
    return known ? [{ arm, factor: known.factor }] : [];
  });
  const shares = labels.flatMap((label) => {
    const ends = shareEnds(record, label);
    return ends.length === 0 ? [] : [{ arm: spoken(label), ends }];
  });
  const kept = arms.flatMap(({ arm, kept }) => (kept ? [{ arm, kept }] : []));
  const later = laterTokens(record, labels, t, spoken);
  const time =
    shares.length > 0 && shares.length === arms.length
      ? [t.headline.attention(emulated, shares)]
      : later !== undefined
        ? [later]
        : step !== undefined && longer.length === arms.length
          ? [t.headline.longer(step, longer)]
          : [];
  const memory = kept.length > 0 && kept.length === arms.length ? [keptText(record, bytes, kept, t)] : [];
  const parts = [...time, ...memory];
  return parts.length > 0 ? [t.headline.joined(parts)] : [];
};

const keptText = (record: Analysed, fits: readonly (readonly Fit[])[], kept: readonly { readonly arm: string; readonly kept: Kept }[], t: Messages): string => {
  const [more, less] = kept;
  const times = lessOf(fits);
  const of: KeptOf = { texts: textsAtOnce(record), by: shapePlaces(record, fits[0]?.map(({ series }) => series) ?? []).axis };
  return more && less && kept.length === 2 && times ? t.headline.keptLess(less, more, times, of) : t.headline.kept(kept.toReversed(), of);
};

const fitsOf = ({ fits }: Pick<Analysed, "fits">, label: string, metric: Fit["metric"]): readonly Fit[] =>
  fits.filter((fit) => fit.label === label && fit.metric === metric && fit.variable === "n" && fit.points.length > 0);

/**
 * The curves of each of these arms, of the shapes that all of them have: where a run was stopped or a shape did not fit, a span over all shapes of one arm stands beside one over some of
 * another's. All of them where none is shared.
 */
const sharedFits = (record: Analysed, labels: readonly string[], metric: Fit["metric"]): readonly (readonly Fit[])[] => {
  const all = labels.map((label) => fitsOf(record, label, metric));
  const shared = all.map((fits) => fits.filter(({ series }) => all.every((others) => others.some((other) => sameShape(other.series, series)))));
  return shared.every((fits) => fits.length > 0) ? shared : all;
};

/** What a curve was measured at near its end: the longest length with a shorter one that is `step` of it. */
const endOf = ({ points }: Fit, step: number): { readonly whole: Point; readonly part: Point } | undefined => {
  const longest = points.at(-1)?.x ?? 0;
  const ends = points.flatMap((whole) => {
    const part = points.find(({ x }) => Math.abs(x * step - whole.x) < 1e-9 * whole.x);
    return part && whole.x * 2 > longest ? [{ whole, part }] : [];
  });
  return ends.at(-1);
};

/** How many times a length all curves' ends can be told by: twice, or else what lies between their longest lengths and those before, where that is the same for all. */
const stepOf = (fits: readonly Fit[]): number | undefined => {
  const last = fits.map(({ points }) => {
    const longest = points.at(-1)?.x ?? 0;
    return longest / (points.findLast(({ x }) => x * 2 <= longest)?.x ?? Number.NaN);
  });
  return [2, last[0] ?? Number.NaN].find((step) => fits.length > 0 && fits.every((fit) => endOf(fit, step)));
};

/** A factor that is known less well than to this is not told. */
const widest = 2;

/** How many times as long the longest lengths take as those that are `step` of them, as measured; undefined where nobody knows. */
const factorOf = (fits: readonly Fit[], step: number): { readonly factor: Factor } | undefined => {
  const known = fits.flatMap((fit) => {
    const end = endOf(fit, step);
    return end ? [{ factor: end.whole.y / end.part.y, width: (end.whole.high / end.whole.low) * (end.part.high / end.part.low) }] : [];
  });
  if (known.length === 0 || !known.every(({ width }) => width <= widest)) return undefined;
  const factors = known.map(({ factor }) => factor);
  return { factor: Math.max(...factors) < noticed ? undefined : spanOf(factors, (times) => times.toFixed(1)) };
};

/** The largest n that all these curves have. */
const commonEnd = (fits: readonly Fit[]): number => Math.min(...fits.map(({ points }) => points.at(-1)?.x ?? 0));

const bytesAt = ({ points }: Fit, n: number): number => points.findLast(({ x }) => x <= n)?.y ?? 0;

/** The bytes of an arm of which these are the curves, at the largest n that all of them have; undefined where nothing is kept. */
const keptOf = (fits: readonly Fit[]): Kept | undefined => {
  const all = fits.flatMap(({ points }) => points.map(({ y }) => y));
  if (all.length === 0 || Math.max(...all) === 0) return undefined;
  const n = commonEnd(fits);
  return {
    bytes: spanOf(
      fits.map((fit) => bytesAt(fit, n)),
      formatBytes,
    ),
    n: fits.every(({ class: law }) => law === "O(1)") ? undefined : n,
  };
};

/** How many times less the second of two arms keeps than the first where that is told (keptOf), over all shapes; undefined where a shape has no other, or one arm more in one shape and less in another. */
const lessOf = ([more, less]: readonly (readonly Fit[])[]): Less | undefined => {
  if (!more?.length || !less?.length || more.length !== less.length) return undefined;
  const [moreEnd, lessEnd] = [commonEnd(more), commonEnd(less)];
  const ratios = more.flatMap((fit) => {
    const other = less.find(({ series }) => sameShape(series, fit.series));
    const bytes = other ? bytesAt(other, lessEnd) : 0;
    return bytes > 0 ? [bytesAt(fit, moreEnd) / bytes] : [];
  });
  if (ratios.length < more.length || (moreEnd !== lessEnd && less.some(({ class: law }) => law !== "O(1)"))) return undefined;
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  if (least >= noticed) return { kept: "less", least, most };
  if (most <= 1 / noticed) return { kept: "more", least: 1 / most, most: 1 / least };
  return least === 1 && most === 1 ? { kept: "same", least, most } : undefined;
};

/** Attention's share of a token's time at the least and the largest n at which an arm's stages were timed, over all shapes; none of other phases. */
const shareEnds = ({ cells }: Pick<Analysed, "cells">, label: string): readonly ShareEnd[] => {
  const told = cells.flatMap((cell) => {
    const share = cell.summary?.stages?.times.find(({ stage }) => stage === mixing)?.share.value;
    return cell.label !== label || share === undefined ? [] : [{ n: cell.n, share }];
  });
  const atN = [...groupBy(told, ({ n }) => `${n}`).values()].sort(([one], [other]) => (one?.n ?? 0) - (other?.n ?? 0));
  return [...new Set([atN[0], atN.at(-1)])].flatMap((end) => {
    const [first] = end ?? [];
    return first && end
      ? [
          {
            n: first.n,
            share: spanOf(
              end.map(({ share }) => share),
              formatShare,
            ) satisfies Span,
          },
        ]
      : [];
  });
};
