import { CellFailure } from "../device/failure.ts";
import type { Experiment, PlannedCell } from "../experiment/experiment.ts";
import { type TextCell, textCells } from "../experiment/text.ts";
import type { Journal } from "../record/journal.ts";
import type { Writing, WrittenText } from "../record/run.ts";
import { decode } from "../tokenizer/encoding.ts";
import type { Progress } from "./progress.ts";
import { withSecondWorker } from "./secondWorker.ts";
import type { WorkerSession } from "./workerSession.ts";

interface Context {
  readonly experiment: Experiment;
  readonly planned: readonly PlannedCell[];
  readonly session: WorkerSession;
  readonly journal: Journal;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** float64 goes through every place of a text, and through the classifier for each token. */
const writeLimitMs = 600_000;

/** Every arm's text, those that an earlier session wrote among them: each journaled once it is there. Rejects with NoAdapter where no worker can be had. */
export const writeTexts = async (writing: Writing, context: Context): Promise<Writing> => {
  const { experiment, planned, signal, onProgress, journal } = context;
  const texts = [...writing.texts];
  for (const one of textCells(experiment, planned, writing.prompt)) {
    if (signal.aborted) break;
    if (texts.some(({ cell }) => cell === one.like)) continue;
    onProgress({ type: "writing", id: one.like });
    const text = await written(one, context);
    journal.append({ type: "written", at: new Date().toISOString(), text });
    texts.push(text);
    onProgress({
      type: "written",
      id: one.like,
      tokens: text.tokens.length,
      status: text.outcome.status,
      reason: "code" in text.outcome ? text.outcome.reason : undefined,
    });
  }
  return { ...writing, texts };
};

const written = async ({ cell, like }: TextCell, { experiment, session }: Context): Promise<WrittenText> => {
  const { seed } = experiment.measure;
  const { text } = experiment;
  try {
    const { tokens, near, msPerToken, maxError, tolerance, kernelHash } = await withSecondWorker(() => session.ask("write", { cell, seed }, writeLimitMs));
    return {
      cell: like,
      outcome: { status: "ok" },
      tokens,
      near,
      ended: tokens.at(-1) === text?.stop ? "stop" : "length",
      ...(text?.tokenizer === undefined ? {} : { words: await decode(tokens, text.tokenizer) }),
      ...(msPerToken === undefined ? {} : { msPerToken }),
      verified: { kernelHash, maxError, tolerance },
    };
  } catch (error) {
    if (!(error instanceof CellFailure)) throw error;
    return { cell: like, outcome: error.record, tokens: [], near: [] };
  }
};
