import { z } from "zod";
import { presetNames } from "../../kernels/model/presets.ts";
import { accepting, recognisedWhere, wholeNumber } from "./accepted.ts";

const sizes = {
  layers: wholeNumber(1, 1000, "Layers, each a mixer and a feed-forward network."),
  width: wholeNumber(4, 2 ** 17, "Channels of a token between layers; need not be heads × headDim.", 4),
  vocab: wholeNumber(2, 2 ** 24, "Different tokens."),
  feedForward: wholeNumber(4, 2 ** 20, "Hidden channels of the feed-forward network, or of one expert.", 4),
};

const experts = z
  .strictObject({
    count: wholeNumber(1, 65536, "Experts of a layer."),
    active: wholeNumber(1, 64, "Experts that a router chooses for each token."),
    shared: wholeNumber(0, 2 ** 20, "Hidden channels of one more expert that every token goes through; a preset's unless given, else 0: none.", 4).optional(),
    sharedGate: accepting(
      z.boolean(),
      "true or false",
      "What that one makes is weighed by the sigmoid of a projection of the token; a preset's unless given, else false.",
    ).optional(),
    router: z
      .enum(["softmax", "sigmoid"])
      .meta({
        description:
          "How much each chosen expert counts. softmax: the softmax of their scores. sigmoid: each score's sigmoid over the sum of theirs, as in Kimi Linear. A preset's unless given, else softmax.",
      })
      .optional(),
    routedScale: accepting(
      z.number().min(0.01).max(100),
      "a number from 0.01 to 100",
      "What the chosen experts make together is taken so many times; a preset's unless given, else 1.",
    ).optional(),
  })
  .meta({ description: "A mixture of experts in the place of one feed-forward network." });

const firstDense = z
  .strictObject({
    layers: wholeNumber(0, 1000, "Layers; 0: none, where a preset has some."),
    feedForward: wholeNumber(4, 2 ** 20, "Hidden channels of each one's network.", 4),
  })
  .meta({ description: "The first layers, which have one gated network in the place of experts." });

const others = {
  activation: z
    .enum(["gated", "gelu"])
    .meta({
      description:
        "gated: SwiGLU, three matrices. gelu: two, as in GPT-2. gated unless given; given beside a preset of experts, one such network in their place.",
    })
    .optional(),
  experts: accepting(experts, "{ count: 64, active: 8 }").optional(),
  firstDense: accepting(firstDense, "{ layers: 1, feedForward: 9216 }").optional(),
  outputGate: z
    .enum(["all", "linear", "none"])
    .meta({ description: "Layers that weigh what their mixer leaves by the sigmoid of a projection of the token; a preset's unless given, else none." })
    .optional(),
  rotary: accepting(z.boolean(), "true or false", "Softmax layers turn q and k by their position; true unless given.").optional(),
  tied: accepting(z.boolean(), "true or false", "The classifier's matrix is the embedding table; false unless given.").optional(),
};

const optionalSizes = {
  layers: sizes.layers.optional(),
  width: sizes.width.optional(),
  vocab: sizes.vocab.optional(),
  feedForward: sizes.feedForward.optional(),
};

const published = recognisedWhere(
  z
    .strictObject({
      preset: z.enum(presetNames as [(typeof presetNames)[number]]).meta({ description: "A published model's shape, with its heads, kvHeads and headDim." }),
      scale: accepting(
        z.number().min(1e-3).max(1),
        "a number from 0.001 to 1",
        "Shrinks layers, width, heads, vocabulary and experts; headDim and active experts stay. 1 unless given.",
      ).optional(),
      ...optionalSizes,
      ...others,
    })
    .meta({ title: "Published model", description: "A preset, shrunk; sizes beside it stand in the place of its own." }),
  // Without any size of its own it can only mean a preset.
  (value) => "preset" in value || !Object.keys(sizes).some((name) => name in value),
);

const spelledOut = z.strictObject({ ...sizes, ...others }).meta({ title: "Model" });

/** What lies around the mixers of phase tokenLoop, and in phase offload too where it is given. */
export const modelSchema = accepting(
  z.union([published, spelledOut]),
  "{ preset: llama3-8b, scale: 0.125 } or { layers: 4, width: 256, vocab: 4096, feedForward: 704 }",
  "Phase tokenLoop: the model around the mixers, of random weights. Phase offload: the states of all its layers come back, or all its tokens go through anew; one layer's attention alone where none is given.",
);

/** What `pattern` of an entry says where its layers are those of model.preset. */
export const presetPattern = "preset";

export type ModelFile = z.output<typeof modelSchema>;
