import { allocation, counters } from "../allocation.ts";
import type { Plan, PlanBuffer, Refusal, Step, TextShape } from "../mechanism.ts";
import { elementCount } from "../plan.ts";
import { noFeature } from "../refusal.ts";
import { stepOf } from "../step.ts";
import { storing } from "../storage.ts";
import advance from "./advance.wgsl";
import begin from "./begin.wgsl";
import carry from "./carry.wgsl";
import count from "./count.wgsl";
import { keptState, type Mixer, placedBuffers, placedSteps } from "./layer.ts";
import { layerSteps, type ModelPlanning, modelBuffers, nextSteps, turnedChannels, turnsBuffer } from "./modelPlan.ts";
import { routesBuffers } from "./routes.ts";
import { embedStep } from "./stages.ts";

/** A text that a model writes by itself. */
export interface TextPlanning {
  readonly text: TextShape;
  /** tokens of the whole text at most, those of the prompt among them */
  readonly length: number;
  /** what each written token goes through: the newest one alone, by mixers of phase generate, or where nothing is kept all places but the last, by those of prefill */
  readonly written: ModelPlanning;
  /** where nothing is kept: the same of fewer places, ascending, for tokens that have no more before them; `written` is the last */
  readonly spans: readonly ModelPlanning[];
  /** all of the prompt at once, by mixers of prefill, whose states the written tokens go on from; undefined where nothing is kept */
  readonly prompt: ModelPlanning | undefined;
}

/** Places that go through the model: the last token of a text is read by nobody. */
export const placesOf = ({ length }: Pick<TextPlanning, "length">): number => length - 1;

/** For fewer places kernels of their own are not worth compiling. */
const leastSpan = 16;

/**
 * Numbers of places that go through together where nothing is kept, ascending: powers of two, and all of them. Kernels are compiled for so many rows, and one number for each token would be hundreds of kernels; so a token
 * takes up to twice the places that it needs.
 */
export const spansOf = (given: number, places: number): readonly number[] => {
  const spans: number[] = [];
  for (let span = leastSpan; span < places; span *= 2) if (span >= given) spans.push(span);
  return [...spans, places];
};

/** What the token behind `count` others goes through where nothing is kept: the fewest places that hold all of them. */
export const spanFor = ({ written, spans }: Pick<TextPlanning, "written" | "spans">, count: number): ModelPlanning =>
  spans.find(({ making, batch }) => making.rows >= batch * count) ?? written;

/** A text is written one by one: why not, where its prompt's states are not what its tokens go on from. */
export const textRefusal = ({ written, prompt }: TextPlanning): Refusal | undefined => {
  const unlike = prompt && written.mixers.find((mixer, layer) => prompt.mixers[layer] && !keptState(mixer, prompt.mixers[layer]));
  return unlike && noFeature(`${unlike.mechanism.name} does not generate from the state that its prefill leaves`);
};

/**
 * The prompt at once, then token after token until the text is as long as it may be: all its steps in a row, and no word from outside between two tokens. Where a stop token comes first, the
 * text behind it stays as it was.
 */
export const textPlan = (planning: TextPlanning): Plan => {
  const { written, prompt, text } = planning;
  const { model, mixers, batch, making } = written;
  const given = text.prompt.length;
  const places = placesOf(planning);
  const choosing = (last: string): readonly Step[] => [...nextSteps(written, last, text), moveStep(planning, false)];
  const gather = (from: string, to: string): Step => embedStep({ ...making, dtype: "f32", rows: batch }, "classify", model.width, ["lastRows", from, to]);
  const embedding = embedStep(making, "embed", model.width, ["tokens", "embedding", "x"]);
  const ofToken = mixers.map(tokenSteps);
  const behind = (count: number): readonly Step[] => [
    embedding,
    ...mixers.flatMap((mixer, layer) => layerSteps(written, mixer, layer, ofToken[layer]?.(count))),
    ...choosing("x"),
  ];
  const wholeOf = (span: ModelPlanning): readonly Step[] => {
    const { within, name } = span === written ? together : apart(span, placeOf(span));
    return [
      within(embedStep(span.making, "embed", model.width, ["tokens", "embedding", "x"])),
      ...span.mixers.flatMap((mixer, layer) => layerSteps(span, mixer, layer).map(within)),
      gather(name("x"), "last"),
      ...choosing("last"),
    ];
  };
  const wholes = new Map(planning.spans.map((span) => [span, wholeOf(span)]));
  const begun = prompt
    ? [...promptSteps(planning, prompt), gather(apart(prompt, promptPlace).name("x"), "x"), ...choosing("x")]
    : (wholes.get(spanFor(planning, given)) ?? []);
  const tokens = Array.from({ length: places - given }, (_, i) => (prompt ? behind(given + i) : (wholes.get(spanFor(planning, given + i + 1)) ?? [])));
  const parts = [[moveStep(planning, true), ...begun], ...tokens];
  return {
    buffers: textBuffers(planning),
    setup: [],
    steps: parts.flat(),
    tokenEnds: parts.map((_, i) => parts.slice(0, i + 1).reduce((sum, part) => sum + part.length, 0)),
  };
};

/** A mixer's steps for the token at a place. Of a text from none the first sets it back to no tokens, and as many follow for each; a prefill's are the same for all. */
const tokenSteps = (mixer: Mixer): ((place: number) => readonly Step[]) => {
  const { steps, shape } = mixer;
  if (shape.phase !== "generate") return () => steps;
  const each = (steps.length - 1) / shape.n;
  return (place) => steps.slice(1 + place * each, 1 + (place + 1) * each);
};

/** Begins a text, or goes on from what was chosen. */
const moveStep = (planning: TextPlanning, begins: boolean): Step => {
  const { written, prompt, text, length } = planning;
  const bindings = begins
    ? ["prompt", "position", "lastRows", "text", ...(prompt ? [] : ["tokens"])]
    : ["next", "position", "tokens", "text", ...(prompt ? [] : ["lastRows"])];
  const stops: Step["constants"] = text.stop === undefined ? {} : { ENDED_BINDING: bindings.length, STOP: text.stop };
  return {
    ...stepOf({
      label: begins ? "begin" : "advance",
      source: begins ? begin : advance,
      constants: {
        PROMPT: text.prompt.length,
        LENGTH: length,
        PLACES: placesOf(planning),
        WHOLE: prompt === undefined,
        STOPS: text.stop !== undefined,
        ...stops,
      },
      bindings: text.stop === undefined ? bindings : [...bindings, "ended"],
      workgroups: [written.batch, 1, 1],
    }),
    stage: "sample",
  };
};

const threads = 64;

/** All of the prompt through all layers; what each layer's mixer is left with becomes what its next tokens go on from. */
const promptSteps = ({ written, text }: TextPlanning, prompt: ModelPlanning): readonly Step[] => {
  const { making, model } = prompt;
  const { within } = apart(prompt, promptPlace);
  return [
    within(embedStep(making, "embed", model.width, ["prompt", "embedding", "x"])),
    ...prompt.mixers.flatMap((mixer, layer) => {
      const next = written.mixers[layer];
      return [...layerSteps(prompt, mixer, layer).map(within), ...(next ? carrySteps(next, mixer, layer, written.making.most) : [])];
    }),
    ...written.mixers.flatMap((mixer, layer) => countSteps(mixer, layer, text.prompt.length)),
  ];
};

const carrySteps = (mixer: Mixer, left: Mixer, layer: number, most: number): readonly Step[] =>
  (keptState(mixer, left) ?? []).flatMap(({ from, to }) => {
    const { batch } = mixer.shape;
    const quads = elementCount(from) / batch / 4;
    const x = Math.min(Math.ceil(quads / threads), most);
    const step = stepOf({
      label: `carry ${to.name}`,
      ...storing(carry, { Stored: to.dtype === "f16" ? "f16" : "f32" }),
      constants: { LEFT_QUADS: quads, STATE_QUADS: elementCount(to) / batch / 4, THREADS: threads },
      bindings: [from.name, to.name],
      workgroups: [x, Math.ceil(quads / threads / x), batch],
    });
    const [placedLeft = "", placedState = ""] = [placedSteps(left, layer, [step])[0]?.bindings[0], placedSteps(mixer, layer, [step])[0]?.bindings[1]];
    return [{ ...step, stage: "mix", bindings: [`${promptPlace}.${placedLeft}`, placedState] }];
  });

const countSteps = (mixer: Mixer, layer: number, tokens: number): readonly Step[] =>
  placedBuffers(mixer, layer)
    .filter(({ dtype, role }) => dtype === "u32" && role === "scratch")
    .map((buffer) => ({
      ...stepOf({
        label: "count",
        source: count,
        constants: { TOKENS: tokens, THREADS: threads },
        bindings: [buffer.name],
        workgroups: [Math.ceil(elementCount(buffer) / threads), 1, 1],
      }),
      stage: "mix",
    }));

const promptPlace = "prompt";
const placeOf = ({ making }: ModelPlanning): string => `places${making.rows}`;

/** Buffers of its own for what some rows work in, each as large as these rows need it, beside what is given to all tokens alike: kernels take how many rows there are from the size of what they are bound to. */
interface Apart {
  readonly buffers: readonly PlanBuffer[];
  /** a step that works in them */
  within(step: Step): Step;
  /** of one of them */
  name(own: string): string;
}

const together: Apart = { buffers: [], within: (step) => step, name: (own) => own };

const apart = (part: ModelPlanning, place: string): Apart => {
  const chosen = new Set(["classified", "scores", "next"]);
  const name = (own: string): string => `${place}.${own}`;
  const own = modelBuffers(part, false).filter((buffer) => typeof buffer.init !== "object" && !chosen.has(buffer.name));
  const names = new Set(own.map((buffer) => buffer.name));
  return {
    buffers: own.map((buffer) => ({ ...buffer, name: name(buffer.name) })),
    within: (step) => ({ ...step, bindings: step.bindings.map((bound) => (names.has(bound) ? name(bound) : bound)) }),
    name,
  };
};

/** Those of one token, or of all places, but that their numbers and places come of the steps themselves; and the prompt's. */
export const textBuffers = (planning: TextPlanning): readonly PlanBuffer[] => {
  const { written, spans, prompt, text, length } = planning;
  const { batch, mixers, model } = written;
  const places = placesOf(planning);
  const replaced = new Set(["tokens", "turns", "lastRows"]);
  const own = modelBuffers(written, prompt === undefined).filter(({ name }) => !replaced.has(name));
  const given = prompt ? modelBuffers(prompt, false).filter(({ name, init }) => typeof init === "object" && !replaced.has(name)) : [];
  const numbers = (name: string, role: PlanBuffer["role"], init: PlanBuffer["init"], sizes: Readonly<Record<string, number>>): PlanBuffer => ({
    ...allocation(name, role, init, sizes),
    dtype: "u32",
  });
  const all = [
    ...own,
    ...given,
    ...(prompt ? apart(prompt, promptPlace).buffers : []),
    ...spans.slice(0, -1).flatMap((span) => apart(span, placeOf(span)).buffers),
    ...(turnedChannels(model, mixers) > 0 ? [turnsBuffer(places, turnedChannels(model, mixers))] : []),
    numbers("prompt", "input", { tensor: "prompt" }, { row: batch, place: text.prompt.length }),
    counters("tokens", { row: batch, place: prompt ? 1 : places }),
    counters("position", { row: batch }),
    counters("lastRows", { row: batch }),
    ...(text.stop === undefined ? [] : [counters("ended", { row: batch })]),
    ...routesBuffers(model, places),
    numbers("text", "output", "poison", { row: batch, place: length }),
  ];
  return [...new Map(all.map((buffer) => [buffer.name, buffer])).values()];
};
