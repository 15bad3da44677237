import { expect, it } from "vitest";
import { en } from "../../messages/en.ts";
import { stageBarsOf } from "../charts/stageBars.ts";
import { richRecord } from "../richRecord.ts";
import { textStagesTable } from "./textStages.ts";

it("has the share of a stage beneath its time, and intervals beneath theirs, so that nine stages fit side by side", () => {
  const record = richRecord(en);
  const table = textStagesTable(record, stageBarsOf(record), en)?.markup ?? "";
  const rows = table.match(/<th scope="row">/g)?.length ?? 0;
  expect(rows).toBeGreaterThan(0);
  // The whole and two stages.
  expect(table.match(/<small class="below">/g)).toHaveLength(3 * rows);
  expect(table).toMatch(/ms <small class="below">\[/);
  expect(table).toMatch(/s <small class="below">50.%<\/small>/);
});
