/** A mark that has something to say, px within its chart. */
export interface Point {
  readonly series: string;
  readonly tip: readonly string[];
  readonly x: number;
  readonly y: number;
  /** half its width and height */
  readonly halfWidth: number;
  readonly halfHeight: number;
}

/** Points in the order in which they are stepped through: series as they first come, each from left to right. */
export const inSteps = (points: readonly Point[]): readonly Point[] => {
  const order = [...new Set(points.map(({ series }) => series))];
  return points.toSorted((one, other) => order.indexOf(one.series) - order.indexOf(other.series) || one.x - other.x);
};

export type Step = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown" | "Home" | "End";

/** Where a key leads from a place among `points` (in steps): along its series, or to the series before or after it, to what lies nearest there. */
export const stepped = (points: readonly Point[], at: number, step: Step): number => {
  const here = points[at];
  if (here === undefined) return points.length > 0 ? 0 : -1;
  if (step === "Home") return 0;
  if (step === "End") return points.length - 1;
  if (step === "ArrowLeft" || step === "ArrowRight") {
    const next = at + (step === "ArrowLeft" ? -1 : 1);
    return points[next]?.series === here.series ? next : at;
  }
  const order = [...new Set(points.map(({ series }) => series))];
  const series = order[order.indexOf(here.series) + (step === "ArrowUp" ? -1 : 1)];
  const there = points.map((point, i) => ({ i, away: Math.abs(point.x - here.x), series: point.series })).filter((one) => one.series === series);
  return there.reduce((best, one) => (one.away < best.away ? one : best), { i: at, away: Number.POSITIVE_INFINITY }).i;
};

/** The point nearest to a place, by its edge, no further than `reachPx`; -1 where there is none. */
export const nearest = (points: readonly Point[], x: number, y: number, reachPx: number): number => {
  let [best, least] = [-1, reachPx];
  points.forEach((point, i) => {
    const away = Math.hypot(Math.max(0, Math.abs(point.x - x) - point.halfWidth), Math.max(0, Math.abs(point.y - y) - point.halfHeight));
    // Of marks that lie on each other the last is on top.
    if (away <= least) [best, least] = [i, away];
  });
  return best;
};
