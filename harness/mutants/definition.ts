import { builtInKernels } from "../../kernels/builtIn.ts";
import type { Mechanism } from "../../kernels/mechanism.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import { mutableName, mutantParameter } from "./mutable.ts";
import { mutantPlan } from "./mutantPlan.ts";
import { withParts } from "./parts.ts";

/**
 * The built-in mechanisms once more, for `--kernels`: the same in all but their plan, in which a mutant that a parameter of the cell brings replaces its
 * module, and in parts where another one asks for them. Their references, and the verification that holds a kernel to them, are the ones of every run.
 */
const mutable = (mechanism: Mechanism): Mechanism => ({
  ...mechanism,
  name: mutableName(mechanism.name),
  tiles: (shape, form, capabilities) => mechanism.tiles(shape, form, capabilities).map((tiles) => withParts(shape, tiles)),
  plan: (shape, form, capabilities, tiles) => {
    const plan = mechanism.plan(shape, form, capabilities, tiles);
    const mutant = shape.parameters[mutantParameter];
    return mutant === undefined ? plan : mutantPlan(plan, JSON.parse(String(mutant)));
  },
});

export default (await loadMechanisms(builtInKernels)).map(mutable);
