import { spawn } from "node:child_process";

/** A program that ended otherwise than well. */
export class FailedProgram extends Error {
  /** what it said on stderr, or where that is nothing on stdout */
  readonly said: string;
  /** ended by a signal: somebody's, or the system's for want of memory, and no fault of what it worked on */
  readonly killed: boolean;

  constructor(message: string, said: string, killed: boolean) {
    super(message);
    this.said = said;
    this.killed = killed;
  }
}

/** What git sets for a hook: the index and folder of the commit that is being made, which are nobody's but its own. */
const ofHooks = /^GIT_/;
export const ownEnvironment = (): NodeJS.ProcessEnv => Object.fromEntries(Object.entries(process.env).filter(([name]) => !ofHooks.test(name)));

/** After a polite request to end. */
const killMs = 2000;

/**
 * Runs a program in `folder` and resolves with what it prints. Once `signal` is aborted it is ended, with all that it has started, and none is begun. Rejects with FailedProgram where it cannot be
 * started, ends with another code than 0, or was ended.
 */
export const printed = (program: string, args: readonly string[], folder: string, signal: AbortSignal): Promise<string> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(new FailedProgram(`${program} was not begun`, "", true));
      return;
    }
    // A group of its own: a Ctrl-C of the terminal comes to the command alone, which ends all of them together.
    const grouped = process.platform !== "win32";
    const child = spawn(program, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"], env: ownEnvironment(), detached: grouped });
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    const kill = (how: NodeJS.Signals): void => {
      try {
        if (grouped && child.pid !== undefined) process.kill(-child.pid, how);
        else child.kill(how);
      } catch {
        // It has ended meanwhile.
      }
    };
    let killing: NodeJS.Timeout | undefined;
    const end = (): void => {
      kill("SIGTERM");
      killing = setTimeout(() => kill("SIGKILL"), killMs);
    };
    // A second Ctrl-C ends the command at once, and who does not hear the first one must not outlive it.
    const outlived = (): void => kill("SIGKILL");
    process.on("exit", outlived);
    signal.addEventListener("abort", end, { once: true });
    const settle = (work: () => void): void => {
      process.off("exit", outlived);
      signal.removeEventListener("abort", end);
      clearTimeout(killing);
      work();
    };
    child.on("error", (error) => settle(() => reject(new FailedProgram(error.message, "", false))));
    child.on("close", (code, by) =>
      settle(() => {
        const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString("utf8");
        if (code === 0 && !signal.aborted) resolve(text(stdout));
        // A shell between tells a signal by a code above 128.
        else
          reject(
            new FailedProgram(`${program} ended with ${by ?? `code ${code}`}`, text(stderr).trim() || text(stdout).trim(), by !== null || (code ?? 0) > 128),
          );
      }),
    );
  });
