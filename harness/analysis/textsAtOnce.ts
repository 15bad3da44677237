import type { RunRecord } from "../record/run.ts";

/** How many texts every time and every byte is of, where that is more than one and the same all through. */
export const textsAtOnce = ({ cells }: Pick<RunRecord, "cells">): number | undefined => {
  const [texts, ...others] = new Set(cells.flatMap(({ family, batch }) => (family === "instrument" ? [] : [batch])));
  return texts !== undefined && texts > 1 && others.length === 0 ? texts : undefined;
};
