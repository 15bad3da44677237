import type { Crossover, SizeFit } from "../../record/derived.ts";
import type { CellRecord } from "../../record/run.ts";
import type { Analysed } from "../answer.ts";
import { every, type Verdict } from "../every.ts";
import { bracketed, formatCount, formatList, formatNumber } from "../format.ts";
import { groupBy } from "../grouping.ts";
import { type Claim, judged } from "./claim.ts";
import { curveName, curvesOf, keepsCache, keepsState, lawCurvesOf, slopesText } from "./curve.ts";
import { cachedBytes } from "./memoryClaims.ts";
import { grows, hasOrder } from "./slope.ts";

/** Rounding is told to grow where the largest error of the longest text is so many times that of the shortest. */
const grown = 2;

const errorAt = (cells: readonly CellRecord[], n: number | undefined): number =>
  Math.max(0, ...cells.filter((cell) => cell.n === n).map(({ prepared }) => prepared?.maxError ?? 0));

/** Crossovers in time of softmax that keeps a cache with a mechanism that keeps a state. */
const crossoversOf = (record: Analysed): readonly Crossover[] => {
  const labels = (is: (cell: CellRecord) => boolean) => new Set(curvesOf(record, is).map(({ label }) => label));
  const [soft, linear] = [labels(keepsCache), labels(keepsState)];
  return record.crossovers.filter(({ metric, between }) => metric === "time" && soft.has(between[0]) && linear.has(between[1]));
};

const crossingsText = (crossovers: readonly Crossover[]): string =>
  formatList(crossovers.flatMap(({ n, series, between }) => (n ? [`${formatCount(n.value)} for ${between[1]} at headDim ${series.headDim}`] : [])));

/** Time, state and work over the width of a head of all mechanisms that keep a state. */
const widthFits = (record: Analysed, is: (cell: CellRecord) => boolean): readonly SizeFit[] => {
  const labels = new Set(curvesOf(record, is).map(({ label }) => label));
  return (record.sizeFits ?? []).filter(({ label, variable }) => variable === "headDim" && labels.has(label));
};

const exponentsText = (fits: readonly SizeFit[]): string =>
  formatList(fits.flatMap(({ label, exponent }) => (exponent ? [`${bracketed(exponent)} (${label})`] : []))) || "not known";

/** Does time grow with the width as its square, or at least clearly, where the fixed cost of a step is still a part of it. */
const widens = ({ exponent }: SizeFit): Verdict => {
  const isSquare = hasOrder(exponent, 2);
  if (!exponent || isSquare !== false) return isSquare;
  const grown = hasOrder(exponent, 0);
  return exponent.value > 2 || grown === true ? false : grown === false ? true : undefined;
};

export const linearClaims: readonly Claim[] = [
  {
    id: "S15",
    judge: ({ cells }) => {
      const all = cells.filter((cell) => keepsState(cell) && cell.runtime === undefined);
      if (all.length === 0) return undefined;
      const wrong = all.filter(({ outcome }) => outcome.status === "failed" && outcome.code === "wrongOutput");
      const ok = all.filter(({ outcome, prepared }) => outcome.status === "ok" && prepared);
      const byMechanism = [...groupBy(ok, ({ mechanism }) => mechanism)].map(([mechanism, own]) => ({
        mechanism,
        own,
        forms: [...new Set(own.map(({ form }) => form))],
      }));
      const several = byMechanism.filter(({ forms }) => forms.length > 1);
      const own = several.flatMap((one) => one.own);
      const ns = own.map(({ n }) => n).sort((one, other) => one - other);
      const [least, most] = [errorAt(own, ns[0]), errorAt(own, ns.at(-1))];
      const worst = Math.max(0, ...own.map(({ prepared }) => (prepared ? prepared.maxError / prepared.tolerance : 0)));
      return judged({
        held: wrong.length > 0 ? false : several.length > 0 ? worst <= 1 : undefined,
        measured:
          wrong.length > 0
            ? `${formatList(wrong.map(({ label, n }) => `${label} at n = ${formatCount(n)}`))} differed from the float64 reference by more than rounding.`
            : several.length > 0
              ? `${formatList(several.map(({ mechanism, forms }) => `${mechanism} as ${formatList(forms)}`))} agree with one float64 reference to ${formatNumber(Math.max(least, most))} of a row's size at most, ${formatNumber(worst)} of what rounding may be.`
              : `Only one form was verified: ${formatList(byMechanism.map(({ mechanism, forms }) => `${mechanism} as ${formatList(forms)}`)) || "none"}.`,
        corrections: [
          most > grown * least &&
            ns[0] !== ns.at(-1) &&
            `In f32 it is so but for rounding, which grows with the text: ${formatNumber(least)} at n = ${formatCount(ns[0] ?? 0)}, ${formatNumber(most)} at n = ${formatCount(ns.at(-1) ?? 0)}.`,
        ],
        would: "Two forms of one mechanism would tell.",
        evidence: "cells",
      });
    },
  },
  {
    id: "S16",
    judge: (record) => {
      const curves = lawCurvesOf(record, keepsState);
      if (curves.length === 0) return undefined;
      const [cached] = lawCurvesOf(record, keepsCache);
      const alike = cached && curves.find(({ key }) => key.headDim === cached.key.headDim);
      const [cell, cachedCell] = [alike?.cells[0], cached?.cells[0]];
      const asTokens = cell?.stateBytes && cachedCell ? cell.stateBytes / (cachedCell.batch * cachedBytes(cachedCell)) : undefined;
      const later = crossoversOf(record).filter(({ outcome }) => outcome === "crosses" || outcome === "none");
      return judged({
        held: every(curves.map(({ time }) => grows(time, "O(1)"))),
        measured: `Slope of time over n: ${slopesText(curves)}${asTokens === undefined ? "" : `. The state that each token reads and writes is as large as the keys and values of ${formatCount(asTokens)} tokens (${alike ? curveName(alike) : ""})`}.`,
        corrections: [
          later.length > 0 &&
            `The same is not little: ${crossingsText(later) === "" ? "softmax is faster at every n measured" : `softmax is faster up to n = ${crossingsText(later)}`}.`,
        ],
        would: "More turns, which narrow intervals, would tell.",
        evidence: "time",
      });
    },
  },
  {
    id: "S17",
    judge: (record) => {
      const fits = widthFits(record, keepsState);
      const times = fits.filter(({ metric }) => metric === "time");
      const bytes = fits.filter(({ metric }) => metric === "stateBytes");
      if (fits.length === 0) return undefined;
      const counted = every(fits.map(({ work }) => (work === undefined ? undefined : work === "O(n²)")));
      const stored = every(bytes.map((fit) => (fit.class === "undecided" ? undefined : fit.class === "O(n²)")));
      const slower = times.filter(({ exponent }) => hasOrder(exponent, 2) !== true);
      const softmax = widthFits(record, keepsCache).filter(({ metric }) => metric === "time");
      const crossings = crossingsText(crossoversOf(record));
      return judged({
        held: every([counted, stored, ...times.map(widens)]),
        measured: `FLOPs and state of ${formatList([...new Set(fits.map(({ label }) => label))])} ${counted && stored ? "grow as the square of headDim" : "do not follow the square of headDim"}; slope of time over headDim: ${exponentsText(times)}${softmax.length > 0 ? `, of softmax ${exponentsText(softmax)} at n = ${formatCount(Number(softmax[0]?.series.n ?? 0))}` : ""}${crossings === "" ? "" : `; n* is ${crossings}`}.`,
        corrections: [slower.length > 0 && "At these widths time is still below the square: a step has a cost that no width changes."],
        would: "Wider heads, or more turns, would tell.",
        evidence: "fits",
      });
    },
  },
];
