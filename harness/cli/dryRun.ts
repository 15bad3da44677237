import { leastDevice } from "../../kernels/leastDevice.ts";
import type { Mechanism } from "../../kernels/mechanism.ts";
import { formatBytes, formatCount, formatMs, formatShare } from "../analysis/format.ts";
import { totalBytes } from "../device/ledger.ts";
import type { PlannedCell } from "../experiment/experiment.ts";
import { formOfCosts } from "../experiment/runtimes.ts";
import { adapterName } from "../record/adapterName.ts";
import { shardName } from "../record/merged.ts";
import type { Ceilings } from "../record/run.ts";
import { listExperiments, newestRun } from "../record/runFolder.ts";
import { type ExitCode, exitCode } from "./exit.ts";
import type { ReadExperiment } from "./input.ts";
import { plainLine } from "./plainText.ts";
import { print, printJson, say, table } from "./terminal.ts";

interface Row {
  readonly id: string;
  readonly usefulFlops: number | undefined;
  readonly stateBytes: number | undefined;
  readonly peakBytes: number | undefined;
  /** least time by the ceilings of an earlier run */
  readonly leastMs: number | undefined;
  readonly skip: string | undefined;
  readonly open: boolean;
}

/** `attnbench run --dry-run`: the plan of each file. Opens no device, so what a device would refuse is not known yet. */
export const dryRun = (experiments: readonly ReadExperiment[], mechanisms: readonly Mechanism[], flags: { out: string; json?: true }): ExitCode => {
  const known = cachedCeilings(flags.out);
  const plans = experiments.map(({ cells, ...plan }) => ({ ...plan, rows: cells.map((cell) => rowOf(cell, mechanisms, known?.ceilings)) }));
  if (flags.json) {
    printJson({
      plans: plans.map(({ file, experiment, shard, rows }) => ({
        file,
        name: experiment.name,
        hash: experiment.hash,
        shard,
        ceilingsOf: known?.run,
        cells: rows,
      })),
    });
    return exitCode.ok;
  }
  for (const { file, experiment, shard, costShare, rows } of plans) {
    say(`${file}: ${plainLine(experiment.title)}`);
    if (shard) say(`${shardName(shard)}: ${formatShare(costShare ?? 0)} of the predicted cost; ${shard.filled} of the ${shard.of} shards have cells`);
    print(table([["cell", "useful FLOPs", "state", "buffers", "least time"], ...rows.map(textRow)], [1, 2, 3, 4]));
    if (rows.some(({ open }) => open)) say("open axis (until): each curve ends where this device reaches its limit, so most of the larger cells will not run");
    say(
      known
        ? `least times by the ceilings that run ${known.run} measured on ${plainLine(known.adapter, 120)}: nothing can be faster there`
        : "times: unknown, no earlier run here has measured this machine's ceilings",
    );
    say(`measuring takes at most ${experiment.measure.maxTimeSeconds} s and compiling before it`);
    if (experiment.text) say(`after it each arm writes a text of up to ${formatCount(experiment.text.tokens)} tokens, and float64 beside it`);
  }
  return exitCode.ok;
};

const rowOf = ({ cell, skip, until }: PlannedCell, mechanisms: readonly Mechanism[], ceilings: Ceilings | undefined): Row => {
  const nothing = { id: cell.id, usefulFlops: undefined, stateBytes: undefined, peakBytes: undefined, leastMs: undefined, open: until !== undefined };
  if (skip) return { ...nothing, skip: `${skip.code}: ${skip.reason}` };
  const mechanism = mechanisms.find(({ name }) => name === cell.mechanism);
  const form = mechanism ? formOfCosts(cell, cell.phase, mechanism) : cell.form;
  const tiles = mechanism?.tiles(cell, form, leastDevice)[0];
  if (!mechanism || !tiles) return { ...nothing, skip: "no variant for WebGPU's guaranteed limits" };
  const usefulFlops = mechanism.flops(cell, form, tiles).useful;
  const leastMs = ceilings && Math.max(usefulFlops / ceilings.fmaGflops, mechanism.leastBytes(cell, form) / ceilings.readGbps) / 1e6;
  // What a peer allocates is its own affair.
  if (cell.runtime !== undefined) return { ...nothing, usefulFlops, leastMs, skip: undefined };
  const bytes = mechanism.bytesByRole(cell, form, tiles);
  return { ...nothing, usefulFlops, stateBytes: bytes.state, peakBytes: totalBytes(bytes), leastMs, skip: undefined };
};

const textRow = (row: Row): string[] => {
  if (row.skip !== undefined) return [row.id, `skipped, ${plainLine(row.skip, 200)}`, "", "", ""];
  const bytes = (value: number | undefined): string => (value === undefined ? "" : formatBytes(value));
  return [
    row.id,
    formatCount(row.usefulFlops ?? 0),
    bytes(row.stateBytes),
    bytes(row.peakBytes),
    row.leastMs === undefined ? "unknown" : formatMs(row.leastMs),
  ];
};

/** Ceilings of the newest run in the output folder that has any. */
const cachedCeilings = (outFolder: string): { run: string; adapter: string; ceilings: Ceilings } | undefined => {
  const runs = listExperiments(outFolder).flatMap((name) => {
    const { run, ceilings, environment } = newestRun(outFolder, name, (record) => record.ceilings !== undefined)?.record ?? {};
    return ceilings && run && environment ? [{ run, ceilings, adapter: adapterName(environment.adapter, environment.deviceClass === "software") }] : [];
  });
  return runs.sort((a, b) => (a.run < b.run ? 1 : -1))[0];
};
