import type { Mechanism } from "../../kernels/mechanism.ts";
import { boundless } from "../experiment/cells.ts";
import type { PlannedCell } from "../experiment/experiment.ts";
import { formOfCosts } from "../experiment/runtimes.ts";

/** What every cell costs beside its own work, in FLOPs: compiling, allocating, and passes that are a millisecond or ten long at least. */
const baseFlops = 1e9;

/** What measuring a cell will cost in FLOPs, before any device is known: good for proportions alone. 0 where it is known not to fit. */
export const costOf = ({ cell, skip, until }: PlannedCell, mechanisms: ReadonlyMap<string, Mechanism>): number => {
  if (skip) return 0;
  const mechanism = mechanisms.get(cell.mechanism);
  const form = mechanism && formOfCosts(cell, cell.phase, mechanism);
  const tiles = form && mechanism.tiles(cell, form, boundless)[0];
  // How far an open axis goes is for the device to say, and each of its cells is cut at the same time.
  return baseFlops + (tiles && until === undefined ? mechanism.flops(cell, form, tiles).useful : 0);
};
