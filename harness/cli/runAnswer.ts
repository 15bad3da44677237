import { unjudged } from "../analysis/claims/claimSentences.ts";
import { en } from "../messages/en.ts";
import type { RunResult } from "../runExperiment.ts";
import { worst } from "./exit.ts";
import type { Fault } from "./fault.ts";

/** The object that `--json` of run and merge prints, however the command ends: what was measured until then, and what kept it from the rest. */
export const runAnswer = (
  results: readonly Pick<RunResult, "record" | "folder" | "report">[],
  faults: readonly Fault[] = [],
): Readonly<Record<string, unknown>> => ({
  runs: results.map(({ folder }) => folder),
  reports: results.flatMap(({ report }) => report ?? []),
  findings: results.flatMap(({ record }) => record.findings),
  ...(results.some(({ record }) => record.experiment.claims)
    ? {
        claims: results.flatMap(({ record, folder }) => (record.claims ?? []).map((claim) => ({ claim: en.claims.says[claim.id], ...claim, run: folder }))),
        unjudged: unjudged(results.map(({ record }) => record)),
      }
    : {}),
  ...(faults.length === 0
    ? {}
    : { error: { exitCode: worst(faults.map(({ exitCode }) => exitCode)), message: faults.map(({ message }) => message).join("\n\n") } satisfies Fault }),
});
