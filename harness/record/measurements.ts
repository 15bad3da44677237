import { CsvError, parse } from "csv-parse/sync";
import { closest, distance } from "fastest-levenshtein";

/** One measurement of anyone's: y (a time, or anything above 0) at x > 0 in a group. Several at one x are samples. */
export interface Measurement {
  readonly group: string;
  readonly x: number;
  readonly y: number;
}

/** Which columns hold what; undefined: the usual names are looked for. `group`: several columns, joined by commas, name a group together. */
export interface MeasurementColumns {
  readonly x?: string;
  readonly y?: string;
  readonly group?: string;
}

export interface MeasurementTable {
  readonly measurements: readonly Measurement[];
  /** the names of the columns that were read; group: [] where all rows are one group */
  readonly columns: { readonly x: string; readonly y: string; readonly group: readonly string[] };
  /** rows of cells that came to nothing, by their `status`: they have no time */
  readonly leftOut: number;
}

/** A file that cannot be read as measurements; the message says where, what was given and what is accepted. */
export class UnreadableMeasurements extends Error {}

const usual = { x: ["n"], y: ["ms", "medianMs", "gpuMs"], group: ["arm", "label", "mechanism"] } as const;
/** Sizes of our own measurements.csv: those that vary tell curves of one label apart. */
const sizes = ["form", "phase", "dModel", "heads", "kvHeads", "headDim", "headDimV", "batch", "dtype", "kvDtype", "stateDtype", "runtime"];

interface Row {
  readonly record: Readonly<Record<string, string>>;
  readonly info: { readonly lines: number };
}

/** Measurements out of CSV text with a header (commas, semicolons or tabs). Throws UnreadableMeasurements. */
export const readMeasurements = (text: string, file: string, wanted: MeasurementColumns = {}): MeasurementTable => {
  const { header, rows } = rowsOf(text, file);
  const column = (option: "x" | "y"): string => {
    const asked = wanted[option];
    const known = asked === undefined ? usual[option].find((name) => header.includes(name)) : header.find((name) => name === asked);
    if (known !== undefined) return known;
    const name = asked ?? usual[option][0];
    throw new UnreadableMeasurements(`${file}: no column ${JSON.stringify(name)} (--${option})${nearest(name, header)}; its columns: ${header.join(", ")}`);
  };
  const columns = { x: column("x"), y: column("y"), group: groupColumns(header, rows, file, wanted.group) };
  if (columns.x === columns.y) throw new UnreadableMeasurements(`${file}: --x and --y are one column, ${columns.x}`);
  // Only our own measurements.csv says by status which cells have no time.
  const ours = header.includes("status") && header.includes("medianMs");
  const used = rows.filter(({ record }) => !ours || record.status === "ok" || record.status === "composed");
  const measurements = used.map(({ record, info }): Measurement => {
    const at = `${file}:${info.lines}`;
    const group = columns.group.map((name) => (record[name] ?? "").replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ")).join(", ");
    if (columns.group.length > 0 && group.replaceAll(/[, ]/g, "") === "")
      throw new UnreadableMeasurements(`${at}: ${columns.group.join(", ")} is empty; a name is wanted`);
    return {
      group: columns.group.length > 0 ? group : columns.y,
      x: positive(record[columns.x], columns.x, at),
      y: positive(record[columns.y], columns.y, at),
    };
  });
  if (measurements.length === 0) throw new UnreadableMeasurements(`${file}: no row ${rows.length > 0 ? "has status ok" : "follows its header"}`);
  return { measurements, columns, leftOut: rows.length - used.length };
};

const rowsOf = (text: string, file: string): { readonly header: readonly string[]; readonly rows: readonly Row[] } => {
  if (text.trim() === "") throw new UnreadableMeasurements(`${file}: it is empty; a header and rows are wanted, e.g. n,ms,arm`);
  if (text.includes("\0")) throw new UnreadableMeasurements(`${file}: this is no text`);
  let header: readonly string[] = [];
  try {
    const rows = parse(text, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      info: true,
      // A name may begin with the sign: a comment has a blank after it.
      comment: "# ",
      comment_no_infix: true,
      delimiter: delimiterOf(text),
      // A comma at the end of each line makes a column without a name, as spreadsheets write it.
      columns: (names: string[]) => {
        header = names.filter((name) => name !== "");
        return names.map((name) => (name === "" ? false : name));
      },
    }) as unknown as readonly Row[];
    const twice = header.find((name, i) => header.indexOf(name) !== i);
    if (twice !== undefined) throw new UnreadableMeasurements(`${file}: two columns are called ${JSON.stringify(twice)}`);
    return { header, rows };
  } catch (error) {
    if (error instanceof CsvError) throw new UnreadableMeasurements(csvProblem(error, file, header));
    throw error;
  }
};

/** What is wrong with a line, in words of the file. */
const csvProblem = (
  { code, message, record, lines }: CsvError & { readonly record?: unknown; readonly lines?: number },
  file: string,
  header: readonly string[],
): string =>
  code === "CSV_RECORD_INCONSISTENT_COLUMNS" && Array.isArray(record) && lines !== undefined
    ? `${file}:${lines}: this row has ${record.length} values; as many as the header names are wanted, ${header.length}`
    : `${file}: ${message}`;

/** Of the first line that is no comment: the sign among , ; and tab that it has most of. */
const delimiterOf = (text: string): string => {
  const first = text.split(/\r?\n/).find((line) => line.trim() !== "" && !line.startsWith("#")) ?? "";
  const counted = [",", ";", "\t"].map((sign) => ({ sign, count: first.split(sign).length }));
  return counted.reduce((best, one) => (one.count > best.count ? one : best)).sign;
};

const groupColumns = (header: readonly string[], rows: readonly Row[], file: string, asked: string | undefined): readonly string[] => {
  if (asked !== undefined) {
    const names = asked.split(",").map((name) => name.trim());
    const missing = names.find((name) => !header.includes(name));
    if (missing === undefined) return names;
    throw new UnreadableMeasurements(`${file}: no column ${JSON.stringify(missing)} (--group)${nearest(missing, header)}; its columns: ${header.join(", ")}`);
  }
  const main = usual.group.find((name) => header.includes(name));
  if (main === undefined) return [];
  const varying =
    main === "arm"
      ? []
      : sizes.filter(
          (name) =>
            header.includes(name) &&
            new Set(rows.map(({ record }) => `${record[main]}\n${record[name]}`)).size > new Set(rows.map(({ record }) => record[main])).size,
        );
  return [main, ...varying];
};

const nearest = (name: string, header: readonly string[]): string => {
  const close = closest(name, [...header]);
  return close && distance(name.toLowerCase(), close.toLowerCase()) <= 2 ? `, did you mean ${JSON.stringify(close)}?` : "";
};

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** Beyond these, squares and cubes leave the numbers that a computer has. */
const [least, most] = [1e-60, 1e60];

const positive = (text: string | undefined, name: string, at: string): number => {
  const given = text ?? "";
  const value = decimal.test(given) ? Number(given) : Number.NaN;
  if (value >= least && value <= most) return value;
  const what =
    given === ""
      ? "is empty"
      : Number.isNaN(value)
        ? `${JSON.stringify(given)} is not a number`
        : value <= 0
          ? `${given} is not above 0`
          : `${given} is not between ${least} and ${most}`;
  throw new UnreadableMeasurements(`${at}: ${name} ${what}; a finite number above 0 is wanted, e.g. 0.25`);
};
