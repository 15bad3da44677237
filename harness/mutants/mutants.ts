import { builtInKernels } from "../../kernels/builtIn.ts";
import type { Capabilities } from "../../kernels/mechanism.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import { cellsMeeting } from "../experiment/cellFilter.ts";
import type { Cell } from "../experiment/experiment.ts";
import { connector } from "../measure/connection.ts";
import { createSession } from "../measure/workerSession.ts";
import { adapterName } from "../record/adapterName.ts";
import { drawnMutants, mutantCases, mutationCells } from "./cases.ts";
import type { Mutant } from "./mutate.ts";
import { runMutant, runOriginal, type Trial } from "./trial.ts";
import { type Variant, variantsOn } from "./variants.ts";

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
  readonly variant: Variant;
  readonly mutant: Mutant;
  /** the text of its line */
  readonly line: string;
  readonly trial: Trial;
}

/** Said as it goes. */
export type MutantsEvent =
  | { readonly kind: "adapter"; readonly name: string }
  | { readonly kind: "module"; readonly variant: Variant; readonly cell: Cell; readonly label: string; readonly drawn: number; readonly of: string }
  | { readonly kind: "mutant"; readonly record: MutantRecord };

const memoryBudgetBytes = 2 ** 28;
/** A worker keeps every pipeline that it made. */
const trialsPerWorker = 250;

/**
 * Hold mutants of every kernel against verification: each form of each phase of each mechanism, in this adapter's variant and in those of GPUs. Validation and
 * bounds checks are on. Rejects with BadFilter, with NoAdapter, and with Error where an original does not pass itself.
 */
export const runMutants = async (request: MutantsRequest, say: (event: MutantsEvent) => void): Promise<readonly MutantRecord[]> => {
  const mechanisms = (await loadMechanisms(builtInKernels)).filter(({ family }) => family !== "instrument");
  const cells = cellsMeeting(mutationCells(mechanisms), mechanisms, request.filter);
  const met = new Set<string>();
  const records: MutantRecord[] = [];
  let found: Capabilities | undefined;
  for (const variant of ["own", "hardware", "rangedHardware"] as const) {
    const planFor = found ? variantsOn(found)[variant] : {};
    const session = createSession(connector(request.adapter, { mode: "checking", kernels: [request.kernels], memoryBudgetBytes, planFor }), 0);
    try {
      const { hello } = await session.connection();
      if (!found) say({ kind: "adapter", name: adapterName(hello.facts, hello.facts.software) });
      found ??= hello.capabilities;
      let trials = 0;
      const cases = mutantCases(mechanisms, cells, hello.capabilities, met);
      for (const [index, mutantCase] of cases.entries()) {
        const { cell, module } = mutantCase;
        const mechanism = mechanisms.find(({ name }) => name === cell.mechanism);
        if (!mechanism) throw new Error(`no mechanism ${cell.mechanism}`);
        const drawn = drawnMutants(module, found.subgroupMaxSize, request.budget, request.seed);
        say({ kind: "module", variant, cell, label: module.step.label, drawn: drawn.length, of: `${index + 1}/${cases.length}` });
        const original = await runOriginal(session, mechanism, mutantCase);
        const lines = module.text.split("\n");
        for (const mutant of drawn) {
          if (++trials % trialsPerWorker === 0) await session.restart();
          const trial = await runMutant(session, mechanism, mutantCase, original, { module: module.text, ...mutant });
          const record = { cell, label: module.step.label, variant, mutant, line: (lines[mutant.line - 1] ?? "").trim(), trial };
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
