import type { GrowthClass } from "../../kernels/mechanism.ts";
import type { Fit } from "../record/run.ts";
import { type Growth, growthOf } from "./growth.ts";
import type { Spread } from "./resampling.ts";
import type { Series } from "./series.ts";
import { bytesGrowth } from "./stateBytes.ts";
import { percentileInterval } from "./statistics.ts";

/** The growth of time along one curve; undefined without a measured point. */
export const timeFit = (series: Series, spreadOf: (id: string) => Spread | undefined): Fit | undefined => {
  const measured = series.cells.flatMap((cell) => {
    const spread = spreadOf(cell.id);
    return spread ? [{ cell, spread }] : [];
  });
  const [first] = measured;
  if (!first) return undefined;
  const xs = measured.map(({ cell }) => cell.n);
  const ys = measured.map(({ spread }) => spread.estimate);
  const replicates = Array.from({ length: first.spread.replicates.length }, (_, r) => measured.map(({ spread }) => spread.replicates[r] ?? spread.estimate));
  const points = measured.map(({ cell, spread }) => {
    const { value, low, high } = percentileInterval(spread.estimate, spread.replicates);
    return { x: cell.n, y: value, low, high };
  });
  return described(series, "time", points, growthOf({ xs, ys, replicates }, "n"), first.cell.claim.time);
};

/** The growth of stateBytes along one curve; undefined where no cell knows its bytes. */
export const bytesFit = (series: Series): Fit | undefined => {
  const known = series.cells.flatMap((cell) => (cell.stateBytes === undefined ? [] : [{ cell, bytes: cell.stateBytes }]));
  const [first] = known;
  if (!first) return undefined;
  const points = known.map(({ cell, bytes }) => ({ x: cell.n, y: bytes, low: bytes, high: bytes }));
  const growth = bytesGrowth(
    points.map((point) => point.x),
    points.map((point) => point.y),
  );
  return described(series, "stateBytes", points, growth, first.cell.claim.stateBytes);
};

const described = (series: Series, metric: Fit["metric"], points: Fit["points"], { from, ...growth }: Growth, claim: GrowthClass): Fit => ({
  label: series.label,
  mechanism: series.mechanism,
  form: series.form,
  metric,
  variable: "n",
  series: series.key,
  points: points.slice(from),
  ...growth,
  claim,
  verdict: growth.class === "undecided" ? "undecided" : growth.class === claim ? "agrees" : "contradicted",
});
