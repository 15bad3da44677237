import { readFileSync, realpathSync } from "node:fs";
import { join, relative } from "node:path";
import type { Mechanism } from "../../kernels/mechanism.ts";
import { formatCount } from "../analysis/format.ts";
import type { PlannedCell } from "../experiment/experiment.ts";
import { checkText } from "../experiment/fileText.ts";
import { parseExperiments } from "../experiment/parse.ts";
import type { Checkouts } from "./checkout.ts";
import type { Changes, ReadExperiment } from "./input.ts";
import { plainLine } from "./plainText.ts";

/**
 * What base's own state of an experiment file asks for and head's no longer does, in one sentence a duet's answer carries; none where nothing was dropped, or base has no such file. Both sides are measured by head's
 * file, so that a change that takes a cell out of it would else be seen by nobody. `changes`: as given for head's.
 */
export const droppedCells = (
  file: string,
  { root, base }: Pick<Checkouts, "root" | "base">,
  changes: Changes,
  mechanisms: readonly Mechanism[],
  planned: readonly ReadExperiment[],
): readonly string[] => {
  const text = textOf(join(base.folder, relative(root, realpathSync(file))));
  if (text === undefined) return [];
  const name = plainLine(file, 200);
  const checked = checkText(text, file);
  const before = typeof checked === "string" ? parseExperiments({ text: checked, file, sets: changes.set, filter: changes.filter }, mechanisms) : undefined;
  if (!before || before.problems.length > 0) return [`What base's ${name} asked for cannot be read here, so whether head's asks for less is not known.`];
  // Whatever its experiment is called now: a phase that joins a file renames those that were there.
  const keyOf = ({ cell: { phase, id } }: PlannedCell): string => `${phase} ${id}`;
  const asked = new Set(planned.flatMap(({ cells }) => cells.map(keyOf)));
  // How far an open axis would have gone is not known: of it a curve is dropped, told by its first cell, or none.
  const curveOf = ({ cell: { id: _, n: __, ...rest } }: PlannedCell): string => JSON.stringify(rest);
  const curves = new Set(planned.flatMap(({ cells }) => cells.map(curveOf)));
  const isFirst = (one: PlannedCell, i: number, all: readonly PlannedCell[]): boolean => all.findIndex((other) => curveOf(other) === curveOf(one)) === i;
  const isDropped = (one: PlannedCell, i: number, all: readonly PlannedCell[]): boolean =>
    one.until ? isFirst(one, i, all) && !curves.has(curveOf(one)) : !asked.has(keyOf(one));
  const dropped = before.experiments.flatMap(({ cells }) =>
    cells.flatMap((one, i) => (!one.skip && one.cell.runtime === undefined && isDropped(one, i, cells) ? [one.cell.id] : [])),
  );
  const [first] = dropped;
  if (first === undefined) return [];
  const rest = dropped.length > 1 ? `, and ${formatCount(dropped.length - 1)} more` : "";
  return [
    `Base's ${name} asks for ${formatCount(dropped.length)} ${dropped.length === 1 ? "cell" : "cells"} that head's does not, and nobody measured: ${plainLine(first, 200)}${rest}.`,
  ];
};

const textOf = (file: string): Uint8Array | undefined => {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
};
