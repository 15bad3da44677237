import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Draw } from "../fuzz/draw.ts";
import type { Blow } from "./blow.ts";
import { processesWith } from "./processes.ts";

/** A worker in the middle of something that cannot be interrupted ends after it. */
const orphanMs = 20_000;

/** What is struck down: four small cells, for as long as `measure` says. */
export const victimYaml = (measure: string): string => `name: kills
title: Struck down
phase: decode
mechanisms: [softmax, linear]
axes: { n: [64, 130] }
fixed: { heads: 2, headDim: 64 }
measure: ${measure}
`;

export interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

/** A command of the built command line, in a folder whose TMPDIR is in it; `mark`: NAME=VALUE in the environment of it and of all that it starts. */
export const started = (cli: string, args: readonly string[], folder: string, mark: string): { readonly pid: number; readonly ended: Promise<Ended> } => {
  const [name = "", value = ""] = mark.split("=");
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: "1", CI: "true", TMPDIR: join(folder, "tmp"), [name]: value },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => resolve({ code, stderr }));
  });
  return { pid: child.pid ?? 0, ended };
};

/** False where there is nobody to strike, or nobody any more. */
export const strike = async ({ to, signals, pauseMs }: Blow, command: number, mark: string, draw: Draw): Promise<boolean> => {
  const workers = processesWith(mark).filter(({ pid }) => pid !== command);
  const struck = to === "parent" ? [command] : [...(to === "both" ? [command] : []), ...workers.map(({ pid }) => pid)];
  if (to !== "parent" && workers.length === 0) return false;
  let hit = false;
  for (const [place, signal] of signals.entries()) {
    if (place > 0) await sleep(draw.below(pauseMs));
    for (const pid of struck) hit = sent(pid, signal) || hit;
  }
  return hit;
};

const sent = (pid: number, signal: NodeJS.Signals): boolean => {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
};

/** Processes with the mark that do not end. */
export const orphansAfter = async (mark: string): Promise<readonly string[]> => {
  const until = performance.now() + orphanMs;
  while (performance.now() < until) {
    if (processesWith(mark).length === 0) return [];
    await sleep(100);
  }
  return processesWith(mark).map(({ pid, command }) => `an orphan: ${pid} ${command}`);
};
