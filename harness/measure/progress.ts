import type { Estimate } from "../record/derived.ts";
import type { Environment, Outcome } from "../record/run.ts";

/** What a run tells while it goes on. Times in ms. */
export type Progress =
  /** the run's folder is settled; `keptVisits`: of the unfinished run that goes on, undefined for a new one */
  | {
      readonly type: "began";
      readonly folder: string;
      readonly keptVisits: number | undefined;
      /** an unfinished run that is not gone on with, since its `--kernels` held something else */
      readonly otherKernels?: { readonly folder: string; readonly kernels: Environment["kernels"] };
      /** the same, since other code made it: what it was, and what is run now */
      readonly otherCode?: { readonly folder: string; readonly before: Environment["attnbench"]; readonly now: Environment["attnbench"] };
      /** the same, since it was given other times to measure in, seconds: what it had, and what is given now */
      readonly otherBudget?: { readonly folder: string; readonly before: number; readonly now: number };
    }
  | {
      readonly type: "connected";
      readonly adapter: string;
      readonly choice: string;
      readonly deviceClass: "hardware" | "software";
      readonly passedOver: readonly string[];
    }
  | { readonly type: "ceilings"; readonly readGbps: number; readonly fmaGflops: number }
  /** a cell was decided in turn 0: measured, skipped, failed or censored */
  | {
      readonly type: "cell";
      readonly id: string;
      readonly status: Outcome["status"];
      readonly reason: string | undefined;
      readonly medianMs: number | undefined;
      readonly done: number;
      readonly of: number;
      readonly eta: Eta;
    }
  /** a worker was lost under a visit of this cell: another makes it again */
  | { readonly type: "lost"; readonly id: string; readonly reason: string }
  /** the arm of this cell writes a text, and has written it; `reason`: why not */
  | { readonly type: "writing"; readonly id: string }
  | { readonly type: "written"; readonly id: string; readonly tokens: number; readonly status: Outcome["status"]; readonly reason: string | undefined }
  /** the variants of this cell's arm are being timed */
  | { readonly type: "tuning"; readonly id: string }
  /** n were added around the n* of these two arms */
  | { readonly type: "added"; readonly between: readonly [string, string]; readonly n: Estimate; readonly added: readonly number[] }
  /** a turn ended; `kept: false`: the sentinel jumped, and it is made again */
  | { readonly type: "turn"; readonly turn: number; readonly worker: number; readonly cells: number; readonly kept: boolean; readonly eta: Eta }
  /** before each visit, for a live line */
  | { readonly type: "visit"; readonly id: string; readonly turn: number; readonly position: number; readonly of: number; readonly eta: Eta };

/** Time left: predicted from the work left, and never beyond what `maxTime` allows. `atMost`: the run ends earlier if every cell is precise. */
export interface Eta {
  readonly ms: number;
  readonly atMost: boolean;
}
