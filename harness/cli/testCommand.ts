import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

export const emptyFolder = (): string => mkdtempSync(join(tmpdir(), "attnbench-cli-"));

/** For tests: an experiment that a CPU emulation measures in seconds, and more lines of it. */
export const small = (more = ""): string => `name: small
title: A small run
phase: decode
mechanisms: [softmax, linear]
axes: { n: [64, 130] }
fixed: { heads: 2, headDim: 64 }
measure: { precision: 5%, maxTime: 2s }
${more}`;

/** For tests: a new folder with these files, by name. */
export const folderWith = (files: Record<string, string | Uint8Array>): string => {
  const folder = emptyFolder();
  for (const [name, contents] of Object.entries(files)) writeFileSync(join(folder, name), contents);
  return folder;
};

/** For tests: the built command as a user runs it, in `folder`. `onStderr` sees what was printed so far and may signal the process. */
export const attnbench = (args: readonly string[], folder: string, onStderr?: (text: string, signal: (name: NodeJS.Signals) => void) => void): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, ...args], {
      cwd: folder,
      env: { ...process.env, NO_COLOR: "1", CI: "true" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
      onStderr?.(stderr, (name) => child.kill(name));
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
