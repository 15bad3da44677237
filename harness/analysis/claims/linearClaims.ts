import type { Form } from "../../../kernels/mechanism.ts";
import type { Crossing, Slope } from "../../messages/en.ts";
import type { Crossover, SizeFit } from "../../record/derived.ts";
import type { CellRecord } from "../../record/run.ts";
import type { Analysed } from "../answer.ts";
import { every, type Verdict } from "../every.ts";
import { groupBy } from "../grouping.ts";
import { type Claim, judged } from "./claim.ts";
import { curveName, curvesOf, keepsCache, keepsState, lawCurvesOf, slopesText } from "./curve.ts";
import { cachedBytes } from "./memoryClaims.ts";
import { grows, hasOrder } from "./slope.ts";

/** Orders of the sum that the claim names. */
const orderForms: readonly Form[] = ["parallel", "recurrent", "chunk"];

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

const crossingsIn = (crossovers: readonly Crossover[]): readonly Crossing[] =>
  crossovers.flatMap(({ n, series, between }) => (n ? [{ n: n.value, arm: between[1], headDim: String(series.headDim) }] : []));

/** Time, state and work over the width of a head of all mechanisms that keep a state. */
const widthFits = (record: Analysed, is: (cell: CellRecord) => boolean): readonly SizeFit[] => {
  const labels = new Set(curvesOf(record, is).map(({ label }) => label));
  return (record.sizeFits ?? []).filter(({ label, variable }) => variable === "headDim" && labels.has(label));
};

const exponentsOf = (fits: readonly SizeFit[]): readonly Omit<Slope, "n">[] =>
  fits.flatMap(({ label, exponent }) => (exponent ? [{ exponent, curve: label }] : []));

/** Does time grow with the width as its square, or on the way there, with more than its first power: as softmax's does not. */
const widens = ({ exponent }: SizeFit): Verdict => {
  const isSquare = hasOrder(exponent, 2);
  if (!exponent || isSquare !== false) return isSquare;
  if (exponent.value > 2 || hasOrder(exponent, 0) === true) return false;
  return exponent.low > 1 ? true : undefined;
};

export const linearClaims: readonly Claim[] = [
  {
    id: "S15",
    judge: ({ cells }, t) => {
      const said = t.claims.found.S15;
      const all = cells.filter((cell) => keepsState(cell) && cell.runtime === undefined);
      if (all.length === 0) return undefined;
      const wrong = all.filter(({ outcome }) => outcome.status === "failed" && outcome.code === "wrongOutput");
      const ok = all.filter(({ outcome, prepared }) => outcome.status === "ok" && prepared);
      const byMechanism = [...groupBy(ok, ({ mechanism }) => mechanism)].map(([mechanism, own]) => ({
        mechanism,
        own,
        forms: [...new Set(own.map(({ form }) => form))],
      }));
      // Two forms say that they give the same where both went through the same text.
      const several = byMechanism
        .map((one) => ({ ...one, own: one.own.filter(({ n, form }) => one.own.some((other) => other.n === n && other.form !== form)) }))
        .filter(({ own }) => own.length > 0)
        .map((one) => ({ ...one, forms: [...new Set(one.own.map(({ form }) => form))] }));
      const own = several.flatMap((one) => one.own);
      const missing = orderForms.filter((form) => !several.some(({ forms }) => forms.includes(form)));
      const ns = own.map(({ n }) => n).sort((one, other) => one - other);
      const [least, most] = [errorAt(own, ns[0]), errorAt(own, ns.at(-1))];
      const worst = Math.max(0, ...own.map(({ prepared }) => (prepared ? prepared.maxError / prepared.tolerance : 0)));
      return judged(t, {
        held: wrong.length > 0 ? false : several.length > 0 ? worst <= 1 : undefined,
        measured: wrong.length > 0 ? said.wrong(wrong) : several.length > 0 ? said.agree(several, Math.max(least, most), worst) : said.oneForm(byMechanism),
        corrections: [
          several.length > 0 && missing.length > 0 && said.notComputed(missing),
          most > grown * least &&
            ns[0] !== ns.at(-1) &&
            said.rounding([
              { error: least, n: ns[0] ?? 0 },
              { error: most, n: ns.at(-1) ?? 0 },
            ]),
        ],
        would: said.would,
        evidence: "cells",
      });
    },
  },
  {
    id: "S16",
    judge: (record, t) => {
      const said = t.claims.found.S16;
      const curves = lawCurvesOf(record, keepsState);
      if (curves.length === 0) return undefined;
      const [cached] = lawCurvesOf(record, keepsCache);
      const alike = cached && curves.find(({ key }) => key.headDim === cached.key.headDim);
      const [cell, cachedCell] = [alike?.cells[0], cached?.cells[0]];
      const asTokens = cell?.stateBytes && cachedCell ? cell.stateBytes / (cachedCell.batch * cachedBytes(cachedCell)) : undefined;
      const later = crossoversOf(record).filter(({ outcome }) => outcome === "crosses" || outcome === "none");
      // By less than would make another law of it.
      const growing = curves.filter(({ time }) => time?.class !== "O(1)" && (time?.exponent?.low ?? 0) > 0);
      return judged(t, {
        held: every(curves.map(({ time }) => grows(time, "O(1)"))),
        measured: said.measured(slopesText(curves, t), asTokens === undefined ? undefined : { tokens: asTokens, curve: alike ? curveName(alike, t) : "" }),
        corrections: [growing.length > 0 && said.grows(slopesText(growing, t)), later.length > 0 && said.notLittle(crossingsIn(later))],
        would: said.would,
        evidence: "time",
      });
    },
  },
  {
    id: "S17",
    judge: (record, t) => {
      const said = t.claims.found.S17;
      const fits = widthFits(record, keepsState);
      const times = fits.filter(({ metric }) => metric === "time");
      const bytes = fits.filter(({ metric }) => metric === "stateBytes");
      if (fits.length === 0) return undefined;
      const counted = every(fits.map(({ work }) => (work === undefined ? undefined : work === "O(n²)")));
      const stored = every(bytes.map((fit) => (fit.class === "undecided" ? undefined : fit.class === "O(n²)")));
      const slower = times.filter(({ exponent }) => hasOrder(exponent, 2) !== true);
      const softmax = widthFits(record, keepsCache).filter(({ metric }) => metric === "time");
      return judged(t, {
        held: every([counted, stored, ...times.map(widens)]),
        byCounts: every([counted, stored]),
        measured: said.measured({
          labels: [...new Set(fits.map(({ label }) => label))],
          square: counted === true && stored === true,
          slopes: exponentsOf(times),
          softmax: softmax.length > 0 ? { slopes: exponentsOf(softmax), n: Number(softmax[0]?.series.n ?? 0) } : undefined,
          crossings: crossingsIn(crossoversOf(record)),
        }),
        corrections: [slower.length > 0 && said.below],
        would: said.would,
        evidence: "fits",
      });
    },
  },
];
