/** Why one cell could not be measured; crosses the worker channel as plain data. */
export interface FailureRecord {
  readonly status: "failed" | "skipped";
  readonly code: FailureCode;
  readonly reason: string;
}

export type FailureCode =
  | "overLimit"
  | "badShape"
  | "noFeature"
  | "compileError"
  | "wrongOutput"
  | "ledgerMismatch"
  | "deviceLost"
  | "timeout"
  | "outOfMemory"
  | "belowResolution"
  | "timerError"
  | "diskFull"
  | "shortFile"
  | "diskError"
  | "workerError";

/** Failures after which a worker cannot be trusted any more. */
export const workerFailures: ReadonlySet<FailureCode> = new Set<FailureCode>(["deviceLost", "timeout", "workerError"]);

const skippedCodes: ReadonlySet<FailureCode> = new Set(["overLimit", "badShape", "noFeature"]);

/** Thrown inside the worker where a cell cannot go on; everything else that is thrown there is a bug and keeps its stack. */
export class CellFailure extends Error {
  readonly code: FailureCode;

  constructor(code: FailureCode, reason: string) {
    super(reason);
    this.code = code;
  }

  get record(): FailureRecord {
    return { status: skippedCodes.has(this.code) ? "skipped" : "failed", code: this.code, reason: this.message };
  }
}
