import type { Problem } from "./problem.ts";

/** Experiment files are a page of text; this much is a mistake. */
export const largestFileBytes = 1 << 16;

/** The text of a file's bytes, or why they cannot be an experiment: too large, binary, or not UTF-8. */
export const checkText = (bytes: Uint8Array, file: string): string | Problem => {
  const refuse = (message: string, given: string, accepted: string): Problem => ({
    file,
    line: undefined,
    col: undefined,
    path: "",
    message,
    given,
    accepted,
    suggestion: undefined,
    excerpt: undefined,
  });
  if (bytes.length > largestFileBytes) return refuse("too large for an experiment", `${bytes.length} bytes`, `YAML text of up to ${largestFileBytes} bytes`);
  const zero = bytes.indexOf(0);
  if (zero >= 0) return refuse("not a text file", `a zero byte at offset ${zero}`, "YAML in UTF-8");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return refuse("not a text file", "bytes that are not UTF-8", "YAML in UTF-8");
  }
};
