import type { LoggerInterface } from "vega";

const complain = (...words: readonly unknown[]): never => {
  throw new Error(`Vega: ${words.map(String).join(" ")}`);
};

/** A logger for tests: a warning about a chart is a failure. */
export const strictLogger: LoggerInterface = {
  level: () => strictLogger,
  error: complain,
  warn: complain,
  info: () => strictLogger,
  debug: () => strictLogger,
} as LoggerInterface;
