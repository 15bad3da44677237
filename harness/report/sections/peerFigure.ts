import { formatCount, formatTimes } from "../../analysis/format.ts";
import { groupBy } from "../../analysis/grouping.ts";
import { inverseRatio } from "../../analysis/inverseRatio.ts";
import { briefNote } from "../../analysis/peerHeadline.ts";
import { describeKey } from "../../analysis/series.ts";
import { runtimes } from "../../experiment/runtimes.ts";
import type { Messages } from "../../messages/messages.ts";
import type { Estimate, PeerRatio } from "../../record/derived.ts";
import type { RunRecord } from "../../record/run.ts";
import { type Html, html, shortened } from "../html.ts";
import { directed } from "../said.ts";

/** More comparisons than these are in the table alone: each arm at its longest text, and of these the first. */
const mostRows = 8;

const rowHeightPx = 20;

/** Room at both ends of the axis for a dot and for words. % */
const margin = 4;

/** Longest of a text for each arm and shape, in the order of the run. */
const longestOf = (all: readonly PeerRatio[]): readonly PeerRatio[] =>
  [...groupBy(all, ({ runtime, labels: [own], series }) => JSON.stringify([runtime, own, series])).values()].flatMap(
    (alike) => alike.find(({ n, ratio }) => ratio && alike.every((other) => !other.ratio || other.n <= n)) ?? alike.slice(-1),
  );

const strip = ({ value, low, high }: Estimate, place: (times: number) => string): Html => {
  const y = rowHeightPx / 2;
  const verdict = low > 1 ? "faster" : high < 1 ? "slower" : "close";
  return html`<svg class="peer ${verdict}" width="100%" height="${rowHeightPx}" aria-hidden="true"><line class="one" x1="${place(1)}" x2="${place(1)}" y1="0" y2="${rowHeightPx}"/><line x1="${place(low)}" x2="${place(high)}" y1="${y}" y2="${y}"/><circle cx="${place(value)}" cy="${y}" r="4"/></svg>`;
};

/** How many times as fast ours is as the other runtime, a line each with its interval on one axis, as it stands beside the answer; undefined where nothing is compared. */
export const leadingPeersFigure = (record: RunRecord, t: Messages): Html | undefined => {
  const all = (record.peerRatios ?? []).filter(({ phase }) => phase !== "probe");
  if (!all.some(({ ratio }) => ratio)) return undefined;
  const shown = longestOf(all).slice(0, mostRows);
  const keys = all.map(({ series }) => series);
  const titles = [...new Set(all.map(({ runtime }) => runtimes[runtime].title))].join(", ");
  const ends = shown.flatMap(({ ratio }) => (ratio ? [1 / ratio.high, 1 / ratio.low] : []));
  const [least, most] = [Math.log(Math.min(1, ...ends)), Math.log(Math.max(1, ...ends))];
  const place = (times: number): string => `${(margin + ((100 - 2 * margin) * (Math.log(times) - least)) / Math.max(most - least, 1e-9)).toFixed(2)}%`;
  return html`
<figure id="beside-peers" class="peers" aria-labelledby="beside-peers-heading">
<h3 id="beside-peers-heading">${t.peers.drawn(titles)}</h3>
<ul>${shown.map((one) => {
    const { labels, n, ratio, series } = one;
    const times = ratio && inverseRatio(ratio);
    const shape = describeKey(series, keys);
    const what = `${shortened(labels[0], 40)}, n = ${formatCount(n)}${shape === "" ? "" : `, ${shape}`}`;
    return html`<li><span><bdi>${directed(what)}</bdi></span> <b>${times ? t.peers.times(times) : t.peers.not}</b>${times ? strip(times, place) : html`<small>${briefNote(record, one, t)}</small>`}</li>`;
  })}</ul>
<svg class="peer axis" width="100%" height="${rowHeightPx}" aria-hidden="true">${axisOf(least, most).map((times) => html`<line class="one" x1="${place(times)}" x2="${place(times)}" y1="0" y2="4"/><text x="${place(times)}" y="16" text-anchor="middle">${formatTimes(times)}×</text>`)}</svg>
<figcaption><p>${t.peers.drawnKey(titles)} <a href="#peers">${t.peers.toTable}</a></p></figcaption>
</figure>`;
};

/** 1 and, where they are far enough from it to be read apart, both ends. Logs in, ratios out. */
const axisOf = (least: number, most: number): readonly number[] => {
  const apart = (most - least) / 6;
  return [...(least < -apart ? [Math.exp(least)] : []), 1, ...(most > apart ? [Math.exp(most)] : [])];
};

/** CSS of the figure. */
export const peersFigureStyle = `figure.peers ul{list-style:none;margin:8px 0 0;padding:0}figure.peers li{margin:0 0 6px;display:grid;grid-template-columns:1fr auto;gap:0 8px}figure.peers li>svg,figure.peers li>small{grid-column:1/-1}figure.peers b{font-variant-numeric:tabular-nums}.peer{display:block;overflow:visible;stroke:var(--unsure);fill:var(--unsure);stroke-width:2}.peer .one{stroke:var(--muted);stroke-width:1}.peer.faster{stroke:var(--good);fill:var(--good)}.peer.slower{stroke:var(--bad);fill:var(--bad)}.peer text{stroke:none;fill:var(--muted);font-size:11px}`;
