import type { Estimate } from "../../record/derived.ts";
import { every } from "../every.ts";
import { bracketed, formatCount, formatList, formatNumber, formatShare } from "../format.ts";
import { bytesGrowth } from "../stateBytes.ts";
import { type Claim, judged } from "./claim.ts";
import { type ClaimCurve, curveName, keepsCache, lawCurvesOf, slopesText } from "./curve.ts";
import { grows, hasOrder } from "./slope.ts";

/** FLOPs of one head, over the positions that a token looks at. */
const workOf = ({ cells }: ClaimCurve) => {
  const [first] = cells;
  const law = bytesGrowth(
    cells.map(({ n }) => n),
    cells.map(({ prepared }) => prepared?.flops.useful ?? 0),
  );
  const heads = (first?.heads ?? 1) * (first?.batch ?? 1);
  const { a, t0 } = law.coefficients ?? { a: undefined, t0: undefined };
  return { law: law.class, perPosition: (a?.value ?? 0) / heads, before: a && t0 ? t0.value / a.value : 0, dots: 2 * (first?.headDim ?? 0) };
};

/** Lengths of texts that models are known to think in. */
const long = 10_000;
const longest = 100_000;

/** Which part of a text's time at n is that of n², with its interval. */
const squareShare = ({ time }: ClaimCurve, n: number): Estimate | undefined => {
  if (!time?.coefficients) return undefined;
  const { t0, a, b } = time.coefficients;
  const share = (square: number, line: number, constant: number): number => (square > 0 ? 1 / (1 + line / (square * n) + constant / (square * n * n)) : 0);
  return { value: share(b.value, a.value, t0.value), low: share(b.low, a.high, t0.high), high: share(b.high, a.low, t0.low) };
};

/** Is the time of texts a square: where that part is there at all; not where the whole slope is below it without one. */
const isSquare = ({ time }: ClaimCurve) => {
  if (!time) return undefined;
  const bySlope = grows(time, "O(n²)");
  if (bySlope === true || (time.coefficients?.b.low ?? 0) > 0) return true;
  return bySlope === false && time.class !== "undecided" ? false : undefined;
};

export const softmaxClaims: readonly Claim[] = [
  {
    id: "S5",
    judge: (record) => {
      const curves = lawCurvesOf(record, keepsCache);
      const works = curves.map(workOf);
      const [first] = works;
      if (!first) return undefined;
      const counted = every(works.map(({ law }) => (law === "undecided" ? undefined : law === "O(n)")));
      const ofDots = first.perPosition / first.dots;
      const seesItself = works.some(({ before }) => before > 0);
      return judged({
        held: every([counted, ...curves.map(({ time }) => grows(time, "O(n)"))]),
        measured: `Slope of time over n: ${slopesText(curves)}. ${
          first.law === "O(n)"
            ? `Counted are ${formatCount(first.perPosition)} FLOPs a head and position (${curves[0] ? curveName(curves[0]) : ""}), over ${first.before > 0 ? `n + ${formatCount(first.before)}` : "n"} positions for n tokens before.`
            : `Counted FLOPs are ${first.law === "undecided" ? "of no known law" : first.law} in n.`
        }`,
        corrections: [
          seesItself && "The newest token is compared with itself too: L dot products.",
          ofDots > 1 && `Weighing values comes on top: with it a position costs ${formatNumber(ofDots)} times its dot product.`,
        ],
        would: "Larger n, or more turns, would tell.",
        evidence: "time",
      });
    },
  },
  {
    id: "S6",
    judge: ({ sharpness }) => {
      const [usual, last] = [sharpness?.points[0], sharpness?.points.at(-1)];
      if (!sharpness || !usual || !last) return undefined;
      const falls = sharpness.points.some(({ weight }, i) => weight < (sharpness.points[i - 1]?.weight ?? 0) - 1e-12);
      return judged({
        held: falls || last.off > 0.1 ? false : last.off < 0.001 ? true : undefined,
        measured: `With the run's inputs, in float64, of ${formatCount(sharpness.heads)} heads the furthest is off the nearest key's value by ${formatNumber(usual.off)} of its length at the usual scale and by ${formatNumber(last.off)} at ${formatCount(last.times)} times that; the nearest key's weight goes from ${formatShare(usual.weight)} to ${formatShare(last.weight)}.`,
        corrections: [
          usual.weight < 0.5 &&
            `At the scale that models use it is far from one: the nearest key has ${formatShare(usual.weight)} of the weight in that head, so that all keys count.`,
        ],
        would: "A larger scale would tell.",
        evidence: "sharpness",
      });
    },
  },
  {
    id: "S7",
    judge: (record) => {
      const curves = lawCurvesOf(record, keepsCache);
      if (curves.length === 0) return undefined;
      const early = curves
        .flatMap(({ time }) => (time?.slopes?.[0] ? [time.slopes[0]] : []))
        .filter((slope) => hasOrder(slope, 2) === false && slope.value < 2);
      const late = curves.filter(({ time }) => grows(time, "O(n²)") === false);
      const [slow] = early;
      return judged({
        held: every(curves.map(isSquare)),
        measured: `Slope of a text's time over n: ${slopesText(curves)}; ${formatList(curves.map((curve) => `${curveName(curve)} is ${curve.time?.class ?? "not timed"}`))}. With a cache.`,
        corrections: [
          slow && `Short texts grow more slowly, with slope ${bracketed(slow)} at n = ${formatCount(slow.x)}: there a token's fixed cost is most of it.`,
          late.length > 0 && "The square is not yet most of the time at the largest n.",
        ],
        would: "Longer texts would tell.",
        evidence: "time",
      });
    },
  },
  {
    id: "S8",
    judge: (record) => {
      const curves = lawCurvesOf(record, keepsCache);
      const shares = curves.flatMap((curve) => {
        const [at, atLongest] = [squareShare(curve, long), squareShare(curve, longest)];
        return at && atLongest ? [{ curve, at, atLongest }] : [];
      });
      const [first] = shares;
      if (curves.length === 0) return undefined;
      const isMost = (share: Estimate) => (share.low > 0.5 ? true : share.high < 0.5 ? false : undefined);
      const atLong = every(shares.map(({ at }) => isMost(at)));
      const atLongest = every(shares.map(({ atLongest: share }) => isMost(share)));
      return judged({
        held: atLong === true || atLongest === true ? true : atLongest,
        measured: first
          ? `By the fitted time of ${curveName(first.curve)}, n² is ${bracketed(first.at, formatShare)} of a text of ${formatCount(long)} tokens and ${bracketed(first.atLongest, formatShare)} of one of ${formatCount(longest)}: extrapolated from n = ${formatCount(first.curve.time?.points.at(-1)?.x ?? 0)}.`
          : "No law could be fitted.",
        corrections: [atLong !== true && `It is not known to be so at ${formatCount(long)} tokens, only at ${formatCount(longest)}.`],
        would: "Longer texts would tell.",
        evidence: "time",
      });
    },
  },
];
