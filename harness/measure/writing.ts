import type { Mechanism, Tensors } from "../../kernels/mechanism.ts";
import { routesBuffers } from "../../kernels/model/routes.ts";
import { writtenOf } from "../../kernels/model/textReference.ts";
import { CellFailure } from "../device/failure.ts";
import type { OpenDevice } from "../device/openDevice.ts";
import type { Program } from "../device/program.ts";
import type { Cell } from "../experiment/experiment.ts";
import type { WriteReply } from "./messages.ts";

/** Tokens between two looks at whether a text has ended: each is a submit of its own, and none waits for the one before. */
const tokensUnseen = 8;

/** Writing it once more takes no longer than this: the first time holds what a driver compiles lazily. A text that its stop token ended is written again all the same, up to that token: its scores are the last that are left. */
const mostAgainMs = 10_000;

/**
 * A text as the program writes it, and the wall ms of its loop over the tokens written: of the second time, where the first was short. Throws CellFailure wrongOutput as writeText does, and where the second is another one.
 */
export const timedText = async (
  open: OpenDevice,
  program: Program,
  cell: Cell,
  drawn: Tensors,
): Promise<{ readonly text: Uint32Array; readonly msPerToken: number }> => {
  const timed = async (most: number): Promise<{ readonly text: Uint32Array; readonly ms: number }> => {
    program.fill(drawn);
    await open.awaited(open.device.queue.onSubmittedWorkDone());
    const from = performance.now();
    const text = await writeText(open, program, cell, most);
    return { text, ms: performance.now() - from };
  };
  const given = givenOf(cell.model);
  const all = program.plan.tokenEnds?.length ?? 0;
  const first = await timed(all);
  const count = writtenOf(first.text).length - given;
  const { text, ms } = first.ms < mostAgainMs || count < all ? await timed(count) : first;
  const other = writtenOf(text).findIndex((token, i) => token !== writtenOf(first.text)[i]);
  if (other >= 0)
    throw new CellFailure(
      "wrongOutput",
      `token ${text[other]} at place ${other} of the text is another one than the same model wrote there before, ${first.text[other]}`,
    );
  return { text, msPerToken: ms / (writtenOf(text).length - given) };
};

/**
 * Runs a text's steps on the device, a submit a token, until it has ended or so many tokens are written. Returns what stands in its buffer. Throws CellFailure wrongOutput where that is no text of this model: a number that is no
 * token, or none at all before its end.
 */
const writeText = async (open: OpenDevice, program: Program, { model }: Cell, most: number): Promise<Uint32Array> => {
  const { stop } = model?.text ?? {};
  const ends = program.plan.tokenEnds?.slice(0, most) ?? [];
  let text: Uint32Array = new Uint32Array();
  for (const [token, end] of ends.entries()) {
    const encoder = open.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    program.recordSteps(pass, ends[token - 1] ?? 0, end);
    pass.end();
    open.device.queue.submit([encoder.finish()]);
    const isLast = token === ends.length - 1;
    if (!isLast && (stop === undefined || (token + 1) % tokensUnseen !== 0)) continue;
    text = (await program.read("text")) as Uint32Array;
    if (stop !== undefined && writtenOf(text).at(-1) === stop && writtenOf(text).length > givenOf(model)) break;
  }
  const strange = writtenOf(text).findIndex((token) => token >= (model?.vocab ?? 0));
  if (strange >= 0) throw new CellFailure("wrongOutput", `token ${text[strange]} at place ${strange} of the text: the model has ${model?.vocab}`);
  if (writtenOf(text).length <= givenOf(model)) throw new CellFailure("wrongOutput", "no token was written");
  return text;
};

const givenOf = (model: Cell["model"]): number => model?.text?.prompt.length ?? 0;

/** Which experts each place of the text went through, for float64 to follow: by name as the reference takes them. */
export const routesOf = async (program: Program, { model, n }: Cell): Promise<Tensors> => {
  const routes: Record<string, Uint32Array> = {};
  for (const { name } of model ? routesBuffers(model, n - 1) : []) routes[name] = (await program.read(name)) as Uint32Array;
  return routes;
};

/** The tokens behind the prompt, and which of them the reference leaves open. `tensors`: with the text. */
export const writtenTokens = (mechanism: Mechanism, cell: Cell, tensors: Tensors): Pick<WriteReply, "tokens" | "near"> => {
  const given = givenOf(cell.model);
  const tokens = writtenOf(tensors.text ?? []).slice(given);
  const held = new Set(
    mechanism.reference(cell, tensors, { batch: 0, head: 0, tokens: [0] }).flatMap(({ buffer, offset }) => (buffer === "text" ? [offset] : [])),
  );
  return { tokens, near: tokens.flatMap((_, i) => (held.has(given + i) ? [] : [i])) };
};
