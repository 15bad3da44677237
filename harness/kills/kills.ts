import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { drawOf } from "../fuzz/draw.ts";
import { blowOf } from "./blow.ts";
import { finishedVisits, flawsOfResults, hasTrace, leftoversIn, runsIn } from "./soundness.ts";
import { orphansAfter, started, strike, victimYaml } from "./victim.ts";

export interface Kill {
  readonly blow: string;
  /** after the command began to open a device, or after the run began */
  readonly moment: string;
  /** visits that were finished by then */
  readonly visits: number;
  /** the run had begun, and was gone on with */
  readonly resumed: boolean;
  readonly flaws: readonly string[];
}

const yaml = victimYaml("{ precision: 50%, maxTime: 60s }");

/** Of a quarter of the kills: opening a device takes about as long. */
const openingMs = 4000;
/** Of the others, from when the run has a record: preparing, turns, and writing at the end take about as long. */
const runningMs = 5000;
/** One run that is struck down at a random moment, and gone on with. Undefined where it had ended by then. `cli`: the built command; `adapter`: as --adapter. */
export const killOnce = async (seed: number, cli: string, adapter: string): Promise<Kill | undefined> => {
  const draw = drawOf(seed, "kills");
  const folder = mkdtempSync(join(tmpdir(), "attnbench-kills-"));
  mkdirSync(join(folder, "tmp"));
  writeFileSync(join(folder, "kills.yaml"), yaml);
  const mark = `ATTNBENCH_KILLS=${seed}-${process.pid}`;
  const start = (...flags: string[]) => started(cli, ["run", "kills.yaml", "--adapter", adapter, ...flags], folder, mark);
  const blow = blowOf(draw);
  const isEarly = draw.chance(0.25);
  const atMs = draw.below(isEarly ? openingMs : runningMs);
  const parent = join(folder, "results", "kills");
  try {
    const flags = [...(draw.chance(0.3) ? ["--tune"] : []), ...(draw.chance(0.3) ? ["--refine", "crossover=20%"] : [])];
    const first = start(...flags);
    const moment = async (): Promise<undefined> => {
      while (!isEarly && !hasEnded && runsIn(parent).length === 0) await sleep(5);
      await sleep(atMs);
    };
    let hasEnded = false;
    const ended = await Promise.race([
      first.ended.then((how) => {
        hasEnded = true;
        return how;
      }),
      moment(),
    ]);
    if (ended || !(await strike(blow, first.pid, mark, draw))) return undefined;
    const { code, stderr } = await first.ended;
    const flaws = [
      ...((blow.codes as readonly (number | null)[]).includes(code) ? [] : [`exit code ${code}`]),
      ...(hasTrace(stderr) ? [`a trace: ${stderr}`] : []),
      ...(await orphansAfter(mark)),
    ];
    const [run] = runsIn(parent).filter((path) => finishedVisits(path).length > 0);
    const before = run === undefined ? [] : finishedVisits(run);
    // A snapshot of what was there, should it come out wrong.
    cpSync(folder, `${folder}-struck`, { recursive: true });
    const rest = await start(...flags, "--resume").ended;
    const runs = runsIn(parent);
    flaws.push(
      ...(rest.code === 0 || rest.code === 1 ? [] : [`--resume ended with ${rest.code}: ${rest.stderr}`]),
      ...(hasTrace(rest.stderr) ? [`a trace: ${rest.stderr}`] : []),
      ...(await orphansAfter(mark)),
      ...(runs.length === 1 || (runs.length === 2 && blow.to === "worker") ? [] : [`${runs.length} runs`]),
      ...runs.flatMap((path) => flawsOfResults(path, path === run ? before : [])),
      ...leftoversIn(join(folder, "results")),
      ...leftoversIn(join(folder, "reports")),
      ...leftoversIn(join(folder, "tmp")),
    );
    if (flaws.length === 0) rmSync(`${folder}-struck`, { recursive: true, force: true });
    return {
      blow: blow.name,
      moment: `${atMs} ms after ${isEarly ? "the start" : "the run began"}`,
      visits: before.length,
      resumed: run !== undefined,
      flaws: flaws.length > 0 ? [...flaws, `see ${folder}-struck`] : [],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
