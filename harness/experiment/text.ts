import { vocabularySizes } from "../tokenizer/encodingNames.ts";
import type { Cell, Experiment, ExperimentModel, ExperimentText, PlannedCell } from "./experiment.ts";
import type { Draft } from "./problem.ts";
import type { TextFile } from "./textSchema.ts";

/** The text that a file asks for, with what is not said filled in. */
export const textOf = ({ tokenizer, ...file }: TextFile): ExperimentText => {
  const encoding = tokenizer ?? (typeof file.prompt === "string" ? "cl100k_base" : undefined);
  return {
    prompt: file.prompt,
    tokens: file.tokens,
    ...(file.stop === undefined ? {} : { stop: file.stop }),
    temperature: file.temperature ?? 0,
    ...(encoding === undefined ? {} : { tokenizer: encoding }),
  };
};

/** What is wrong with a text: no model that could write it, or one that has not as many tokens. */
export const textDrafts = (text: TextFile | undefined, model: ExperimentModel | undefined, phases: readonly string[]): readonly Draft[] => {
  if (text === undefined) return [];
  if (!phases.includes("tokenLoop"))
    return [
      { path: ["text"], on: "key", message: "without a model that writes it", given: `phase ${phases.join(", ")}`, accepted: "text beside phase tokenLoop" },
    ];
  if (!model) return [];
  const { vocab } = model;
  const { tokenizer } = textOf(text);
  const least = tokenizer === undefined ? 0 : vocabularySizes[tokenizer];
  const beyond = (path: Draft["path"], token: number): readonly Draft[] =>
    token < vocab
      ? []
      : [{ path, on: "value", message: "no token of this model", given: String(token), accepted: `0 to ${vocab - 1}, or model.vocab: ${token + 1}` }];
  return [
    ...(typeof text.prompt === "string" && vocab < least
      ? [
          {
            path: ["text", "prompt"],
            on: "value",
            message: `may have any of the ${least} tokens of ${tokenizer}, and the model has ${vocab}`,
            accepted: `model.vocab: ${least}, or numbers of tokens below ${vocab}`,
          } as const,
        ]
      : []),
    ...(typeof text.prompt === "string" ? [] : text.prompt.flatMap((token, i) => beyond(["text", "prompt", i], token))),
    ...(text.stop === undefined ? [] : beyond(["text", "stop"], text.stop)),
  ];
};

/** A text that is to be written, and the planned cell whose arm and sizes it has: the one of the smallest n. */
export interface TextCell {
  readonly cell: Cell;
  readonly like: string;
}

/** What tells one text from another: arm and sizes, but not how much there was before a token that was timed, nor beside how many others. */
export const textKind = ({ label, form, heads, kvHeads, headDim, headDimV, dtype, kvDtype, stateDtype, scale, parameters, model }: Cell): string =>
  JSON.stringify([label, form, heads, kvHeads, headDim, headDimV, dtype, kvDtype, stateDtype, scale, parameters, model]);

/** One text for every arm and every set of sizes but n and batch. `prompt`: numbers of its tokens. */
export const textCells = (
  { text, measure }: Pick<Experiment, "text" | "measure">,
  planned: readonly PlannedCell[],
  prompt: readonly number[],
): readonly TextCell[] => {
  if (!text) return [];
  const first = new Map<string, Cell>();
  for (const { cell, skip } of planned) {
    if (skip || !cell.model || cell.runtime !== undefined) continue;
    const key = textKind(cell);
    const known = first.get(key);
    if (!known || cell.n < known.n) first.set(key, cell);
  }
  return [...first.values()].map(({ cache: _, ...cell }) => ({
    like: cell.id,
    cell: {
      ...cell,
      id: `text-${cell.id}`,
      phase: "generate",
      n: prompt.length + text.tokens,
      batch: 1,
      ...(cell.model
        ? {
            model: {
              ...cell.model,
              text: { prompt, temperature: text.temperature, seed: measure.seed, ...(text.stop === undefined ? {} : { stop: text.stop }) },
            },
          }
        : {}),
    },
  }));
};
