import { readFileSync, realpathSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";
import type { Mechanism } from "../../kernels/mechanism.ts";
import type { Note } from "../analysis/comparison/comparison.ts";
import { groupBy } from "../analysis/grouping.ts";
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
): readonly Note[] => {
  const place = relative(root, realpathSync(file));
  // One that lies elsewhere is no state's own: both are measured by it.
  if (place.split(sep)[0] === ".." || isAbsolute(place)) return [];
  const text = textOf(join(base.folder, place));
  if (text === undefined) return [];
  const name = plainLine(file, 200);
  const checked = checkText(text, file);
  const before = typeof checked === "string" ? parseExperiments({ text: checked, file, sets: changes.set, filter: changes.filter }, mechanisms) : undefined;
  if (!before || before.problems.length > 0) return [(t) => t.comparison.unreadFile(name)];
  // Whatever its experiment is called now: a phase that joins a file renames those that were there.
  const keyOf = ({ cell: { phase, id } }: PlannedCell): string => `${phase} ${id}`;
  const asked = new Set(planned.flatMap(({ cells }) => cells.map(keyOf)));
  // How far an open axis would have gone is not known: of it a curve is dropped, told by its first cell, or none.
  const curveOf = ({ cell: { id: _, n: __, ...rest } }: PlannedCell): string => JSON.stringify(rest);
  const curves = new Set(planned.flatMap(({ cells }) => cells.map(curveOf)));
  const dropped = before.experiments.flatMap(({ cells }) => {
    const own = cells.filter(({ skip, cell }) => !skip && cell.runtime === undefined);
    const listed = own.filter((one) => !one.until && !asked.has(keyOf(one)));
    const open = [
      ...groupBy(
        own.filter(({ until }) => until),
        curveOf,
      ),
    ].flatMap(([curve, [first]]) => (first && !curves.has(curve) ? [first] : []));
    return [...listed, ...open].map(({ cell: { id } }) => id);
  });
  const [first] = dropped;
  if (first === undefined) return [];
  return [(t) => t.comparison.dropped(name, dropped.length, plainLine(first, 200))];
};

const textOf = (file: string): Uint8Array | undefined => {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
};
