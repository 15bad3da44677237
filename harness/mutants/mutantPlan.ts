import type { Plan, Step } from "../../kernels/mechanism.ts";
import { moduleText } from "../../kernels/plan.ts";
import { type Mutant, mutated } from "./mutate.ts";

/** A mutant of one of a plan's modules; crosses the worker channel as JSON, in a parameter of the cell. */
export interface PlanMutant extends Pick<Mutant, "offset" | "from" | "to"> {
  /** the whole module, so that no other is changed */
  readonly module: string;
}

/** One module of a plan: its text as compiled and the first step that runs it. */
export interface PlanModule {
  readonly step: Step;
  readonly text: string;
}

/** The distinct modules of a plan, setup first. */
export const modulesOf = ({ setup, steps }: Plan): readonly PlanModule[] => {
  const first = new Map<string, Step>();
  for (const step of new Set([...setup, ...steps])) {
    const text = moduleText(step);
    if (!first.has(text)) first.set(text, step);
  }
  return [...first].map(([text, step]) => ({ step, text }));
};

/** The plan with every step of that module changed. Throws where it has no such module: then its cell is another than the mutant's. */
export const mutantPlan = (plan: Plan, mutant: PlanMutant): Plan => {
  const changed = new Map<Step, Step>();
  for (const step of new Set([...plan.setup, ...plan.steps])) {
    const text = moduleText(step);
    if (text !== mutant.module) continue;
    const head = text.length - step.wgsl.length;
    changed.set(step, { ...step, wgsl: mutated(text, mutant).slice(head) });
  }
  if (changed.size === 0) throw new Error("this plan has no such module");
  const swap = (step: Step): Step => changed.get(step) ?? step;
  return { ...plan, setup: plan.setup.map(swap), steps: plan.steps.map(swap) };
};
