import { z } from "zod";
import { encodingNames } from "../tokenizer/encodingNames.ts";
import { accepting, wholeNumber } from "./accepted.ts";

/** Tokens of a prompt, and tokens that are written: both go through float64 too. */
export const mostTextTokens = 2048;
const token = (about?: string) => wholeNumber(0, 2 ** 24 - 1, about);

/** `text: { prompt: "…", tokens: 100, stop: 100257, temperature: 0.8 }` */
export const textSchema = accepting(
  z.strictObject({
    prompt: accepting(
      z.union([z.string().min(1).max(10_000), z.array(token()).min(1).max(mostTextTokens)]),
      `a text, or 1 to ${mostTextTokens} numbers of tokens`,
      "What the text begins with: words, which the tokenizer cuts, or numbers of tokens.",
    ),
    tokens: wholeNumber(1, mostTextTokens, "Tokens that are written at most."),
    stop: token("The text ends once this token is written; none unless given.").optional(),
    temperature: accepting(
      z.union([z.literal(0), z.number().min(0.01).max(100)]),
      "0, or a number from 0.01 to 100",
      "Each token is drawn from the softmax of scores over this, by measure.seed; 0, unless given: the likeliest token.",
    ).optional(),
    tokenizer: z
      .enum(encodingNames)
      .meta({ description: "Cuts the prompt and puts the written tokens together; cl100k_base for a prompt of words unless given." })
      .optional(),
  }),
  "{ prompt: hello, tokens: 100 }",
  "Phase tokenLoop: each arm writes a text with the model, which is held against float64 token by token.",
);

export type TextFile = z.output<typeof textSchema>;
