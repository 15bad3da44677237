import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** How much the heap may grow between two collections, percent. Measured on a sweep of 5,000 cells (npm run proof -- --scale). */
const growthPercent = 30;

let collect: (() => void) | undefined;

/**
 * Makes this process collect its garbage earlier than V8 does by itself, which lets a heap of long-lived records grow to a multiple of what is in use: memory beside a measurement is wanted by the
 * worker. For the command's own process alone, never for one that has loaded the library, and before its heap has grown.
 */
export const keepHeapSmall = (): void => {
  setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
  // What is young is collected in a space that would grow to three times 16 MiB: it stays as it is by now.
  setFlagsFromString("--semi-space-growth-factor=1");
  // V8 gives it to contexts that are made from here on; there is no other way to it without a flag on node's own command line.
  setFlagsFromString("--expose-gc");
  collect = runInNewContext("gc");
};

/** Where much has just become garbage, and much more is to be made: collects now. Does nothing in a process whose heap is not kept small. */
export const collectGarbage = (): void => collect?.();
