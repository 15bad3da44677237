import type { Mechanism } from "../../kernels/mechanism.ts";
import { planCells } from "./cells.ts";
import { inOrder, parsePositioned, placed, problemAt, type Source } from "./document.ts";
import { expectationDrafts } from "./expectations.ts";
import type { Experiment, PlannedCell } from "./experiment.ts";
import { cellFields, type Fields } from "./expression/fields.ts";
import { meets, type Predicate, parsePredicate } from "./expression/predicate.ts";
import { draftsOf } from "./issues.ts";
import { disagreement } from "./model.ts";
import { applyOverrides } from "./overrides.ts";
import type { Draft, Problem } from "./problem.ts";
import { phasesOf, resolveExperiment } from "./resolve.ts";
import { type ExperimentFile, experimentMechanisms, experimentSchema } from "./schema.ts";

export interface ExperimentText {
  readonly text: string;
  /** path as the user wrote it, for messages */
  readonly file: string;
  /** `--set` flags: `axes.n=[256,512]` */
  readonly sets: readonly string[];
  /** `--filter`: a condition that cells must meet */
  readonly filter?: string | undefined;
}

export interface PlannedExperiment {
  readonly experiment: Experiment;
  readonly cells: readonly PlannedCell[];
}

/** The experiments of a file, one for each of its phases, or everything that is wrong with it, in reading order, at most 20. */
export interface ParsedExperiments {
  readonly experiments: readonly PlannedExperiment[];
  readonly problems: readonly Problem[];
}

/** Either an experiment with its cells, or everything that is wrong with it, in reading order, at most 20. */
export type ParsedExperiment =
  | (PlannedExperiment & { readonly problems: readonly [] })
  | { readonly experiment: undefined; readonly cells: undefined; readonly problems: readonly Problem[] };

// Looking a place up walks the file, and of all these only the first 20 in reading order are shown.
const mostPlaced = 200;

/** YAML text to an experiment and its cells, as parseExperiments, of a file with one phase; of one with several, the first. */
export const parseExperiment = (text: ExperimentText, mechanisms: readonly Mechanism[]): ParsedExperiment => {
  const { experiments, problems } = parseExperiments(text, mechanisms);
  const [first] = experiments;
  return first ? { ...first, problems: [] } : { experiment: undefined, cells: undefined, problems };
};

/** YAML text to experiments and their cells. No disk, no device; user mistakes come back as problems, and cells may be empty when a filter leaves none. */
export const parseExperiments = ({ text, file, sets, filter }: ExperimentText, mechanisms: readonly Mechanism[]): ParsedExperiments => {
  const fails = (problems: readonly Problem[]): ParsedExperiments => ({ experiments: [], problems: inOrder(problems) });
  const document = parsePositioned({ file, text: text.replace(/^\ufeff/, ""), start: 0, isFlag: false });
  if (!("yaml" in document)) return fails(document);
  const place = (drafts: readonly Draft[]): readonly Problem[] => drafts.slice(0, mostPlaced).map((draft) => placed(document, draft));
  if (document.yaml.contents === null)
    return fails(place([{ path: [], on: "value", message: "the file is empty", accepted: "name, phase, mechanisms, axes, …" }]));

  const flagProblems = applyOverrides(document, sets);
  if (flagProblems.length > 0) return fails(flagProblems);
  const schema = experimentSchema(mechanisms);
  const value: unknown = document.yaml.toJS({ maxAliasCount: 0 });
  const checked = schema.safeParse(value);
  if (!checked.success) return fails(place(draftsOf(checked.error.issues, schema, value)));

  const phases = phasesOf(checked.data).map((phase) => planPhase(checked.data, { text, filter, phase }, mechanisms));
  const drafts = phases.flatMap((planned) => planned.drafts);
  const problems = [...place(drafts), ...phases.flatMap((planned) => planned.problems)];
  return problems.length > 0 ? fails(problems) : { experiments: phases.flatMap(({ planned }) => planned ?? []), problems: [] };
};

/** One phase of a checked file: what is measured, or what is wrong with it. */
const planPhase = (
  file: ExperimentFile,
  given: { readonly text: string; readonly filter: string | undefined; readonly phase: Experiment["phase"] },
  mechanisms: readonly Mechanism[],
): { readonly planned?: PlannedExperiment; readonly drafts: readonly Draft[]; readonly problems: readonly Problem[] } => {
  const { experiment, drafts } = resolveExperiment(file, given, mechanisms);
  if (drafts.length > 0) return { drafts, problems: [] };
  const byName = new Map(mechanisms.map((mechanism) => [mechanism.name, mechanism] as const));
  const planned = planCells(experiment, byName);
  if (!("length" in planned)) return { drafts: [planned], problems: [] };
  const disagreeing = disagreement(planned, file);
  if (disagreeing) return { drafts: [disagreeing], problems: [] };

  const fields = cellFields(experimentMechanisms(mechanisms), [
    ...experiment.arms.map((arm) => arm.label),
    // What is said of entries of another phase is no mistake here.
    ...file.mechanisms.flatMap((entry) => (typeof entry === "object" && typeof entry.label === "string" ? [entry.label] : [])),
  ]);
  const excluded = excludePredicates(experiment.exclude, fields);
  const kept = filterPredicate(given.filter, fields);
  const faults = [...excluded.drafts, ...expectationDrafts(experiment, planned, byName, fields)];
  if (faults.length > 0 || kept.problems.length > 0) return { drafts: faults, problems: kept.problems };
  const cells = planned.filter(
    ({ cell }) => !excluded.predicates.some((predicate) => meets(cell, predicate)) && kept.predicates.every((predicate) => meets(cell, predicate)),
  );
  return { planned: { experiment, cells }, drafts: [], problems: [] };
};

const excludePredicates = (texts: readonly string[], fields: Fields): { predicates: readonly Predicate[]; drafts: readonly Draft[] } => {
  const parses = texts.map((text) => parsePredicate(text, fields));
  return {
    predicates: parses.flatMap(({ value }) => (value === undefined ? [] : [value])),
    drafts: parses.flatMap(({ flaw }, index) => (flaw === undefined ? [] : [{ ...flaw, path: ["exclude", index], on: "value", offset: flaw.at } as const])),
  };
};

const filterPredicate = (filter: string | undefined, fields: Fields): { predicates: readonly Predicate[]; problems: readonly Problem[] } => {
  if (filter === undefined) return { predicates: [], problems: [] };
  const { value, flaw } = parsePredicate(filter, fields);
  if (flaw === undefined) return { predicates: [value], problems: [] };
  const prefix = "--filter ";
  const source: Source = { file: "--filter", text: `${prefix}${filter}`, start: prefix.length, isFlag: true };
  return { predicates: [], problems: [problemAt(source, flaw.at, { ...flaw, path: [], on: "value" })] };
};
