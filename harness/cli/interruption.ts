import { type ExitCode, exitCode } from "./exit.ts";
import type { Fault } from "./fault.ts";
import { say } from "./terminal.ts";

/** A terminal that closes says SIGHUP. */
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export interface Interruption {
  readonly signal: AbortSignal;
  code(): ExitCode;
  stop(): void;
}

/** First Ctrl-C or SIGTERM: measuring ends after the visit under way. Second: at once, after `atOnce`, which is told why. `kept`: what becomes of what was measured. */
export const listenForInterrupts = (kept: string, atOnce: (fault: Fault) => void): Interruption => {
  const controller = new AbortController();
  let code: ExitCode = exitCode.interrupted;
  const onSignal = (signal: NodeJS.Signals): void => {
    code = signal === "SIGINT" ? exitCode.interrupted : exitCode.terminated;
    if (controller.signal.aborted) {
      atOnce({ exitCode: code, message: `stopped at once by a second ${signal}` });
      process.exit(code);
    }
    say(`\n${signal}: ending after this visit; ${kept} (again: stop at once)`);
    controller.abort();
  };
  for (const signal of signals) process.on(signal, onSignal);
  return {
    signal: controller.signal,
    code: () => code,
    stop: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
};
