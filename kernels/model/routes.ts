import { counters } from "../allocation.ts";
import type { ModelShape, PlanBuffer, Tensors } from "../mechanism.ts";
import { feedForwardOf } from "./modelShape.ts";

/**
 * Which experts each place of a written text went through, layer by layer: a router that is as near between two of them as rounding may take either, and all that comes behind rests on which. What a device chose is kept, so
 * that float64 can follow it.
 */

/** Of a place that has not gone through yet: what a buffer's poison is. */
export const unwritten = 0xffff_ffff;
/** Of a place that went through more than once, as where nothing is kept, and by other experts then. */
export const changed = 0xffff_fffe;

/** Of one layer: [place, slot]. */
export const routesName = (layer: number): string => `layer${layer}.routes`;

/** Numbers of experts of one layer and place; none where it has no router. */
const slotsOf = (model: ModelShape, layer: number): number => {
  const feedForward = feedForwardOf(model, layer);
  return feedForward.kind === "experts" ? feedForward.active : 0;
};

/** One a layer with a router, of so many places. */
export const routesBuffers = (model: ModelShape, places: number): readonly PlanBuffer[] =>
  Array.from({ length: model.layers }, (_, layer) => layer)
    .filter((layer) => slotsOf(model, layer) > 0)
    .map((layer) => counters(routesName(layer), { place: places, slot: slotsOf(model, layer) }));

/** Their bytes, from the shape alone. */
export const routesBytes = (model: ModelShape, places: number): number => {
  const { feedForward, layers, firstDense } = model;
  return feedForward.kind === "experts" ? 4 * (layers - (firstDense?.layers ?? 0)) * places * feedForward.active : 0;
};

/** The experts that a place went through; undefined where `tensors` do not tell, or more than one set. */
export const routeOf = (tensors: Tensors, model: ModelShape, layer: number, place: number): readonly number[] | undefined => {
  const slots = slotsOf(model, layer);
  const route = Array.from(tensors[routesName(layer)]?.subarray(place * slots, (place + 1) * slots) ?? []);
  return route.length > 0 && route.every((expert) => expert !== unwritten && expert !== changed) ? route : undefined;
};
