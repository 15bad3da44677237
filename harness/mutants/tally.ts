import type { MutantRecord } from "./mutants.ts";

/** Mutants of a kernel by what became of them. `rate` = caught / (caught + survived), NaN where there is neither. */
export interface Tally {
  readonly name: string;
  readonly caught: number;
  /** of these, by hanging or by taking the device down, and not by what they wrote */
  readonly hung: number;
  readonly survived: number;
  readonly equivalent: number;
  readonly notCompiled: number;
  readonly rate: number;
}

/** Count records under a name each, in order of first appearance; the last row is of all. */
export const tally = (records: readonly MutantRecord[], nameOf: (record: MutantRecord) => string): readonly Tally[] => {
  const groups = new Map<string, MutantRecord[]>();
  for (const record of records) groups.set(nameOf(record), [...(groups.get(nameOf(record)) ?? []), record]);
  return [...[...groups].map(([name, group]) => tallyOf(name, group)), tallyOf("all", records)];
};

const tallyOf = (name: string, records: readonly MutantRecord[]): Tally => {
  const count = (outcome: string): number => records.filter(({ trial }) => trial.outcome === outcome).length;
  const [caught, survived] = [count("caught"), count("survived")];
  const hung = records.filter(({ trial }) => trial.outcome === "caught" && trial.code !== "wrongOutput").length;
  return { name, caught, hung, survived, equivalent: count("equivalent"), notCompiled: count("notCompiled"), rate: caught / (caught + survived) };
};

const columns = ["caught", "hung", "survived", "equivalent", "notCompiled"] as const;

/** The tallies as a table of plain text, names left, numbers right. */
export const tallyText = (title: string, tallies: readonly Tally[]): string => {
  const rows = [
    [title, ...columns, "rate"],
    ...tallies.map((row) => [row.name, ...columns.map((column) => String(row[column])), Number.isNaN(row.rate) ? "–" : `${(row.rate * 100).toFixed(1)} %`]),
  ];
  const widths = [title, ...columns, "rate"].map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((text, column) => (column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0))).join("  ")).join("\n");
};
