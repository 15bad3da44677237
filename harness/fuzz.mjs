// Feeds mutated experiment files and run records to what reads them, thousands of them, and looks for traces, hangs, markup and memory. usage: npm run fuzz [-- --yaml N --records N --seed N]
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { loadTool } from "./bundle.mjs";

const limitMs = 20_000;
/** A thread measures, on fake devices, the runs that it changes, before its first case. */
const startLimitMs = 60_000;
/** A thread that loops outside of JavaScript, in a call of the file system, cannot be ended alone. */
const endLimitMs = 5_000;
/** of one thread, experiments and pages of a case and all that V8 keeps of earlier ones */
const mostMegabytes = 1024;

const { values } = parseArgs({
  options: { yaml: { type: "string", default: "2000" }, records: { type: "string", default: "500" }, seed: { type: "string", default: "1" } },
});
const [yaml, records, first] = [values.yaml, values.records, values.seed].map((text) => {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${text}: a whole number is wanted`);
  return Number(text);
});
const say = (text) => process.stdout.write(`${text}\n`);

/** Tries seeds from `from` on in a thread of their own; resolves with the seed that the next thread begins at. */
const tryFrom = (kind, from, to, tally) =>
  new Promise((done) => {
    const thread = new Worker(resolve("dist/fuzzThread.js"), {
      workerData: { kind, from, to, experiments: resolve("experiments") },
      resourceLimits: { maxOldGenerationSizeMb: mostMegabytes },
    });
    let current = from;
    let began = performance.now();
    const fault = (text) => {
      tally.faults++;
      say(`FAULT ${kind} seed ${current}: ${text}`);
    };
    const endWith = (text) => {
      clearTimeout(timer);
      fault(text);
      thread.removeAllListeners();
      thread.on("error", () => {});
      const stuck = setTimeout(() => {
        say(`FAULT ${kind} seed ${current}: hangs where no thread can be ended: nothing more is tried`);
        // process.exit() would wait for it.
        process.kill(process.pid, "SIGKILL");
      }, endLimitMs);
      thread.terminate().then(() => {
        clearTimeout(stuck);
        done(current + 1);
      });
    };
    let timer = setTimeout(() => endWith(`not begun in ${startLimitMs / 1000} s`), startLimitMs);
    thread.on("message", ({ seed, verdict }) => {
      clearTimeout(timer);
      current = seed;
      if (verdict === undefined) {
        began = performance.now();
        timer = setTimeout(() => endWith(`took longer than ${limitMs / 1000} s`), limitMs);
        return;
      }
      tally[verdict.outcome] = (tally[verdict.outcome] ?? 0) + 1;
      for (const text of verdict.faults) fault(text);
      if (performance.now() - began > tally.slowestMs) Object.assign(tally, { slowestMs: performance.now() - began, slowest: seed });
    });
    thread.on("error", (error) => endWith(error.stack ?? error.message));
    thread.on("exit", () => {
      clearTimeout(timer);
      done(to);
    });
  });

await loadTool({ fuzz: "harness/fuzz/fuzz.ts", fuzzThread: "harness/fuzz/fuzzThread.ts" });
let faults = 0;
for (const [kind, count] of [
  ["yaml", yaml],
  ["record", records],
]) {
  const tally = { taken: 0, refused: 0, faults: 0, slowestMs: 0, slowest: first };
  for (let seed = first; seed < first + count; ) seed = await tryFrom(kind, seed, first + count, tally);
  say(
    `${kind}: seeds ${first} to ${first + count - 1}: ${tally.taken} taken, ${tally.refused} refused in words, ${tally.faults} faults; the slowest took ${tally.slowestMs.toFixed(0)} ms (seed ${tally.slowest}); resident ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB at most`,
  );
  faults += tally.faults;
}
process.exitCode = faults > 0 ? 1 : 0;
