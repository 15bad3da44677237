import type { ExperimentPhase } from "./phases.ts";
import type { Draft } from "./problem.ts";
import type { Composition, ExperimentFile } from "./schema.ts";

export type Entry = ExperimentFile["mechanisms"][number];

/** An entry of `mechanisms`, and where it stands in the file. */
export interface PlacedEntry<One extends Entry = Entry> {
  readonly entry: One;
  readonly index: number;
}

export const isComposition = (entry: Entry): entry is Composition => typeof entry === "object" && "compose" in entry;

type Phases = ExperimentPhase | readonly ExperimentPhase[];

/** The phases that an entry is in; undefined: all of the file's. */
const phasesOf = (entry: Entry): readonly ExperimentPhase[] | undefined => {
  const own = typeof entry === "object" ? (entry.phase as Phases | undefined) : undefined;
  return own === undefined ? undefined : [own].flat();
};

/** Entries that are measured in one phase, or composed of such. */
export const entriesIn = (
  all: readonly Entry[],
  phase: ExperimentPhase,
): { readonly measured: readonly PlacedEntry<Exclude<Entry, Composition>>[]; readonly composed: readonly PlacedEntry<Composition>[] } => {
  const placed = all.map((entry, index) => ({ entry, index })).filter(({ entry }) => phasesOf(entry)?.includes(phase) ?? true);
  return {
    measured: placed.flatMap(({ entry, index }) => (isComposition(entry) ? [] : [{ entry, index }])),
    composed: placed.flatMap(({ entry, index }) => (isComposition(entry) ? [{ entry, index }] : [])),
  };
};

/** What is wrong with the phases of entries: some that the file does not have, and phases of the file that nothing is measured in. */
export const entryDrafts = (all: readonly Entry[], phases: readonly ExperimentPhase[]): readonly Draft[] => [
  ...all.flatMap((entry, index) =>
    (phasesOf(entry) ?? [])
      .filter((phase) => !phases.includes(phase))
      .map(
        (phase): Draft => ({ path: ["mechanisms", index, "phase"], on: "value", message: "no phase of this file", given: phase, accepted: phases.join(", ") }),
      ),
  ),
  ...phases
    .filter((phase) => entriesIn(all, phase).measured.length === 0)
    .map(
      (phase): Draft => ({
        path: ["mechanisms"],
        on: "key",
        message: "no entry is in this phase",
        given: phase,
        accepted: `an entry without phase, or with phase ${phase}`,
      }),
    ),
];
