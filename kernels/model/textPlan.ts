import { allocation } from "../allocation.ts";
import type { Plan, PlanBuffer, Step } from "../mechanism.ts";
import { stepOf } from "../step.ts";
import advance from "./advance.wgsl";
import { placedSteps } from "./layer.ts";
import { layerSteps, type ModelPlanning, modelBuffers, nextSteps, turnsBuffer } from "./modelPlan.ts";
import { embedStep } from "./stages.ts";

/**
 * A text of `length` tokens from a prompt of `prompt`, written by the model itself: all its steps stand in one pass, and no one submits between two tokens. Mixers are those of phase generate with a
 * stream of one token. A token of the prompt but the last goes through the layers and is not classified.
 */
export const textPlan = (planning: ModelPlanning, prompt: number, length: number): Plan => {
  const { model, mixers, batch, making } = planning;
  const moves = (restarts: boolean): Step =>
    ({
      ...stepOf({
        label: restarts ? "restart" : "advance",
        source: advance,
        constants: { PROMPT: prompt, LENGTH: length, RESTARTS: restarts },
        bindings: ["prompt", "next", "position", "tokens", "text"],
        workgroups: [batch, 1, 1],
      }),
      stage: "sample",
    }) satisfies Step;
  const advancing = moves(false);
  /** A mixer's first step sets it back to no tokens, and as many follow for each. */
  const ofToken = mixers.map(({ steps }) => {
    const each = (steps.length - 1) / length;
    return (token: number): readonly Step[] => steps.slice(1 + token * each, 1 + (token + 1) * each);
  });
  const embedding = embedStep(making, "embed", model.width, ["tokens", "embedding", "x"]);
  const classifying = nextSteps(planning, "x");
  const tokens = Array.from({ length }, (_, token) => [
    embedding,
    ...mixers.flatMap((mixer, layer) => layerSteps(planning, mixer, layer, ofToken[layer]?.(token) ?? [])),
    ...(token >= prompt - 1 && token < length - 1 ? classifying : []),
    ...(token < length - 1 ? [advancing] : []),
  ]);
  return {
    buffers: textBuffers(planning, prompt, length),
    setup: [],
    steps: [moves(true), ...mixers.flatMap((mixer, layer) => placedSteps(mixer, layer, mixer.steps.slice(0, 1))), ...tokens.flat()],
  };
};

/** Those of one token, but that its number and its place come of the steps themselves. */
const textBuffers = (planning: ModelPlanning, prompt: number, length: number): readonly PlanBuffer[] => {
  const { batch, mixers } = planning;
  const replaced = new Set(["tokens", "turns", "scores"]);
  const all = modelBuffers(planning, false);
  const own = all.filter(({ name }) => !replaced.has(name));
  const numbers = (name: string, role: PlanBuffer["role"], init: PlanBuffer["init"], sizes: Readonly<Record<string, number>>): PlanBuffer => ({
    ...allocation(name, role, init, sizes),
    dtype: "u32",
  });
  return [
    ...own,
    ...(all.some(({ name }) => name === "turns") ? [turnsBuffer(length, mixers[0]?.shape.headDim ?? 0)] : []),
    allocation("scores", "scratch", "poison", { row: batch, token: planning.model.vocab }),
    numbers("prompt", "input", { tensor: "prompt" }, { row: batch, token: prompt }),
    numbers("tokens", "scratch", "poison", { row: batch }),
    numbers("position", "scratch", "poison", { row: batch }),
    numbers("text", "output", "poison", { row: batch, token: length }),
  ];
};
