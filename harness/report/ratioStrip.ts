import type { Messages } from "../messages/messages.ts";
import type { MetricComparison } from "../record/comparison.ts";
import { type Html, html } from "./html.ts";

/** Drawn a row of a table high, so that ratios of many cells stand under each other on one axis. px */
const widthPx = 220;
const heightPx = 18;
const marginPx = 6;

/** log of the widest change that fits on the axis, where the threshold is still seen. */
const mostReach = Math.log(20);

/** log of the widest change that an axis of these ratios shows. */
export const stripReach = (ratios: readonly MetricComparison[], threshold: number): number =>
  Math.min(
    mostReach,
    Math.max(
      Math.log1p(2 * threshold),
      ...ratios.flatMap(({ ratio, p }) => (ratio && p !== undefined ? [Math.abs(Math.log(ratio.low)), Math.abs(Math.log(ratio.high))] : [])),
    ),
  );

/** head ÷ base with its 95 % interval, on a logarithmic axis with 1 in its middle and the threshold on both sides; what lies beyond the axis ends in an arrow at its edge, and a ratio there has no dot. Undefined where there is no interval. */
export const ratioStrip = ({ ratio, p, verdict }: MetricComparison, threshold: number, reach: number): Html | undefined => {
  if (!ratio || p === undefined || !(ratio.low > 0) || !(ratio.high >= ratio.low) || !Number.isFinite(ratio.high)) return undefined;
  const half = widthPx / 2 - marginPx;
  const place = (value: number): string => (widthPx / 2 + half * Math.max(-1, Math.min(1, Math.log(value) / reach))).toFixed(1);
  const [low, middle, high, below, above] = [ratio.low, ratio.value, ratio.high, 1 / (1 + threshold), 1 + threshold].map(place);
  const y = heightPx / 2;
  const isBeyond = (value: number): boolean => Math.abs(Math.log(value)) > reach * (1 + 1e-9);
  const arrow = (end: number, inward: number): string => `M${(end + inward).toFixed(1)} ${y - 4}L${end} ${y}L${(end + inward).toFixed(1)} ${y + 4}`;
  const edges = [...new Set([ratio.low, ratio.high].filter(isBeyond).map((value) => (value < 1 ? marginPx : widthPx - marginPx)))];
  const arrows = edges.map((edge) => arrow(edge, edge === marginPx ? 4 : -4)).join("");
  return html`<svg class="strip ${verdict.toLowerCase()}" width="${widthPx}" height="${heightPx}" viewBox="0 0 ${widthPx} ${heightPx}" aria-hidden="true"><rect class="band" x="${below}" y="0" width="${(Number(above) - Number(below)).toFixed(1)}" height="${heightPx}"/><path class="one" d="M${widthPx / 2} 0V${heightPx}"/><path d="M${low} ${y}H${high}"/>${arrows !== "" && html`<path fill="none" d="${arrows}"/>`}${!isBeyond(ratio.value) && html`<circle cx="${middle}" cy="${y}" r="3.5"/>`}</svg>`;
};

/** The axis that strips of one reach stand under: 1 in its middle, and what its ends are, in words of `t`. */
export const stripScale = (reach: number, { comparison: { page } }: Messages): Html => {
  const [low = "", high = ""] = [-reach, reach].map((log) => `${Math.exp(log).toFixed(2)}×`);
  return html`<svg class="scale" width="${widthPx}" height="${heightPx}" viewBox="0 0 ${widthPx} ${heightPx}" role="img" aria-label="${page.scale(low, high)}"><text x="${marginPx}" y="13">${low}</text><text x="${widthPx / 2}" y="13" text-anchor="middle">1×</text><text x="${widthPx - marginPx}" y="13" text-anchor="end">${high}</text></svg>`;
};

/** CSS of strips. */
export const stripStyle = `.scale{display:block;min-width:${widthPx}px;font-size:11px;font-weight:400;fill:var(--muted)}.strip{display:block;min-width:${widthPx}px;stroke:var(--unsure);fill:var(--unsure);stroke-width:2}.strip .band{fill:var(--line);fill-opacity:.55;stroke:none}.strip .one{stroke:var(--muted);stroke-width:1}.strip.slower{stroke:var(--bad);fill:var(--bad)}.strip.faster{stroke:var(--good);fill:var(--good)}.word{font-weight:600;white-space:nowrap}.word.slower{color:var(--bad)}.word.faster{color:var(--good)}.gate.pass{color:var(--good)}.gate.fail{color:var(--bad)}`;
