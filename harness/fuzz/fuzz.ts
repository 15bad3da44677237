import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { builtInKernels } from "../../kernels/builtIn.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import { analyse } from "../analysis/analysis.ts";
import { compareRuns } from "../analysis/comparison/comparison.ts";
import { renderComparisonPage } from "../report/comparisonPage.ts";
import { indexEntry } from "../report/indexEntry.ts";
import { renderIndex } from "../report/indexPage.ts";
import { renderPage } from "../report/page.ts";
import { recordVerdict, runOf, sourceOf } from "./recordCase.ts";
import { experimentTexts, storedRuns } from "./sources.ts";
import { flawsOfPage, tagsOf } from "./written.ts";
import { type Verdict, yamlOf, yamlVerdict } from "./yamlCase.ts";

/** yaml: an experiment file; record: run.json or its journal. */
export type Kind = "yaml" | "record";

export interface Cases {
  /** Rejects where something was thrown that is no refusal. */
  verdictOf(seed: number): Promise<Verdict>;
  end(): void;
}

/** Mutated files of one kind, each known by its seed. `experiments`: the folder that experiment files are taken from; `pageEach`: one run in so many is drawn as a page, which takes most of the time. */
export const casesOf = async (kind: Kind, experiments: string, pageEach = 1): Promise<Cases> => {
  if (kind === "yaml") {
    const mechanisms = await loadMechanisms(builtInKernels);
    const texts = experimentTexts(experiments);
    return { verdictOf: async (seed) => yamlVerdict(yamlOf(seed, texts), mechanisms), end: () => {} };
  }
  const runs = await storedRuns();
  const records = runs.map(({ record }) => analyse(record));
  const pages = [
    renderIndex(records.map((record) => ({ ...indexEntry(record, "en"), pages: [{ language: "en", file: "a.html" }] }))),
    ...records.map((record) => renderComparisonPage(compareRuns(record, record))),
    ...(await Promise.all(records.map((record) => renderPage(record)))),
  ];
  const tags = new Set(pages.flatMap((page) => [...tagsOf(page)]));
  // What finds a fault in a page of a good record finds nothing in others; a seed that draws none would not show it.
  const own = pages.flatMap((page) => flawsOfPage(page, tags));
  if (own.length > 0) throw new Error(`pages of runs that nobody changed: ${own.join(", ")}`);
  const folder = mkdtempSync(join(tmpdir(), "attnbench-fuzz-"));
  return {
    verdictOf: (seed) => recordVerdict(runOf(seed, runs), join(folder, "case"), seed % pageEach === 0 ? tags : undefined, records[sourceOf(seed, runs)]),
    end: () => rmSync(folder, { recursive: true, force: true }),
  };
};
