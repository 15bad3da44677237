import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { analyse } from "../analysis/analysis.ts";
import { en } from "../messages/en.ts";
import type { RunRecord } from "../record/run.ts";
import { readRun } from "../record/runFolder.ts";
import { flawOfRun } from "../record/runSchema.ts";
import { fixtureRecord, indexedFixture } from "./fixture.ts";
import { renderIndex } from "./indexPage.ts";
import { renderMarkdown } from "./markdown.ts";
import { renderPage } from "./page.ts";
import { richRecord } from "./richRecord.ts";
import { strictLogger } from "./strictLogger.ts";

type Json = { [key: string]: unknown };
const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

/** All objects of a record at one path, lists passed through: "cells.summary" is that of every cell. */
const objectsAt = (value: unknown, path: readonly string[]): readonly Json[] => {
  if (Array.isArray(value)) return value.flatMap((one) => objectsAt(one, path));
  if (!isObject(value)) return [];
  const [key, ...rest] = path;
  return key === undefined ? [value] : objectsAt(value[key], rest);
};

const places = [
  "",
  "environment",
  "schedule",
  "experiment",
  "experiment.measure",
  "ceilings",
  "cells",
  "cells.prepared",
  "cells.summary",
  "cells.visits",
  "fits",
  "crossovers",
];

/** A record as an older attnbench of the same schemaVersion may have written it: without any field that a record need not have. */
const stripped = (record: RunRecord): { readonly record: RunRecord; readonly gone: readonly string[] } => {
  const copy = JSON.parse(JSON.stringify(record)) as Json;
  const gone: string[] = [];
  for (const place of places) {
    const path = place === "" ? [] : place.split(".");
    for (const key of new Set(objectsAt(copy, path).flatMap(Object.keys))) {
      const kept = objectsAt(copy, path).map((one) => [one, one[key], key in one] as const);
      for (const [one] of kept) delete one[key];
      if (flawOfRun(copy) === undefined) gone.push(`${place}.${key}`);
      else for (const [one, value, had] of kept) if (had) one[key] = value;
    }
  }
  return { record: copy as unknown as RunRecord, gone };
};

const emulated = readRun(fileURLToPath(new URL("../testRuns/emulated", import.meta.url))).record;

it.each([
  ["a fixture", fixtureRecord({ deviceClass: "software" })],
  ["a model's run", richRecord(en)],
  ["a stored run", { ...emulated, cells: emulated.cells.slice(0, 8) }],
])("gives a sensible page of a record of before, which lacks all that came later: %s", async (_, whole) => {
  const { record, gone } = stripped(whole);
  expect(gone.length).toBeGreaterThan(8);
  expect(flawOfRun(record)).toBeUndefined();
  for (const shown of [record, analyse(record)]) {
    const page = await renderPage(shown, strictLogger);
    const body = page.replace(/<style>[\s\S]*?<\/style>|<script[\s\S]*?<\/script>|<!--[\s\S]*?-->/g, "");
    expect(body.replace("filled with NaN", "").match(/\bNaN\b|\bundefined\b|\bInfinity\b|\[object /)).toBeNull();
    for (const words of ["How sure is this?", "All cells", "Environment", "Reproduce"]) expect(body, words).toContain(words);
    expect(renderMarkdown(shown)).not.toMatch(/\bNaN\b|\bundefined\b/);
    expect(renderIndex([indexedFixture(shown)])).not.toMatch(/\bNaN\b|\bundefined\b/);
  }
});
