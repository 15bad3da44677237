import type { Draw } from "../fuzz/draw.ts";

/** What is done to a run, and to whom. */
export interface Blow {
  readonly name: string;
  /** the command itself, its worker, or both at once */
  readonly to: "parent" | "worker" | "both";
  readonly signals: readonly NodeJS.Signals[];
  /** ms between two signals */
  readonly pauseMs: number;
  /** exit codes that may follow; a command that was done already ends with 0 */
  readonly codes: readonly (number | null)[];
}

/** A worker's death costs nothing but its visit, which another makes again; before the first has answered, it looks like a machine without an adapter (4). */
const blows = [
  { name: "kill -9 of the command", to: "parent", signals: ["SIGKILL"], pauseMs: 0, codes: [null] },
  { name: "kill -9 of the worker", to: "worker", signals: ["SIGKILL"], pauseMs: 0, codes: [0, 4] },
  { name: "kill -9 of both", to: "both", signals: ["SIGKILL"], pauseMs: 0, codes: [null] },
  { name: "Ctrl-C", to: "parent", signals: ["SIGINT"], pauseMs: 0, codes: [130, null] },
  { name: "Ctrl-C twice", to: "parent", signals: ["SIGINT", "SIGINT"], pauseMs: 150, codes: [130, null] },
  { name: "SIGTERM", to: "parent", signals: ["SIGTERM"], pauseMs: 0, codes: [143, null] },
] as const satisfies readonly [Blow, ...Blow[]];

/** Half of them are kills of the command. */
export const blowOf = (draw: Draw): Blow => (draw.chance(0.4) ? blows[0] : draw.one<Blow>(blows));
