import { builtInKernels } from "../../kernels/builtIn.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import type { Cell } from "../experiment/experiment.ts";
import { cellFields } from "../experiment/expression/fields.ts";
import { meets, parsePredicate } from "../experiment/expression/predicate.ts";
import { connector } from "../measure/connection.ts";
import { createSession } from "../measure/workerSession.ts";
import { drawnMutants, mutantCases, mutationCells } from "./cases.ts";
import type { Mutant } from "./mutate.ts";
import { runMutant, runOriginal, type Trial } from "./trial.ts";

export { tally, tallyText } from "./tally.ts";

/** What `npm run mutants` is asked for. */
export interface MutantsRequest {
  readonly adapter: string;
  /** a condition on cells, as run's --filter */
  readonly filter: string | undefined;
  /** mutants of a module, at most */
  readonly budget: number;
  readonly seed: number;
  /** the built folder of definition.ts */
  readonly kernels: string;
}

/** One mutant and what became of it. */
export interface MutantRecord {
  readonly cell: Cell;
  /** of the step */
  readonly label: string;
  /** `own`: the variant of this adapter; `hardware`: that of GPUs, on this adapter */
  readonly variant: Variant;
  readonly mutant: Mutant;
  /** the text of its line */
  readonly line: string;
  readonly trial: Trial;
}

export type Variant = "own" | "hardware";

/** Said as it goes. */
export type MutantsEvent =
  | { readonly kind: "adapter"; readonly name: string }
  | { readonly kind: "module"; readonly variant: Variant; readonly cell: Cell; readonly label: string; readonly drawn: number; readonly of: string }
  | { readonly kind: "mutant"; readonly record: MutantRecord };

/** A condition that cannot be read, or that no cell meets. */
export class BadFilter extends Error {}

const memoryBudgetBytes = 2 ** 28;
/** A worker keeps every pipeline that it made. */
const trialsPerWorker = 250;

/**
 * Hold mutants of every kernel against verification: each form of each phase of each mechanism, this adapter's variant and the one of GPUs. Validation and
 * bounds checks are on. Rejects with BadFilter, with NoAdapter, and with Error where an original does not pass itself.
 */
export const runMutants = async (request: MutantsRequest, say: (event: MutantsEvent) => void): Promise<readonly MutantRecord[]> => {
  const mechanisms = (await loadMechanisms(builtInKernels)).filter(({ family }) => family !== "instrument");
  const cells = filtered(mechanisms.flatMap(mutationCells), mechanisms, request.filter);
  const met = new Set<string>();
  const records: MutantRecord[] = [];
  for (const variant of ["own", "hardware"] as const) {
    const planFor = variant === "hardware" ? { planFor: "hardware" as const } : {};
    const session = createSession(connector(request.adapter, { mode: "checking", kernels: [request.kernels], memoryBudgetBytes, ...planFor }), 0);
    try {
      const { hello } = await session.connection();
      if (variant === "own") say({ kind: "adapter", name: hello.facts.description || hello.facts.device });
      let trials = 0;
      const cases = mutantCases(mechanisms, cells, hello.capabilities, met);
      for (const [index, mutantCase] of cases.entries()) {
        const { cell, module } = mutantCase;
        const mechanism = mechanisms.find(({ name }) => name === cell.mechanism);
        if (!mechanism) throw new Error(`no mechanism ${cell.mechanism}`);
        const drawn = drawnMutants(module, hello.capabilities.subgroupMaxSize, request.budget, request.seed);
        say({ kind: "module", variant, cell, label: module.label, drawn: drawn.length, of: `${index + 1}/${cases.length}` });
        const original = await runOriginal(session, mechanism, mutantCase);
        const lines = module.text.split("\n");
        for (const mutant of drawn) {
          if (++trials % trialsPerWorker === 0) await session.restart();
          const trial = await runMutant(session, mechanism, mutantCase, original, { module: module.text, ...mutant });
          const record = { cell, label: module.label, variant, mutant, line: (lines[mutant.line - 1] ?? "").trim(), trial };
          records.push(record);
          say({ kind: "mutant", record });
        }
      }
    } finally {
      await session.close();
    }
  }
  return records;
};

const filtered = (cells: readonly Cell[], mechanisms: Parameters<typeof cellFields>[0], filter: string | undefined): readonly Cell[] => {
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
