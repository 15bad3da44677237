import type { RunRecord, Visit } from "../record/run.ts";
import { type Html, html, raw } from "./html.ts";
import { packed } from "./packed.ts";

/** Of a page, in bytes: what it may come to with its samples, what it has before any cell, and what a cell and a carried time add, as pages of many sizes have them. */
const weight = { most: 1_450_000, page: 800_000, cell: 1_400, time: 5 };

/** Digits of a carried time: at most 0.005 % off, far below any interval. */
const digits = 5;

/** Does the page of a run carry its samples? Not where there are none, or where the page would be too large to send round. */
export const carriesSamples = ({ cells }: Pick<RunRecord, "cells">): boolean => {
  const times = cells.reduce((sum, { visits }) => sum + visits.reduce((all, { gpuMs, wallMs }) => all + gpuMs.length + wallMs.length, 0), 0);
  return times > 0 && weight.page + weight.cell * cells.length + weight.time * times <= weight.most;
};

const rounded = (ms: number): number => Number(ms.toPrecision(digits));

const roundedVisit = (visit: Visit): Visit => ({ ...visit, gpuMs: visit.gpuMs.map(rounded), wallMs: visit.wallMs.map(rounded) });

/** Digits of what follows from the samples by curves: analysis makes it anew from a record, and 17 of each would be a tenth of a large page's data. */
const derivedDigits = 7;

const short = <Derived>(derived: Derived): Derived =>
  JSON.parse(JSON.stringify(derived), (_, value: unknown) => (typeof value === "number" ? Number(value.toPrecision(derivedDigits)) : value)) as Derived;

/** The record as the page carries it, `#results`: compressed, times of samples to 5 digits and fits to 7; `data-samples` where it has them. Where there are too many they stay in the run's folder. */
export const carriedRecord = (record: RunRecord): Html => {
  const hasSamples = carriesSamples(record);
  const cells = record.cells.map((cell) => ({ ...cell, visits: hasSamples ? cell.visits.map(roundedVisit) : [] }));
  return html`<script type="text/plain" id="results" data-name="${record.experiment.name}" data-run="${record.run}"${hasSamples && raw(" data-samples")}>${raw(packed(JSON.stringify({ ...record, cells, fits: short(record.fits) })))}</script>
`;
};
