import type { LiveChart, LiveCharts, LiveData } from "./liveChart.ts";

type Row = Readonly<Record<string, unknown>>;

/** Rows by their columns, null where a row has no such value: neighbours in a text are alike then, which halves what it takes compressed. */
type Columns = Readonly<Record<string, readonly unknown[]>>;

/** Charts as a page carries them: the rows of their data once each, whoever draws from them, and in their places `rowsOf`, the number of these. */
export interface CarriedCharts {
  readonly config: object;
  readonly rows: readonly Columns[];
  readonly charts: Readonly<Record<string, LiveChart>>;
}

interface CarriedData extends LiveData {
  readonly rowsOf?: number;
}

/** Undefined where the rows would not come back as they are. */
const columnsOf = (rows: unknown): Columns | undefined => {
  if (!Array.isArray(rows) || rows.length === 0) return undefined;
  const isRow = (one: unknown): one is Row =>
    typeof one === "object" && one !== null && !Array.isArray(one) && Object.keys(one).length > 0 && Object.values(one).every((value) => value !== null);
  if (!rows.every(isRow)) return undefined;
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  return Object.fromEntries(Array.from(names, (name) => [name, rows.map((row) => row[name] ?? null)]));
};

const rowsOf = (columns: Columns): readonly Row[] => {
  const entries = Object.entries(columns);
  return (entries[0]?.[1] ?? []).map((_, i) => Object.fromEntries(entries.flatMap(([name, values]) => (values[i] === null ? [] : [[name, values[i]]]))));
};

const withData = (charts: Readonly<Record<string, LiveChart>>, changed: (data: CarriedData) => CarriedData): Readonly<Record<string, LiveChart>> =>
  Object.fromEntries(
    Object.entries(charts).map(([id, chart]) => {
      const { data } = chart.spec;
      return [id, data === undefined ? chart : { ...chart, spec: { ...chart.spec, data: data.map(changed) } }];
    }),
  );

export const carriedCharts = ({ config, charts }: LiveCharts): CarriedCharts => {
  const numbers = new Map<string, number>();
  const rows: Columns[] = [];
  const carried = withData(charts, ({ values, ...data }) => {
    const columns = columnsOf(values);
    if (columns === undefined) return values === undefined ? data : { ...data, values };
    const text = JSON.stringify(columns);
    const number = numbers.get(text) ?? rows.push(columns) - 1;
    numbers.set(text, number);
    return { ...data, rowsOf: number };
  });
  return { config, rows, charts: carried };
};

/** The charts as they were before they were carried. */
export const liveCharts = ({ config, rows, charts }: CarriedCharts): LiveCharts => ({
  config,
  // Vega writes into the rows that it is given: each chart has its own.
  charts: withData(charts, ({ rowsOf: number, ...data }) => (number === undefined ? data : { ...data, values: rowsOf(rows[number] ?? {}) })),
});
