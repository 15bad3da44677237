/** Exit codes are promises (DESIGN §6). */
export const exitCode = { ok: 0, cellFailed: 1, usage: 2, gateFailed: 3, noAdapter: 4, nothingMeasured: 5, interrupted: 130, terminated: 143 } as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** Of several, the one that matters most. */
const precedence: readonly ExitCode[] = [143, 130, 2, 4, 5, 3, 1, 0];

export const worst = (codes: readonly ExitCode[]): ExitCode => precedence.find((code) => codes.includes(code)) ?? exitCode.ok;

/** Ends a command with a message for the user and no stack trace. */
export class CommandEnd extends Error {
  readonly code: ExitCode;

  constructor(code: ExitCode, message: string) {
    super(message);
    this.code = code;
  }
}
