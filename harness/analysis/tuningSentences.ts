import type { Tiles } from "../../kernels/mechanism.ts";
import { partNames } from "../../kernels/watchdog.ts";
import type { Messages } from "../messages/messages.ts";
import { type Analysed, armName } from "./answer.ts";
import { describeKey, seriesOf } from "./series.ts";

/** What `--tune` chose for each arm, and what that gained where it was timed. Nothing of a run without it. */
export const tuningSentences = ({ tunings = [], cells }: Analysed, t: Messages): readonly string[] => {
  const arms = tunings.length === 0 ? [] : seriesOf(cells);
  const keys = arms.map(({ key }) => key);
  return tunings.flatMap((tuning) => {
    const arm = arms.find((series) => series.cells.some(({ id }) => id === tuning.cell));
    const cell = arm?.cells.find(({ id }) => id === tuning.cell);
    if (!arm || !cell) return [];
    const shape = describeKey(arm.key, keys);
    const name = t.tuning.name(armName(cell), shape);
    if (tuning.note !== undefined) return [t.tuning.notTimed(name, tuning.note)];
    const count = tuning.variants.length;
    const [first] = tuning.variants;
    const best = tuning.variants[tuning.chosen];
    if (tuning.chosen === 0 || tuning.cells.length === 0 || !best) return [t.tuning.stays(name, count, cell.n, tuning.against)];
    const gain = first?.medianMs !== undefined && best.medianMs !== undefined ? first.medianMs / best.medianMs : undefined;
    return [t.tuning.used(name, count, cell.n, tuning.against, { variant: variantText(best.tiles), gain, cells: [tuning.cells.length, arm.cells.length] })];
  });
};

/** "rows, rows 64, splits 2, keys 32": a variant in words, without how its work is parted. */
export const variantText = (tiles: Tiles): string =>
  Object.entries(tiles)
    .filter(([name]) => !partNames.has(name))
    .map(([name, value]) => (name === "path" ? String(value) : `${name} ${value}`))
    .join(", ");
