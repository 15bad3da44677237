import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { printable } from "../experiment/problem.ts";
import type { DuetSide } from "../record/run.ts";
import { CommandEnd, exitCode } from "./exit.ts";
import { FailedProgram, printed } from "./subprocess.ts";

/** What measures a checked-out state. */
export interface Build {
  /** the worker of this state's attnbench; undefined where the repository only uses attnbench, and is measured by the one that runs */
  readonly worker: string | undefined;
  /** of base: why there is no attnbench in it that could be measured, by a fault of its own, in words and with what its build said last */
  readonly refused?: string;
}

interface Around {
  /** of the repository, where dependencies are installed */
  readonly root: string;
  readonly signal: AbortSignal;
  readonly onStep: (text: string) => void;
  /** folders below the repository, "" for itself, that may have dependencies of their own: a package in a larger repository */
  readonly packages?: readonly string[];
  /** head is: so base must be, or there is nothing of it to measure */
  readonly isAttnbench?: boolean;
}

/** A state that cannot be installed or built whatever the machine: its own fault. */
class Unbuildable extends Error {}

/**
 * Installs what a checkout depends on and builds it where it is attnbench's own. Dependencies are those installed in the repository where the lock file is the same or there is none, and installed anew where
 * it is another. Where base cannot be by a fault of its own, it says so and all is NEW; ends the command with 2 where head cannot, and where the machine is to blame: a network that is not there must not
 * look like a base that has nothing.
 */
export const built = async (side: DuetSide, folder: string, around: Around): Promise<Build> => {
  try {
    return { worker: await workerOf(side, folder, around) };
  } catch (error) {
    if (!(error instanceof Unbuildable)) throw error;
    // Who reads this has no such folder.
    const reason = error.message.replaceAll(`${folder}/`, "");
    if (side === "head") throw new CommandEnd(exitCode.usage, reason);
    return { worker: undefined, refused: reason };
  }
};

const workerOf = async (side: DuetSide, folder: string, around: Around): Promise<string | undefined> => {
  const { name, scripts = {} } = manifestOf(side, folder);
  const isAttnbench = name === "attnbench";
  if (around.isAttnbench && !isAttnbench)
    throw new Unbuildable(`${side} is no attnbench: ${name === undefined ? "it has no package.json that says so" : `its package.json is of ${name}`}`);
  const script = ["build:code", "build"].find((one) => scripts[one] !== undefined);
  if (isAttnbench && script === undefined) throw new Unbuildable(`${side} has no build: its package.json has neither a script build:code nor build`);
  for (const place of around.packages ?? [""]) await install(side, join(folder, place), { ...around, root: join(around.root, place) });
  if (!isAttnbench || script === undefined) return undefined;
  around.onStep(`building ${side}`);
  await run("npm", ["run", "--silent", script], folder, around, `building ${side} failed`, () => true);
  const worker = join(folder, "dist", "worker.js");
  if (!existsSync(worker)) throw new Unbuildable(`building ${side} made no dist/worker.js: it is too old for a duet`);
  return worker;
};

const textOf = (file: string): string | undefined => (existsSync(file) ? readFileSync(file, "utf8") : undefined);

/** An empty one where there is none. */
const manifestOf = (side: DuetSide, folder: string): { readonly name?: string; readonly scripts?: Readonly<Record<string, string>> } => {
  const text = textOf(join(folder, "package.json"));
  if (text === undefined) return {};
  try {
    const manifest: unknown = JSON.parse(text);
    if (typeof manifest === "object" && manifest !== null) return manifest;
  } catch {
    // Said below.
  }
  throw new Unbuildable(`package.json of ${side} is no JSON object`);
};

const lock = "package-lock.json";

const install = async (side: DuetSide, folder: string, around: Around): Promise<void> => {
  if (!existsSync(join(folder, "package.json"))) return;
  const installed = join(around.root, "node_modules");
  const [locked, here] = [folder, around.root].map((place) => textOf(join(place, lock)));
  // Without a lock file nothing says what else it would be.
  if (locked === undefined || (locked === here && existsSync(installed))) {
    if (existsSync(installed)) symlinkSync(installed, join(folder, "node_modules"), "dir");
    return;
  }
  around.onStep(`installing what ${side} depends on`);
  await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder, around, `npm ci of ${side} failed`, isOwnFault);
};

/** What npm finds in the files of a state alone, wherever it is asked. Any other code may be the network, the registry, the disk. */
const ownFaults = new Set(["EUSAGE", "ERESOLVE", "EJSONPARSE", "EBADENGINE", "EBADPLATFORM", "EINVALIDPACKAGENAME", "EINVALIDTAGNAME", "EUNSUPPORTEDPROTOCOL"]);
const isOwnFault = (said: string): boolean => ownFaults.has(/^npm (?:error|ERR!) code (\w+)$/m.exec(said)?.[1] ?? "");

/** What a disk or a system refuses, in whatever program's words. */
const machineFaults = /\b(ENOSPC|EDQUOT|EROFS|EACCES|EMFILE|ENFILE|ENOMEM)\b/;

/** Throws Unbuildable where a program fails by a fault of the state; ends the command with 2 where it was ended from outside, or the machine is to blame. */
const run = async (
  program: string,
  args: readonly string[],
  folder: string,
  { signal }: Around,
  failing: string,
  isFaultOfState: (said: string) => boolean,
): Promise<void> => {
  try {
    await printed(program, args, folder, signal);
  } catch (error) {
    if (!(error instanceof FailedProgram)) throw error;
    const text = `${failing}: ${toldLines(error.said) || error.message}`;
    if (!error.killed && !machineFaults.test(error.said) && isFaultOfState(error.said)) throw new Unbuildable(text);
    throw new CommandEnd(exitCode.usage, text);
  }
};

/** A bundler may show a line of code that is a whole program. */
const longestLine = 300;

/** Lines that a program says in failing, but not those that only say how it is used or where to read more: the first and the last. What it says for a terminal alone is left out. */
const toldLines = (text: string): string => {
  const lines = stripVTControlCharacters(text)
    .replace(/^npm error Clean install a project[\s\S]*/m, "")
    .split(/\r?\n/)
    .map((line) => printable(line.replaceAll("\t", " ")))
    .filter((line) => line.trim() !== "" && !/^npm error(\s*$| A complete log)/.test(line));
  const shown = lines.length > 10 ? [...lines.slice(0, 5), ...lines.slice(-5)] : lines;
  return shown.map((line) => (line.length > longestLine ? `${line.slice(0, longestLine)}…` : line)).join("\n  ");
};
