import { type Preset, presets } from "../../../kernels/model/presets.ts";
import type { Estimate } from "../../record/derived.ts";
import { every, type Verdict } from "../every.ts";
import { bytesGrowth } from "../stateBytes.ts";
import { type Claim, judged } from "./claim.ts";
import { type ClaimCurve, curveName, keepsCache, lawCurvesOf, slopesText } from "./curve.ts";
import { isParabola, type Later, laterOf, long, longest, type Order, partOf, usual } from "./later.ts";
import { grows, hasOrder } from "./slope.ts";
import { evenWithWeights } from "./weights.ts";

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

/** Attention's share of the multiply-adds of a whole text of n tokens: half of what the last of them takes in the mean. */
const shareOfText = (n: number): number => n / (n + 2 * evenWithWeights(wholeModel));

/** A parabola with a square in it is among the laws that the points leave: a power between line and square, or steps, are followed by none. */
const mayBeSquare = ({ time }: ClaimCurve): boolean => time?.class === "O(n²)" || (time?.class === "undecided" && time.candidates.includes("O(n²)"));

/**
 * Is the time of texts a square, or clearly on its way from a line to one: where a parabola follows the points, that part of it is there, and the slope is a line's no longer. A line up to the
 * largest n may be one as well, later.
 */
const isSquare = (curve: ClaimCurve): Verdict => {
  const { time } = curve;
  if (!time) return undefined;
  const bySlope = grows(time, "O(n²)");
  if (bySlope === true) return true;
  const leavesLine = (time.coefficients?.b.low ?? 0) > 0 && hasOrder(time.exponent, 1) === false && (time.exponent?.value ?? 0) > 1;
  if (mayBeSquare(curve) && leavesLine && (time.exponent?.value ?? 0) < 2) return true;
  const later = laterOf(curve, 2);
  if (later?.held !== undefined) return later.held;
  // No square's slope, and another law, or several that are left without it. Where none is left nothing is known.
  return bySlope === false && !later && !mayBeSquare(curve) && (time.class !== "undecided" || time.candidates.length > 0) ? false : undefined;
};

/** Laws above a line, which a slope near 1 at the largest n may be on its way to. */
const steeper: ReadonlySet<string | undefined> = new Set(["O(n log n)", "O(n²)", "O(n³)"]);

/** Does a token's time grow as a line, or will it. */
const isLine = (curve: ClaimCurve): Verdict => {
  if (steeper.has(curve.time?.class)) return false;
  const bySlope = grows(curve.time, "O(n)");
  const later = bySlope === false ? laterOf(curve, 1) : undefined;
  return later ? later.held : bySlope;
};

/** The first of the curves that show what is said of them beyond the lengths that were measured alone. */
const lateOf = (curves: readonly ClaimCurve[], order: Order): Later | undefined =>
  curves.map((curve) => laterOf(curve, order)).find((later) => later?.held === true);

/** What a text of n tokens takes by the fitted parabola, ms. */
const textMs = ({ time }: ClaimCurve, n: number): Estimate | undefined => {
  if (!time?.coefficients) return undefined;
  const { t0, a, b } = time.coefficients;
  const at = (end: keyof Estimate): number => t0[end] + a[end] * n + b[end] * n * n;
  return { value: at("value"), low: at("low"), high: at("high") };
};

/** The published model that tells what attention is a part of. */
const wholeModel: Preset = presets["llama3-8b"];

export const softmaxClaims: readonly Claim[] = [
  {
    id: "S5",
    judge: (record, t) => {
      const said = t.claims.found.S5;
      const curves = lawCurvesOf(record, keepsCache);
      const works = curves.map(workOf);
      const [first] = works;
      if (!first) return undefined;
      const counted = every(works.map(({ law }) => (law === "undecided" ? undefined : law === "O(n)")));
      const ofDots = first.perPosition / first.dots;
      const late = lateOf(curves, 1);
      const seesItself = works.some(({ before }) => before > 0);
      return judged(t, {
        held: every([counted, ...curves.map(isLine)]),
        byCounts: counted,
        measured: said.measured(
          slopesText(curves, t),
          first.law === "O(n)" ? { ...first, curve: curves[0] ? curveName(curves[0], t) : "" } : { notLine: first.law },
        ),
        counted: [seesItself && said.seesItself, ofDots > 1 && said.values(ofDots)],
        corrections: [late && said.later(late.upTo, late.from)],
        would: said.would,
        evidence: "time",
      });
    },
  },
  {
    id: "S6",
    judge: ({ sharpness }, t) => {
      const said = t.claims.found.S6;
      const [usual, last] = [sharpness?.points[0], sharpness?.points.at(-1)];
      if (!sharpness || !usual || !last) return undefined;
      const farthest = Math.max(last.off, last.kernelOff ?? 0);
      const falls = sharpness.points.some(({ weight }, i) => weight < (sharpness.points[i - 1]?.weight ?? 0) - 1e-12);
      return judged(t, {
        held: falls || farthest > 0.1 ? false : farthest < 0.001 ? true : undefined,
        measured: said.measured(sharpness.heads, usual, last),
        corrections: [usual.weight < 0.5 && said.allCount(usual.weight)],
        would: said.would,
        evidence: "sharpness",
      });
    },
  },
  {
    id: "S7",
    judge: (record, t) => {
      const said = t.claims.found.S7;
      const curves = lawCurvesOf(record, keepsCache);
      if (curves.length === 0) return undefined;
      const early = curves
        .flatMap(({ time }) => (time?.slopes?.[0] ? [time.slopes[0]] : []))
        .filter((slope) => hasOrder(slope, 2) === false && slope.value < 2);
      const unsquare = curves.filter(({ time }) => grows(time, "O(n²)") !== true);
      const late = lateOf(unsquare, 2);
      const [slow] = early;
      return judged(t, {
        held: every(curves.map(isSquare)),
        measured: said.measured(
          slopesText(curves, t),
          curves.map((curve) => ({ curve: curveName(curve, t), law: curve.time?.class })),
        ),
        corrections: [
          slow && said.slowStart(slow, slow.x),
          late && late.from > late.upTo ? said.later(late.upTo, late.from) : unsquare.length > 0 && said.notYetMost,
        ],
        would: said.would,
        evidence: "time",
      });
    },
  },
  {
    id: "S8",
    judge: (record, t) => {
      const said = t.claims.found.S8;
      const curves = lawCurvesOf(record, keepsCache);
      // Of a curve that no parabola follows, the parts of one say nothing.
      const shares = curves.filter(isParabola).flatMap((curve) => {
        const [at, atLongest] = [partOf(curve, 2, long), partOf(curve, 2, longest)];
        return at && atLongest ? [{ curve, at, atLongest }] : [];
      });
      const [first] = shares;
      if (curves.length === 0) return undefined;
      const isMost = (share: Estimate) => (share.low > 0.5 ? true : share.high < 0.5 ? false : undefined);
      // A curve without a fitted law says nothing, and so is not left out.
      const unknown = curves.slice(shares.length).map(() => undefined);
      const atLong = every([...shares.map(({ at }) => isMost(at)), ...unknown]);
      const atLongest = every([...shares.map(({ atLongest: share }) => isMost(share)), ...unknown]);
      const ofWhole = said.ofWhole(
        wholeModel.title,
        [long, longest].map((n) => ({ n, share: shareOfText(n) })),
        evenWithWeights(wholeModel),
      );
      const held = atLong === true || atLongest === true ? true : atLongest;
      // What is huge of attention alone is not yet most of a model's work.
      const isLesserPart = shareOfText(long) < 0.5;
      const ofAttention = first
        ? said.measured(
            curveName(first.curve, t),
            [usual, long, longest].flatMap((n) => {
              const ms = textMs(first.curve, n);
              return ms ? [{ n, ms }] : [];
            }),
            [
              { share: first.at, n: long },
              { share: first.atLongest, n: longest },
            ],
            first.curve.time?.points.at(-1)?.x ?? 0,
          )
        : said.noLaw;
      return judged(t, {
        held,
        measured: isLesserPart ? ofAttention : t.joinSentences([ofAttention, ofWhole]),
        counted: [held === true && atLong !== true && said.onlyLater(long, longest), isLesserPart && ofWhole],
        would: said.would,
        evidence: "time",
        numbers: { ...Object.fromEntries([long, longest].map((n) => [`shareAt${n}`, shareOfText(n)])), evenWithWeights: evenWithWeights(wholeModel) },
      });
    },
  },
];
