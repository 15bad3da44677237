import { allocation, counters, input, output } from "../allocation.ts";
import type { Form, PlanBuffer, Tiles } from "../mechanism.ts";
import { partBuffers } from "../parts.ts";
import type { Sizes } from "./sizes.ts";
import { type ChunkTiles, chunkTiles, positionCount, recurrentTiles } from "./variants.ts";

/** All buffers of a plan: q, k, v, gates, the state to go on from, o, the state S (with z when normalized), and what the form works in. */
export const linearBuffers = (sizes: Sizes, form: Form, tiles: Tiles): PlanBuffer[] => {
  const { rule, phase, dtype, batch, heads: head, tokens, inputTokens, keys: key, values: value, normalized, continued } = sizes;
  const arriving = phase === "generate" ? { batch, stream: inputTokens, head } : { batch, token: inputTokens, head };
  const gates = { none: undefined, head: { head, decayAndLog: 2 }, token: arriving, channel: { ...arriving, channel: key } }[rule.decay];
  const carried = (name: string, sizes: Readonly<Record<string, number>>): PlanBuffer =>
    phase === "decode"
      ? { ...allocation(name, "state", { tensor: name }, { batch, head, ...sizes }), drifts: true }
      : allocation(name, "state", "poison", { batch, head, ...sizes });
  return [
    input("q", { ...arriving, channel: key }, dtype),
    input("k", { ...arriving, channel: key }, dtype),
    input("v", { ...arriving, channel: value }, dtype),
    ...(gates ? [rule.decay === "head" ? { ...input("g", gates), fixed: true as const } : input("g", gates)] : []),
    ...(rule.delta ? [input("beta", arriving)] : []),
    ...(continued ? [allocation("initialState", "input", { tensor: "state" }, { batch, head, key, value })] : []),
    ...(continued && normalized ? [allocation("initialZ", "input", { tensor: "z" }, { batch, head, key })] : []),
    output({ batch, token: tokens, head, channel: value }, dtype),
    carried("state", { key, value }),
    ...(normalized ? [carried("z", { key })] : []),
    ...(form === "recurrent" ? [] : [...chunkScratch(sizes, chunkTiles(tiles)), ...partBuffers(tiles)]),
    ...(form === "recurrent" && tiles.partTokens !== undefined
      ? [counters("position", { batch, head }), ...(normalized ? [allocation("zBefore", "scratch", "poison", { batch, head, key })] : [])]
      : []),
    ...(phase === "generate" ? [counters("position", { batch, head, thread: positionCount(value, recurrentTiles(tiles)) })] : []),
  ];
};

/** What the chunk form works in: sums of log decays, states before each chunk, and what members with gates a channel or the delta rule hand on. */
const chunkScratch = (sizes: Sizes, tiles: ChunkTiles): PlanBuffer[] => {
  const { rule, batch, heads: head, tokens: token, keys: key, values: value, chunk: length, chunks: chunk, normalized } = sizes;
  const scratch = (name: string, sizes: Readonly<Record<string, number>>): PlanBuffer => allocation(name, "scratch", "poison", { batch, ...sizes });
  return [
    ...(rule.decay === "none"
      ? []
      : [allocation("decay", "scratch", "poison", { sumAndRest: 2, batch, head, token, ...(rule.decay === "channel" ? { key } : {}) })]),
    ...(rule.decay === "channel" || rule.delta ? [scratch("pairs", { head, chunk, rowQuad: length / 4, key: length, row: 4 })] : []),
    ...(rule.delta ? [scratch("erased", { token, head, key }), scratch("written", { token, head, value })] : []),
    ...(rule.delta && tiles.path === "plain" ? [scratch("transitions", { head, chunk, keyAfter: key, key })] : []),
    scratch("chunkStates", { head, chunk, key, value }),
    ...(normalized ? [scratch("chunkZ", { head, chunk, key })] : []),
  ];
};
