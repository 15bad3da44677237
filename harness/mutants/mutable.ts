import type { Cell } from "../experiment/experiment.ts";
import type { PlanMutant } from "./mutantPlan.ts";

/** The parameter of a cell that holds a mutant, as JSON. */
export const mutantParameter = "mutant";

/** How a mechanism is called that takes mutants: two of one name cannot be loaded. */
export const mutableName = (name: string): string => `${name}Mutable`;

/** A cell of a built-in mechanism as one of its mutable twin; without a mutant it computes the same. */
export const mutableCell = (cell: Cell, mutant?: PlanMutant): Cell => ({
  ...cell,
  mechanism: mutableName(cell.mechanism),
  parameters: mutant ? { ...cell.parameters, [mutantParameter]: JSON.stringify(mutant) } : cell.parameters,
});
