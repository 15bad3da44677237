import { formatCount, formatMs } from "../../analysis/format.ts";
import { runtimes } from "../../experiment/runtimes.ts";
import type { Messages } from "../../messages/messages.ts";
import type { PeerRatio } from "../../record/derived.ts";
import type { RunRecord } from "../../record/run.ts";
import { type Html, html } from "../html.ts";
import { seriesText } from "../outcome.ts";
import { type Column, name, table } from "../table.ts";

const columnsOf = (t: Messages): readonly Column<PeerRatio>[] => [
  { head: t.peers.ours, cell: ({ labels }) => name(labels[0]) },
  { head: t.peers.beside, cell: ({ labels }) => name(labels[1]) },
  { head: t.tables.at, cell: ({ series }) => seriesText(series) },
  { head: "n", numeric: true, cell: ({ n }) => formatCount(n) },
  { head: t.peers.oursWall, numeric: true, cell: ({ wallMs: [ours] }) => ours && formatMs(ours) },
  { head: t.peers.itsWall, numeric: true, cell: ({ wallMs: [, its] }) => its && formatMs(its) },
  { head: t.peers.oursIs, numeric: true, cell: ({ ratio }) => ratio && t.peers.speed(ratio) },
  { head: t.peers.because, cell: ({ note }) => note && name(note, t) },
];

/** Ours beside other runtimes on the same adapter; nothing where the experiment names none. */
export const peersSection = ({ peerRatios = [], environment }: RunRecord, t: Messages): Html | undefined => {
  if (peerRatios.length === 0) return undefined;
  const titles = [...new Set(peerRatios.map(({ runtime }) => runtimes[runtime].title))].join(", ");
  return html`
<section aria-labelledby="peers"><h2 id="peers">${t.figures.peers(titles)}</h2>
<p>${t.peers.explained(titles, Object.values(environment.peers ?? {}))}</p>
${table(t.peers.caption, columnsOf(t), peerRatios)}
</section>`;
};
