import { chmodSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename } from "node:path";
import { makeOwnFolder } from "./record/leftovers.ts";

const prefix = "attnbench-tests-";

/** What os.tmpdir reads, here and on Windows. */
const names = ["TMPDIR", "TMP", "TEMP"];

/**
 * For tests: one temporary folder for all that a whole run of them makes, processes that it starts included, removed with what lies in it when the run ends, and by the next run
 * where this one is killed. Set in vitest's own process before it starts any that tests run in; vitest asks once for each project, and the first one's is everybody's.
 */
export default (): (() => void) | undefined => {
  const outer = tmpdir();
  if (basename(outer).startsWith(`${prefix}${process.pid}-`)) return undefined;
  const folder = makeOwnFolder(outer, prefix);
  // A test that becomes another user must come through to what it made.
  chmodSync(folder, 0o711);
  const before = names.map((name) => [name, process.env[name]] as const);
  for (const name of names) process.env[name] = folder;
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    // Windows lets nobody remove a file that a process has not closed yet.
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
};
