import { allocation, counters, input, output } from "../allocation.ts";
import type { Form, PlanBuffer, Shape, Tiles } from "../mechanism.ts";
import { sizesOf } from "./sizes.ts";
import { positionCount, recurrentTiles } from "./variants.ts";

/** All buffers of a plan: q, k, v, o, the state S (with z when normalized), and what the form works in. */
export const linearBuffers = (shape: Shape, form: Form, tiles: Tiles): PlanBuffer[] => {
  const { batch, heads: head, tokens, inputTokens, keys: key, values: value, chunks: chunk, normalized } = sizesOf(shape);
  const arriving = shape.phase === "generate" ? { batch, stream: inputTokens, head } : { batch, token: inputTokens, head };
  const carried = (name: string, sizes: Readonly<Record<string, number>>): PlanBuffer =>
    shape.phase === "decode"
      ? { ...allocation(name, "state", { tensor: name }, { batch, head, ...sizes }), drifts: true }
      : allocation(name, "state", "poison", { batch, head, ...sizes });
  return [
    input("q", { ...arriving, channel: key }),
    input("k", { ...arriving, channel: key }),
    input("v", { ...arriving, channel: value }),
    output(shape, tokens),
    carried("state", { key, value }),
    ...(normalized ? [carried("z", { key })] : []),
    ...(form === "chunk" ? [allocation("chunkStates", "scratch", "poison", { batch, head, chunk, key, value })] : []),
    ...(form === "chunk" && normalized ? [allocation("chunkZ", "scratch", "poison", { batch, head, chunk, key })] : []),
    ...(shape.phase === "generate" ? [counters("position", { batch, head, thread: positionCount(value, recurrentTiles(tiles)) })] : []),
  ];
};
