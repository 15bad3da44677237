import { performance } from "node:perf_hooks";
import type { Capabilities, Mechanism } from "../kernels/mechanism.ts";
import type { ExperimentText, PlannedCell } from "./experiment/experiment.ts";
import { roomOf } from "./measure/room.ts";
import { sharpnessOf } from "./measure/sharpness.ts";
import type { RunRecord, Tokenization } from "./record/run.ts";
import { encode } from "./tokenizer/encoding.ts";
import { encodingNames } from "./tokenizer/encodingNames.ts";
import { question } from "./tokenizer/question.ts";
import { tokenize } from "./tokenizer/tokenization.ts";

/** A record with what the command finds out itself, on the CPU and before anything else runs. `capabilities`: of the device that it will run on. */
export const withBeforehand = async (
  record: RunRecord,
  {
    cells,
    mechanisms,
    capabilities,
  }: { readonly cells: readonly PlannedCell[]; readonly mechanisms: readonly Mechanism[]; readonly capabilities: Capabilities },
): Promise<RunRecord> => {
  const { experiment } = record;
  const tokenizer = record.tokenizer ?? (experiment.phase === "tokenLoop" ? await tokenizations() : undefined);
  const sharpness =
    record.sharpness ??
    (experiment.claims?.includes("S6")
      ? sharpnessOf(
          cells.map(({ cell }) => cell),
          mechanisms,
          experiment.measure.seed,
        )
      : undefined);
  const room = record.room ?? (experiment.serving ? roomOf(experiment.serving, cells, mechanisms, capabilities) : undefined);
  const writing = record.writing ?? (experiment.text ? { prompt: await promptOf(experiment.text), texts: [] } : undefined);
  return { ...record, ...(room ? { room } : {}), ...(writing ? { writing } : {}), ...(tokenizer ? { tokenizer } : {}), ...(sharpness ? { sharpness } : {}) };
};

const tokenizations = async (): Promise<readonly Tokenization[]> => {
  const all: Tokenization[] = [];
  for (const encoding of encodingNames) all.push(await tokenize(question, encoding, () => performance.now()));
  return all;
};

/** Numbers of a prompt's tokens. */
const promptOf = async ({ prompt, tokenizer }: ExperimentText): Promise<readonly number[]> =>
  typeof prompt !== "string" ? prompt : encode(prompt, tokenizer ?? "cl100k_base");
