import type { Tiles } from "../../kernels/mechanism.ts";
import type { Tuning } from "../record/run.ts";
import { type Analysed, armName } from "./answer.ts";
import { formatCount, formatNumber } from "./format.ts";
import { describeKey, seriesOf } from "./series.ts";

/** What `--tune` chose for each arm, and what that gained where it was timed. Nothing of a run without it. */
export const tuningSentences = ({ tunings = [], cells }: Analysed): readonly string[] => {
  const arms = tunings.length === 0 ? [] : seriesOf(cells);
  const keys = arms.map(({ key }) => key);
  return tunings.flatMap((tuning) => {
    const arm = arms.find((series) => series.cells.some(({ id }) => id === tuning.cell));
    const cell = arm?.cells.find(({ id }) => id === tuning.cell);
    if (!arm || !cell) return [];
    const shape = describeKey(arm.key, keys);
    const name = `${armName(cell)}${shape === "" ? "" : ` at ${shape}`}`;
    const where = `at n = ${formatCount(cell.n)}${tuning.against === undefined ? "" : `, where ${tuning.against} is nearest in time`}`;
    if (tuning.note !== undefined) return [`The variants of ${name} were not timed (${tuning.note}): the default stays.`];
    const count = tuning.variants.length;
    const [first] = tuning.variants;
    const best = tuning.variants[tuning.chosen];
    if (tuning.chosen === 0 || tuning.cells.length === 0 || !best)
      return [`Of ${count} variants of ${name} timed ${where}, the default stays: none of the others is clearly faster.`];
    const scope = tuning.cells.length === arm.cells.length ? "" : `, in ${tuning.cells.length} of its ${arm.cells.length} cells`;
    return [`Of ${count} variants of ${name} timed ${where}, ${variantText(best.tiles)} is used${gain(first, best)}${scope}.`];
  });
};

const gain = (first: Tuning["variants"][number] | undefined, best: Tuning["variants"][number]): string =>
  first?.medianMs !== undefined && best.medianMs !== undefined ? `, ${formatNumber(first.medianMs / best.medianMs)} times as fast as the default there` : "";

/** "rows, rows 64, splits 2, keys 32": a variant in words. */
export const variantText = (tiles: Tiles): string =>
  Object.entries(tiles)
    .map(([name, value]) => (name === "path" ? String(value) : `${name} ${value}`))
    .join(", ");
