import { fork } from "node:child_process";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { UnloadableKernels } from "../../kernels/registry.ts";
import { NoAdapter } from "../device/adapterFacts.ts";
import type { Candidate } from "../device/adapters.ts";
import { CellFailure } from "../device/failure.ts";
import { fileSizeLimit } from "../record/fileSizeLimit.ts";
import type { Answer, Envelope, HelloRequest, Worker } from "./messages.ts";

/** Programs that a child runs: ours, and one for each other runtime. */
export type WorkerProgram = "worker" | "ortWorker";

/** A worker's script: beside the bundle in dist/, and there too when this runs from the sources (tests build first). */
const scriptOf = (program: WorkerProgram): string =>
  fileURLToPath(new URL(import.meta.url.endsWith(".ts") ? `../../dist/${program}.js` : `./${program}.js`, import.meta.url));

const keptStderr = 4000;
const closeMs = 2000;

/**
 * Starts a worker process in a candidate's environment: it reads LD_LIBRARY_PATH and VK_DRIVER_FILES when it starts. `shaderCache` is a
 * folder for the driver's compiled shaders: with the user's own, compile times would be those of an earlier run. `script`: of another checkout.
 */
export const startWorker = ({ env }: Pick<Candidate, "env">, shaderCache: string, program: WorkerProgram = "worker", script = scriptOf(program)): Worker => {
  const child = fork(script, [], {
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    execArgv: [],
    env: { ...process.env, ...env, MESA_SHADER_CACHE_DIR: shaderCache },
  });
  let alive = true;
  let stderr = "";
  let ids = 0;
  const waiting = new Map<number, { resolve: (reply: unknown) => void; reject: (error: Error) => void; timer: NodeJS.Timeout }>();
  /** of mechanisms, as the worker was told them */
  let kernels: readonly string[] = [];
  const ended = new Promise<void>((resolve) => {
    const onEnd = (reason: string, signal: NodeJS.Signals | null = null): void => {
      if (!alive) return;
      alive = false;
      for (const { reject, timer } of waiting.values()) {
        clearTimeout(timer);
        reject(limitFailure(signal) ?? new CellFailure("deviceLost", `the worker ended: ${reason}${lastLine(stderr)}`));
      }
      waiting.clear();
      resolve();
    };
    child.on("exit", (code, signal) => onEnd(signal ? `signal ${signal}` : `exit code ${code}`, signal));
    child.on("error", (error) => onEnd(error.message));
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr = (stderr + chunk.toString("utf8")).slice(-keptStderr);
  });
  child.on("message", (answer: Answer) => {
    const asked = waiting.get(answer.id);
    if (!asked) return;
    waiting.delete(answer.id);
    clearTimeout(asked.timer);
    if (answer.ok) asked.resolve(answer.reply);
    else asked.reject(answerError(answer, kernels));
  });
  return {
    get alive() {
      return alive;
    },
    ask(type, request, timeoutMs) {
      if (!alive) return Promise.reject(new CellFailure("deviceLost", `the worker has ended${lastLine(stderr)}`));
      if (type === "hello") ({ kernels } = request as HelloRequest);
      return new Promise((resolve, reject) => {
        const id = ids++;
        const timer = setTimeout(() => {
          waiting.delete(id);
          reject(new CellFailure("timeout", `${type} took longer than ${(timeoutMs / 1000).toFixed(0)} s; the worker was killed`));
          child.kill("SIGKILL");
        }, timeoutMs);
        waiting.set(id, { resolve: (reply) => resolve(reply as never), reject, timer });
        child.send({ id, type, request } satisfies Envelope, (error) => {
          if (!error || !waiting.delete(id)) return;
          clearTimeout(timer);
          reject(new CellFailure("deviceLost", `the worker cannot be reached: ${error.message}`));
        });
      });
    },
    async close() {
      if (!alive) return ended;
      const kill = setTimeout(() => child.kill("SIGKILL"), closeMs);
      if (child.connected) child.send({ id: ids++, type: "bye", request: null } satisfies Envelope, () => {});
      await ended;
      clearTimeout(kill);
    },
  };
};

/** Drivers on a CPU keep a device's memory in files: what lies behind the size that a file may have ends them, and is no fault of a device. */
const limitFailure = (signal: NodeJS.Signals | null): CellFailure | undefined => {
  const bytes = signal === "SIGBUS" || signal === "SIGXFSZ" ? fileSizeLimit() : undefined;
  return bytes === undefined
    ? undefined
    : new CellFailure(
        "diskFull",
        `the worker ended: signal ${signal}: a file may have ${bytes} bytes at most here (ulimit -f), and the driver needs larger ones; raise the limit`,
      );
};

const lastLine = (stderr: string): string => {
  const line = stderr.trim().split("\n").at(-1);
  return line ? ` (${withoutFolders(line)})` : "";
};

/** Where in attnbench a bug is: the innermost frame. */
const placeOf = (stack: string | undefined): string => {
  const frame = /^\s*at (.+)$/m.exec(stack ?? "")?.[1];
  return frame ? ` (at ${frame})` : "";
};

/** Paths by their last part: the rest names this machine's folders and users, and reasons go into reports. */
const withoutFolders = (text: string): string => text.replace(/\s+/g, " ").replace(/(?:file:\/\/)?(?<![\w.@+-])(?:\/[\w.@+-]+)+\/(?=[\w.@+-])/g, "");

/** The same, but what lies in a folder of mechanisms by that folder's last part: which file it is a user must be told. */
const fromKernels = (text: string, folders: readonly string[]): string =>
  withoutFolders(folders.reduce((shorter, folder) => shorter.replaceAll(folder, basename(folder)), text));

const answerError = (answer: Extract<Answer, { ok: false }>, kernels: readonly string[]): Error => {
  if ("refusal" in answer) return new CellFailure(answer.refusal.code, answer.refusal.reason);
  if (answer.error.name === NoAdapter.name) return new NoAdapter(answer.error.message);
  if (answer.error.name === UnloadableKernels.name) return new UnloadableKernels(fromKernels(answer.error.message, kernels));
  // A base of before says it as if it were a bug, and is as well as it was.
  if (/^no mechanism \w+ in this worker$/.test(answer.error.message)) return new CellFailure("noFeature", answer.error.message);
  return new CellFailure("workerError", withoutFolders(`${answer.error.message}${placeOf(answer.error.stack)}`));
};
