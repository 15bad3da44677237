import { leastDevice } from "./leastDevice.ts";
import type { Claim, Form, Mechanism, Plan, Shape } from "./mechanism.ts";
import { keepsNothing } from "./model/forms.ts";

/** Where the state of n tokens is kept while it is not on the GPU: in the host's memory, or in a file. */
export const tiers = ["host", "disk"] as const;
export type Tier = (typeof tiers)[number];

/** The form that keeps it nowhere, and takes n tokens through again. */
export const recomputes = keepsNothing;

export const tierOf = (form: Form): Tier | undefined => tiers.find((tier) => tier === form);

/** A problem that kernels compute: a shape of another phase, and the form that it is computed in. */
export interface Problem<S extends Shape> {
  readonly shape: S;
  readonly form: Form;
}

/**
 * What kernels compute where a state comes back: the decode step that goes on with it, or the prefill that makes it anew; of a whole model the newest token's way through it behind the cache or the states of all layers, or
 * the way of the n tokens that these are of. Any other phase is its own problem.
 */
export const problemOf = <S extends Shape>({ forms }: Pick<Mechanism, "forms">, shape: S, form: Form): Problem<S> => {
  if (shape.phase !== "offload") return { shape, form };
  const anew = form === recomputes;
  if (shape.model)
    return {
      shape: { ...shape, phase: "tokenLoop", model: { ...shape.model, recomputes: anew, ...(anew ? { remakes: true } : {}) } },
      form: anew ? keepsNothing : (forms.tokenLoop?.[0] ?? ""),
    };
  const phase = anew ? "prefill" : "decode";
  return { shape: { ...shape, phase }, form: forms[phase]?.[0] ?? "" };
};

/**
 * Mechanisms that prefill and decode, each with phase offload beside its own: the state that n tokens left comes onto the GPU, from a tier or computed anew; one layer of it, or with a model around the mixers all of them.
 * `inputs` and `reference` know no form, so they take the shape of `problemOf`.
 */
export const withOffload = (mechanisms: readonly Mechanism[]): readonly Mechanism[] =>
  mechanisms.map((mechanism) => (mechanism.forms.prefill && mechanism.forms.decode && mechanism.family !== "instrument" ? extended(mechanism) : mechanism));

/** What is timed is all of it together, by the wall clock. */
const withoutStages = ({ setup, steps, ...plan }: Plan): Plan => ({ ...plan, setup, steps: steps.map(({ stage: _, ...step }) => step) });

const extended = (own: Mechanism): Mechanism => {
  const problem = (shape: Shape, form: Form): Problem<Shape> => problemOf(own, shape, form);
  const movedIn = (shape: Shape, form: Form): boolean => shape.phase === "offload" && tierOf(form) !== undefined;
  return {
    ...own,
    forms: { ...own.forms, offload: [...tiers, recomputes] },
    refusal: (shape, form, capabilities) => own.refusal(problem(shape, form).shape, problem(shape, form).form, capabilities),
    tiles(shape, form, capabilities) {
      const all = own.tiles(problem(shape, form).shape, problem(shape, form).form, capabilities);
      // How bytes move depends on no variant of a kernel.
      return movedIn(shape, form) ? all.slice(0, 1) : all;
    },
    plan(shape, form, capabilities, tiles) {
      const plan = own.plan(problem(shape, form).shape, problem(shape, form).form, capabilities, tiles);
      return shape.phase === "offload" ? withoutStages(plan) : plan;
    },
    flops(shape, form, tiles) {
      if (movedIn(shape, form)) return { useful: 0, executed: 0 };
      return own.flops(problem(shape, form).shape, problem(shape, form).form, tiles);
    },
    leastBytes(shape, form) {
      const of = problem(shape, form);
      if (!movedIn(shape, form)) return own.leastBytes(of.shape, of.form);
      return own.bytesByRole(of.shape, of.form, own.tiles(of.shape, of.form, leastDevice)[0] ?? {}).state;
    },
    bytesByRole: (shape, form, tiles) => own.bytesByRole(problem(shape, form).shape, problem(shape, form).form, tiles),
    claim: (phase, form, shape) => (phase === "offload" ? offloadClaim(own, form, shape) : own.claim(phase, form, shape)),
    ...(own.tileTokens
      ? {
          tileTokens: (shape, form, tiles) =>
            movedIn(shape, form) ? 1 : (own.tileTokens?.(problem(shape, form).shape, problem(shape, form).form, tiles) ?? 1),
        }
      : {}),
  };
};

/** Bringing a state back takes as long as it is large. */
const offloadClaim = (own: Mechanism, form: Form, shape: Shape | undefined): Claim => {
  const claimOf = (one: Form): Claim => {
    const of = shape && problemOf(own, shape, one);
    const phase = of?.shape.phase ?? (one === recomputes ? "prefill" : "decode");
    return own.claim(phase, of?.form ?? own.forms[phase]?.[0] ?? "", of?.shape);
  };
  const { stateBytes } = claimOf(tiers[0]);
  return { time: form === recomputes ? claimOf(form).time : stateBytes, stateBytes };
};
