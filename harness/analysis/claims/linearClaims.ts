import type { Form } from "../../../kernels/mechanism.ts";
import { elementBytes } from "../../../kernels/plan.ts";
import type { Crossing, Slope } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
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

/** Of a fit along headDim, where values do not become wider with keys. */
const fixedValuesOf = ({ series }: SizeFit): number | undefined => (series.headDimV === undefined ? undefined : Number(series.headDimV));

const exponentsOf = (fits: readonly SizeFit[], t: Messages): readonly Omit<Slope, "n">[] =>
  fits.flatMap((fit) => {
    const headDimV = fixedValuesOf(fit);
    const curve = headDimV === undefined ? fit.label : t.claims.found.S17.fixedValues(fit.label, headDimV);
    return fit.exponent ? [{ exponent: fit.exponent, curve }] : [];
  });

/** How the product of both widths grows along a fit's headDim: as its square where values are as wide, as a line where their width stays. */
const productOf = (fit: SizeFit) => (fixedValuesOf(fit) === undefined ? ({ order: 2, law: "O(n²)" } as const) : ({ order: 1, law: "O(n)" } as const));

/** Does time grow with the width as the product does, or on the way there, with more than half that power: as softmax's does not where values are as wide. */
const widens = (fit: SizeFit): Verdict => {
  const { order } = productOf(fit);
  const { exponent } = fit;
  const isProduct = hasOrder(exponent, order);
  if (!exponent || isProduct !== false) return isProduct;
  if (exponent.value > order || hasOrder(exponent, 0) === true) return false;
  return exponent.low > order / 2 ? true : undefined;
};

/** A sum of keys stands beside the state. */
const isNormalized = ({ parameters }: CellRecord): boolean => parameters.normalized === true;

/** Are a cell's state bytes those of headDim × headDimV numbers a head, to the byte. */
const isProduct = (cell: CellRecord): boolean => {
  const { batch, heads, headDim, headDimV, stateDtype } = cell;
  return cell.stateBytes === batch * heads * headDim * (headDimV + (isNormalized(cell) ? 1 : 0)) * elementBytes[stateDtype];
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
      if (fits.length === 0) return undefined;
      const counted = every(fits.map((fit) => (fit.work === undefined ? undefined : fit.work === productOf(fit).law)));
      const kept = curvesOf(record, keepsState).flatMap(({ cells }) => cells.filter(({ runtime }) => runtime === undefined));
      const stored = every(kept.map(isProduct));
      const slower = times.filter((fit) => hasOrder(fit.exponent, productOf(fit).order) !== true);
      const softmax = widthFits(record, keepsCache).filter(({ metric }) => metric === "time");
      return judged(t, {
        held: every([counted, stored, ...times.map(widens)]),
        byCounts: every([counted, stored]),
        measured: said.measured({
          labels: [...new Set(fits.map(({ label }) => label))],
          cells: kept.length,
          isStored: stored === true,
          hasNormalizer: kept.some(isNormalized),
          isCounted: counted,
          slopes: exponentsOf(times, t),
          softmax: softmax.length > 0 ? { slopes: exponentsOf(softmax, t), n: Number(softmax[0]?.series.n ?? 0) } : undefined,
          crossings: crossingsIn(crossoversOf(record)),
        }),
        counted: [fits.every((fit) => fixedValuesOf(fit) === undefined) && said.equalWidths],
        corrections: [slower.length > 0 && said.below],
        would: said.would,
        evidence: "fits",
      });
    },
  },
];
