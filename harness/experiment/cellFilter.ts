import type { Mechanism } from "../../kernels/mechanism.ts";
import type { Cell } from "./experiment.ts";
import { cellFields } from "./expression/fields.ts";
import { meets, parsePredicate } from "./expression/predicate.ts";

/** A condition that cannot be read, or that no cell meets. */
export class BadFilter extends Error {}

/** The cells that meet a condition, as run's --filter, all without one. Throws BadFilter. */
export const cellsMeeting = (cells: readonly Cell[], mechanisms: readonly Mechanism[], filter: string | undefined): readonly Cell[] => {
  if (filter === undefined) return cells;
  const { value, flaw } = parsePredicate(
    filter,
    cellFields(
      mechanisms,
      mechanisms.map(({ name }) => name),
    ),
  );
  if (flaw)
    throw new BadFilter(
      `--filter '${filter}': ${flaw.message}${flaw.given ? `, given ${flaw.given}` : ""}${flaw.accepted ? `, accepted: ${flaw.accepted}` : ""}`,
    );
  const chosen = cells.filter((cell) => meets(cell, value));
  if (chosen.length === 0)
    throw new BadFilter(
      `--filter '${filter}': no cell meets it; the cells are ${[...new Set(cells.map(({ mechanism, form, phase }) => `${mechanism} ${form} ${phase}`))].join(", ")}`,
    );
  return chosen;
};
