import type { Served } from "../record/derived.ts";
import type { Analysed } from "./answer.ts";
import { bracketed, formatBytes, formatChoice, formatCount, formatList } from "./format.ts";
import { groupBy } from "./grouping.ts";
import { describeKey } from "./series.ts";

/** How many texts at once, and how fast, in plain words: at the least and the largest n that is asked, of every shape. */
export const servingSentences = ({ experiment, environment, serving = [] }: Pick<Analysed, "experiment" | "environment" | "serving">): readonly string[] => {
  if (experiment.serving === undefined || serving.length === 0) return [];
  const ns = experiment.serving.n;
  const ends = new Set([ns[0], ns.at(-1)]);
  const emulated = environment.deviceClass === "software" ? " on this CPU emulation" : "";
  const { maxStorageBufferBindingSize: most } = environment.limits;
  const unseen = most ? `: no buffer of this device holds more than ${formatBytes(most)}, which is not looked at` : "";
  const keys = serving.map(({ series }) => series);
  const groups = [
    ...groupBy(
      serving.filter(({ n }) => ends.has(n)),
      ({ n, series }) => JSON.stringify([n, series.dModel, series.heads, series.headDim]),
    ).values(),
  ];
  return groups.map((alike) => {
    const [first] = alike;
    const place = first ? describeKey(first.series, keys) : "";
    const memory = formatBytes(experiment.serving?.memoryBytes ?? 0);
    const budget = `With ${memory}${servedPart(experiment.phase)}${emulated}, at n = ${formatCount(first?.n ?? 0)}${place === "" ? "" : ` and ${place}`}`;
    const isByMemory = alike.some(({ room }) => room && room.limit === undefined);
    const counted = alike.some(({ room }) => room)
      ? `Room is counted to the byte that kernels allocate${isByMemory ? ", and ends with the memory where no limit is named" : ""}`
      : `Room is that of the memory alone${unseen}`;
    return `${budget}, ${alike.map((served) => phrase(served, memory)).join("; ")}${projectedText(alike)}. ${counted}.`;
  });
};

/** What the memory is for: a run of phase decode has one layer's attention and no weights. */
export const servedPart = (phase: Analysed["experiment"]["phase"]): string => (phase === "decode" ? " for one layer's attention" : "");

/** "softmax has room for 12 texts at once, 340 [300, 380] tokens a second in all" */
const phrase = ({ label, batch, tokensPerSecond, note, textBytes, exactBytes, from, room }: Served, memory: string): string => {
  if (textBytes === 0 && !room) return `of ${label} nothing is known (${note})`;
  if (batch === 0) return `${label} has room for no text${limitText(room, memory)}`;
  const about = exactBytes || from === "measured" || room ? "" : "about ";
  const texts = `${label} has room for ${about}${formatCount(batch)} text${batch === 1 ? "" : "s"} at once${limitText(room, memory)}`;
  return tokensPerSecond ? `${texts}, ${bracketed(tokensPerSecond)} tokens a second in all` : `${texts}, at a speed that this run does not tell`;
};

/** ", by a limit of this device (8 GiB would hold 30,210)"; nothing where the memory binds */
const limitText = (room: Served["room"], memory: string): string =>
  room?.limit === undefined ? "" : ` by a limit of this device (${memory} would hold ${formatCount(room.memoryBatch)})`;

/** ", projected from batches up to 8 and n up to 1,024" */
const projectedText = (alike: readonly Served[]): string => {
  const projected = alike.filter(({ from, stepMs }) => from === "projected" && stepMs);
  const reached = [...new Set(projected.map(({ largest }) => `batches up to ${formatCount(largest.batch)} and n up to ${formatCount(largest.n)}`))];
  const whose = projected.length < alike.filter(({ stepMs }) => stepMs).length ? ` (${formatList(projected.map(({ label }) => label))})` : "";
  return reached.length === 0 ? "" : `: projected from ${formatChoice(reached)}${whose}`;
};
