import type { Mechanism } from "../../kernels/mechanism.ts";
import { planCells } from "./cells.ts";
import { inOrder, parsePositioned, placed, problemAt, type Source } from "./document.ts";
import { expectationDrafts } from "./expectations.ts";
import type { Experiment, PlannedCell } from "./experiment.ts";
import { cellFields, type Fields } from "./expression/fields.ts";
import { meets, type Predicate, parsePredicate } from "./expression/predicate.ts";
import { draftsOf } from "./issues.ts";
import { applyOverrides } from "./overrides.ts";
import type { Draft, Problem } from "./problem.ts";
import { resolveExperiment } from "./resolve.ts";
import { experimentMechanisms, experimentSchema } from "./schema.ts";

export interface ExperimentText {
  readonly text: string;
  /** path as the user wrote it, for messages */
  readonly file: string;
  /** `--set` flags: `axes.n=[256,512]` */
  readonly sets: readonly string[];
  /** `--filter`: a condition that cells must meet */
  readonly filter?: string | undefined;
}

/** Either an experiment with its cells, or everything that is wrong with it, in reading order, at most 20. */
export type ParsedExperiment =
  | { readonly experiment: Experiment; readonly cells: readonly PlannedCell[]; readonly problems: readonly [] }
  | { readonly experiment: undefined; readonly cells: undefined; readonly problems: readonly Problem[] };

// Looking a place up walks the file, and of all these only the first 20 in reading order are shown.
const mostPlaced = 200;

/** YAML text to an experiment and its cells. No disk, no device; user mistakes come back as problems, and cells may be empty when a filter leaves none. */
export const parseExperiment = ({ text, file, sets, filter }: ExperimentText, mechanisms: readonly Mechanism[]): ParsedExperiment => {
  const fails = (problems: readonly Problem[]): ParsedExperiment => ({ experiment: undefined, cells: undefined, problems: inOrder(problems) });
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

  const { experiment, drafts } = resolveExperiment(checked.data, { text, filter }, mechanisms);
  if (drafts.length > 0) return fails(place(drafts));
  const byName = new Map(mechanisms.map((mechanism) => [mechanism.name, mechanism] as const));
  const planned = planCells(experiment, byName);
  if (!("length" in planned)) return fails(place([planned]));

  const fields = cellFields(
    experimentMechanisms(mechanisms),
    experiment.arms.map((arm) => arm.label),
  );
  const excluded = excludePredicates(experiment.exclude, fields);
  const kept = filterPredicate(filter, fields);
  const problems = [...place([...excluded.drafts, ...expectationDrafts(experiment, planned, byName, fields)]), ...kept.problems];
  if (problems.length > 0) return fails(problems);
  const cells = planned.filter(
    ({ cell }) => !excluded.predicates.some((predicate) => meets(cell, predicate)) && kept.predicates.every((predicate) => meets(cell, predicate)),
  );
  return { experiment, cells, problems: [] };
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
