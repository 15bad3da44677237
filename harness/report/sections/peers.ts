import { formatCount, formatMs } from "../../analysis/format.ts";
import { ratioText } from "../../analysis/peerSentences.ts";
import { runtimes } from "../../experiment/runtimes.ts";
import { en } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { PeerRatio } from "../../record/derived.ts";
import type { RunRecord } from "../../record/run.ts";
import { type Html, html } from "../html.ts";
import { seriesText } from "../outcome.ts";
import { inEnglish } from "../said.ts";
import { type Column, name, table } from "../table.ts";

const columns: readonly Column<PeerRatio>[] = [
  { head: "ours", cell: ({ labels }) => name(labels[0]) },
  { head: "beside", cell: ({ labels }) => name(labels[1]) },
  { head: "at", cell: ({ series }) => seriesText(series) },
  { head: "n", numeric: true, cell: ({ n }) => formatCount(n) },
  { head: "ours, wall", numeric: true, cell: ({ wallMs: [ours] }) => ours && formatMs(ours) },
  { head: "its, wall", numeric: true, cell: ({ wallMs: [, its] }) => its && formatMs(its) },
  { head: "ours ÷ its", numeric: true, cell: ({ ratio }) => ratio && ratioText(ratio) },
  { head: "not compared because", cell: ({ note }) => note },
];

/** Ours beside other runtimes on the same adapter; nothing where the experiment names none. */
export const peersSection = ({ peerRatios = [], environment }: RunRecord, t: Messages): Html | undefined => {
  if (peerRatios.length === 0) return undefined;
  const titles = [...new Set(peerRatios.map(({ runtime }) => runtimes[runtime].title))].join(", ");
  const peers = Object.entries(environment.peers ?? {}).map(([, { version, adapter }]) => `${version} on ${adapter}`);
  return html`
<section aria-labelledby="peers"><h2 id="peers">${t.figures.peers(titles)}</h2>
${inEnglish(
  html`<p>The same cells, computed by ${titles}${peers.length > 0 && ` (${peers.join(", ")})`} in processes of its own, visited in the same turns and held to the same references. Wall time stands against wall time, since a peer gives no other; charts show none of it.</p>
${table("Wall time of one repetition: ours over the peer's. Brackets are 95 % intervals over turns.", columns, peerRatios, en)}`,
  t,
)}
</section>`;
};
