import type { Messages } from "../messages/messages.ts";
import { type Analysed, armName } from "./answer.ts";
import { ceilingShareOf } from "./ceilingShare.ts";
import { groupBy } from "./grouping.ts";
import { unequalShares } from "./pairShares.ts";
import { describeKey, type Series, sameShape, seriesOf } from "./series.ts";

/** More shapes than these are no sentences; a table has them all. */
const mostShapes = 3;

/**
 * Whole models whose arms use the device unequally, at the largest n that all of an equal shape were measured at: arms that differ in what they keep run different kernels for all stages (a prompt's rows at once, or one
 * row), so that where there is no n* to say it at, it is to be said all the same. None of other phases.
 */
export const shareSentences = ({ cells }: Pick<Analysed, "cells">, t: Messages): readonly string[] => {
  const series = seriesOf(cells).filter(({ phase, cells: ofCurve }) => phase === "tokenLoop" && ofCurve.some((cell) => ceilingShareOf(cell) !== undefined));
  const keys = series.map(({ key }) => key);
  const shapes = [...groupBy(series, ({ key }) => `${keys.findIndex((other) => sameShape(other, key))}`).values()];
  const sentences = shapes.flatMap((arms) => sentence(arms, arms[0] ? describeKey(arms[0].key, keys) : "", t));
  return sentences.length > mostShapes ? [] : sentences;
};

/** Of arms of one shape, each with its share at an n. */
const sentence = (arms: readonly Series[], shape: string, t: Messages): readonly string[] => {
  const sharesOf = arms.map(
    ({ cells }) => new Map(cells.flatMap((cell) => [[cell.n, ceilingShareOf(cell)] as const]).filter(([, share]) => share !== undefined)),
  );
  const common = [...(sharesOf[0]?.keys() ?? [])].filter((n) => sharesOf.every((shares) => shares.has(n)));
  const n = Math.max(...common);
  const told = arms.flatMap((arm, i) => {
    const share = sharesOf[i]?.get(n);
    return share === undefined ? [] : [{ name: armName(arm), share }];
  });
  const shares = told.map(({ share }) => share.value);
  if (told.length < 2 || Math.max(...shares) / Math.min(...shares) <= unequalShares) return [];
  return [t.crossover.unequalArms(n, shape, told)];
};
