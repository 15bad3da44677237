import { en } from "../messages/en.ts";
import type { Messages } from "../messages/messages.ts";
import type { Served } from "../record/derived.ts";
import type { Analysed } from "./answer.ts";
import { groupBy } from "./grouping.ts";
import { describeKey } from "./series.ts";
import { servedText } from "./servedText.ts";

/** How many texts at once, and how fast, in plain words: at the least and the largest n that is asked, of every shape. */
export const servingSentences = (
  { experiment, environment, serving = [] }: Pick<Analysed, "experiment" | "environment" | "serving">,
  t: Messages = en,
): readonly string[] => {
  if (experiment.serving === undefined || serving.length === 0) return [];
  const { n: ns, memoryBytes } = experiment.serving;
  const ends = new Set([ns[0], ns.at(-1)]);
  const keys = serving.map(({ series }) => series);
  const groups = [
    ...groupBy(
      serving.filter(({ n }) => ends.has(n)),
      ({ n, series }) => JSON.stringify([n, series.dModel, series.heads, series.headDim]),
    ).values(),
  ];
  return groups.flatMap((alike, i) => {
    const [first] = alike;
    if (!first) return [];
    const place = { n: first.n, shape: describeKey(first.series, keys) };
    const budget = t.serving.budget(memoryBytes, isOneLayer(experiment.phase), environment.deviceClass === "software", place);
    const projected = alike.filter(({ from, stepMs }) => from === "projected" && stepMs);
    const whose = projected.length < alike.filter(({ stepMs }) => stepMs).length ? projected.map(({ label }) => label) : [];
    const arms = alike.map((served) => phrase(served, t));
    // How room is counted is said once, after the last of them.
    const how = i === groups.length - 1 ? countedHow(groups.flat(), environment, t) : "";
    return [t.serving.sentence(budget, arms, projected.length > 0 ? t.serving.projected(reachedBy(projected), whose) : "", how)];
  });
};

/** What the memory is for: a run of phase decode has one layer's attention and no weights. */
export const isOneLayer = (phase: Analysed["experiment"]["phase"]): boolean => phase === "decode";

/** "softmax has room for 12 texts at once, 340 [300, 380] tokens a second in all" */
const phrase = ({ label, batch, tokensPerSecond, note, fixedBytes, textBytes, exactBytes, from, room }: Served, t: Messages): string => {
  const { serving } = t;
  if (textBytes === 0 && !room) return serving.unknown(label, note ?? "");
  const memoryBatch = room?.limit === undefined ? undefined : room.memoryBatch;
  // Room that was counted beforehand is of the bytes of one text, and of those that are there without any.
  if (batch === 0) return serving.noRoom(label, memoryBatch, room && textBytes > 0 ? { one: fixedBytes + textBytes, shared: fixedBytes } : undefined);
  return serving.room(
    label,
    { batch, about: !(exactBytes || from === "measured" || room) },
    memoryBatch,
    tokensPerSecond && servedText(tokensPerSecond, from, t),
  );
};

/** Each reach of those measured, once. */
const reachedBy = (projected: readonly Served[]): readonly Served["largest"][] => [
  ...new Map(projected.map(({ largest }) => [`${largest.batch} ${largest.n}`, largest])).values(),
];

const countedHow = (all: readonly Served[], { limits }: Pick<Analysed["environment"], "limits">, { serving }: Messages): string =>
  all.some(({ room }) => room)
    ? serving.counted(all.some(({ room }) => room?.limit !== undefined))
    : serving.memoryAlone(limits.maxStorageBufferBindingSize || undefined);
