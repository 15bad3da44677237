import type { CellRecord, RunRecord, WrittenText } from "../record/run.ts";
import { armName } from "./answer.ts";

/** A written text and the cell whose arm and sizes it has. */
export interface ArmText {
  readonly text: WrittenText;
  readonly cell: CellRecord;
  /** "KV cache (cached)" */
  readonly arm: string;
}

/** All texts of a run, in the order in which they were written; those of cells that are no part of it any more are left out. */
export const armTexts = ({ writing, cells }: Pick<RunRecord, "writing" | "cells">): readonly ArmText[] =>
  (writing?.texts ?? []).flatMap((text) => {
    const cell = cells.find(({ id }) => id === text.cell);
    return cell ? [{ text, cell, arm: armName(cell) }] : [];
  });

/** Do both write by the same weights and mixers, so that only what they keep between tokens differs? */
export const shareWeights = (one: ArmText, other: ArmText): boolean => weightsOf(one) === weightsOf(other);

const weightsOf = ({ cell }: ArmText): string => {
  const { mechanism, heads, kvHeads, headDim, headDimV, dtype, parameters, model } = cell;
  return JSON.stringify([mechanism, heads, kvHeads, headDim, headDimV, dtype, parameters, model?.pattern, model?.mixers]);
};

/** Where two texts part: the place of the first token that differs, and whether rounding may have chosen there. Undefined where they are the same. */
export const partingOf = (one: WrittenText, other: WrittenText): { readonly place: number; readonly near: boolean } | undefined => {
  const place = Array.from({ length: Math.max(one.tokens.length, other.tokens.length) }).findIndex((_, i) => one.tokens[i] !== other.tokens[i]);
  return place < 0 ? undefined : { place, near: one.near.includes(place) || other.near.includes(place) };
};
