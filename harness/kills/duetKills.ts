import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { drawOf } from "../fuzz/draw.ts";
import { readJournal } from "../record/journal.ts";
import { readRun } from "../record/runFolder.ts";
import { blowOf } from "./blow.ts";
import type { Kill } from "./kills.ts";
import { hasTrace, leftoversIn, runsIn } from "./soundness.ts";
import { orphansAfter, started, strike, victimYaml } from "./victim.ts";

const yaml = victimYaml("{ maxTime: 5s }");

/** Checking out, opening devices, turns and writing at the end take about as long. */
const runningMs = 9000;

/** Ends of a duet whose worker was killed: told, advised, or without a first worker of head. */
const ofWorker: readonly (number | null)[] = [0, 4, 5];

/**
 * One duet in a repository of its own that is struck down at a random moment; what it left must be readable and unmixed, and the next duet must find and leave nothing else. Undefined where it had ended by
 * then. `cli`: the built command; `adapter`: as --adapter.
 */
export const killDuetOnce = async (seed: number, cli: string, adapter: string): Promise<Kill | undefined> => {
  const draw = drawOf(seed, "duet kills");
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "attnbench-kills-")));
  const git = (...args: readonly string[]): string =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b.example", ...args], { cwd: folder, encoding: "utf8" });
  mkdirSync(join(folder, "tmp"));
  writeFileSync(join(folder, "kills.yaml"), yaml);
  writeFileSync(join(folder, ".gitignore"), "tmp\nresults\nreports\n");
  git("init", "-q");
  git("add", ".");
  git("commit", "-q", "-m", "one");
  const mark = `ATTNBENCH_KILLS=${seed}-${process.pid}`;
  const start = (...flags: readonly string[]) => started(cli, ["duet", "HEAD", "kills.yaml", "--adapter", adapter, ...flags], folder, mark);
  const blow = blowOf(draw);
  const atMs = draw.below(runningMs);
  const parent = join(folder, "results", "kills");
  try {
    const first = start();
    const ended = await Promise.race([first.ended, sleep(atMs)]);
    if (ended || !(await strike(blow, first.pid, mark, draw))) return undefined;
    const { code, stderr } = await first.ended;
    const codes: readonly (number | null)[] = blow.to === "worker" ? ofWorker : blow.codes;
    const flaws = [
      ...(codes.includes(code) ? [] : [`exit code ${code}: ${stderr}`]),
      ...(hasTrace(stderr) ? [`a trace: ${stderr}`] : []),
      ...(await orphansAfter(mark)),
    ];
    const halves = runsIn(parent).flatMap((run) => [run, join(run, "base")]);
    const written = halves.flatMap(writtenIn);
    const visits = halves.flatMap(visitsIn);
    const rest = await start("--budget", "3s").ended;
    flaws.push(
      ...written.filter((visit, i) => written.indexOf(visit) !== i).map((visit) => `twice: ${visit}`),
      ...written.filter((visit) => !visits.includes(visit)).map((visit) => `lost: ${visit}`),
      ...(rest.code === 0 ? [] : [`the next duet ended with ${rest.code}: ${rest.stderr}`]),
      ...(hasTrace(rest.stderr) ? [`a trace: ${rest.stderr}`] : []),
      ...(await orphansAfter(mark)),
      ...(git("worktree", "list").trim().split("\n").length === 1 ? [] : [`worktrees: ${git("worktree", "list")}`]),
      ...leftoversIn(join(folder, "results")),
      ...(existsSync(join(folder, "tmp")) ? readdirSync(join(folder, "tmp")).map((name) => `in TMPDIR: ${name}`) : []),
    );
    const count = visits.length;
    return { blow: `${blow.name}, of a duet`, moment: `${atMs} ms after the start`, visits: count, resumed: count > 0, flaws };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Every visit that one half's journal has a line of. */
const writtenIn = (half: string): readonly string[] =>
  readJournal(join(half, "journal.jsonl")).flatMap((line) => (line.type === "visit" ? [`${half} ${line.cell} ${line.turn}`] : []));

/** Finished visits of one half of a duet, by its journal where it did not come to its end; none where it has no record yet. */
const visitsIn = (half: string): readonly string[] =>
  existsSync(join(half, "run.json")) ? readRun(half).record.cells.flatMap(({ id, visits }) => visits.map(({ turn }) => `${half} ${id} ${turn}`)) : [];
