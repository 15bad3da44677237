import type { Capabilities, Mechanism, Shape } from "../../kernels/mechanism.ts";
import { limitRefusal } from "../../kernels/refusal.ts";
import { totalBytes } from "../device/ledger.ts";
import type { Cell, PlannedCell, Serving } from "../experiment/experiment.ts";
import { sizes } from "../experiment/sizes.ts";
import type { Room } from "../record/run.ts";

/**
 * How many texts of n tokens each have room at once: of every arm, at every n that is asked, by the closed form of what its kernels allocate and by the device's limits.
 * `cells`: the plan, of which one of each arm and shape stands for all its n and batches. Variants are the device's defaults. More texts are taken never to need fewer bytes.
 */
export const roomOf = (
  { memoryBytes, n: lengths }: Serving,
  cells: readonly PlannedCell[],
  mechanisms: readonly Mechanism[],
  capabilities: Capabilities,
): readonly Room[] => {
  const likes = new Map<string, Cell>();
  for (const { cell, skip } of cells) {
    const arm = JSON.stringify({ ...cell, id: "", n: 0, batch: 0 });
    if (skip === undefined && cell.runtime === undefined && !likes.has(arm)) likes.set(arm, cell);
  }
  return [...likes.values()].flatMap((like) => {
    const mechanism = mechanisms.find(({ name }) => name === like.mechanism);
    return mechanism ? lengths.map((n) => roomAt(like, mechanism, n, memoryBytes, capabilities)) : [];
  });
};

const roomAt = (like: Cell, mechanism: Mechanism, n: number, memoryBytes: number, capabilities: Capabilities): Room => {
  const shapeOf = (batch: number): Shape => ({ ...like, n, batch });
  const bytesOf = (batch: number): number => {
    const [tiles] = mechanism.tiles(shapeOf(batch), like.form, capabilities);
    return tiles ? totalBytes(mechanism.bytesByRole(shapeOf(batch), like.form, tiles)) : Number.POSITIVE_INFINITY;
  };
  const limitOf = (batch: number): string | undefined =>
    batch > sizes.batch.maximum ? `batch ${batch}: ${sizes.batch.maximum} at most` : limitAt(mechanism, shapeOf(batch), like.form, capabilities);
  const [one, two] = [bytesOf(1), bytesOf(2)];
  const memoryBatch = largestThat((batch) => bytesOf(batch) <= memoryBytes, Math.floor(1 + (memoryBytes - one) / Math.max(1, two - one)));
  const batch = largestThat((batch) => batch <= memoryBatch && limitOf(batch) === undefined, memoryBatch);
  const limit = batch < memoryBatch ? limitOf(batch + 1) : undefined;
  const bytes = batch === 0 ? 0 : bytesOf(batch);
  const textBytes = batch > 2 ? (bytes - one) / (batch - 1) : two - one;
  const middle = Math.max(1, Math.ceil(batch / 2));
  return {
    like: like.id,
    n,
    batch,
    bytes,
    fixedBytes: Math.max(0, one - textBytes),
    textBytes,
    exactBytes: textBytes === two - one && bytesOf(middle) === one + (middle - 1) * textBytes,
    memoryBatch,
    ...(limit === undefined ? {} : { limit }),
  };
};

/** What of a device this shape exceeds, whatever memory there is; undefined where it runs. */
const limitAt = (mechanism: Mechanism, shape: Shape, form: string, capabilities: Capabilities): string | undefined => {
  const refusal = mechanism.refusal(shape, form, capabilities);
  if (refusal) return refusal.reason;
  const [tiles] = mechanism.tiles(shape, form, capabilities);
  if (!tiles) return `${mechanism.name} has no variant of ${form} for this device`;
  const { buffers, setup, steps } = mechanism.plan(shape, form, capabilities, tiles);
  const unheld = limitRefusal(mechanism.name, buffers, capabilities);
  if (unheld) return unheld.reason;
  const most = capabilities.maxComputeWorkgroupsPerDimension;
  const wide = [...setup, ...steps].find(({ workgroups }) => Math.max(...workgroups) > most);
  return wide && `${wide.label} takes ${Math.max(...wide.workgroups)} workgroups in a row, maxComputeWorkgroupsPerDimension of this device is ${most}`;
};

/** The largest whole number that meets a condition, as all smaller ones do; 0 where 1 does not. Looked for from `guess` on by steps that double, and between two of them by halves. */
const largestThat = (meets: (value: number) => boolean, guess: number): number => {
  const isMet = (value: number): boolean => value <= 0 || meets(value);
  let low = Math.max(0, guess);
  let high = low + 1;
  if (isMet(low)) for (let step = 1; isMet(high); step *= 2) [low, high] = [high, high + step];
  else for (let step = 1; !isMet(low); step *= 2) [low, high] = [low - step, low];
  low = Math.max(0, low);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (meets(middle)) low = middle;
    else high = middle;
  }
  return low;
};
