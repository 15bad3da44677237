import { parentPort, workerData } from "node:worker_threads";
import { casesOf, type Kind } from "./fuzz.ts";

/** A thread that tries seeds one after the other and says before each that it begins: whoever waits knows which one it hangs in. */
export interface Seeds {
  readonly kind: Kind;
  readonly from: number;
  readonly to: number;
  readonly experiments: string;
}

const { kind, from, to, experiments } = workerData as Seeds;
const cases = await casesOf(kind, experiments);
for (let seed = from; seed < to; seed++) {
  parentPort?.postMessage({ seed });
  try {
    parentPort?.postMessage({ seed, verdict: await cases.verdictOf(seed) });
  } catch (error) {
    parentPort?.postMessage({ seed, verdict: { outcome: "threw", faults: [error instanceof Error ? (error.stack ?? error.message) : String(error)] } });
  }
}
cases.end();
